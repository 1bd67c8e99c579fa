"""What the pages say about a feature view: its definition in words, and counts. Never a row."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.paging import cursor_at, place_of
from mrm.lib.charts import numerals
from quant.transactions import form
from quant.transactions.definition import MeasureKind
from registry.models import FeatureView

PAGE = 50


@dataclass(frozen=True)
class FeatureViewPage:
    views: tuple[FeatureView, ...]
    after: str


@dataclass(frozen=True)
class MeasureLine:
    """`features` are the names of its columns, `words` what they are."""

    features: str
    words: str
    categories: str


@dataclass(frozen=True)
class SourceLine:
    name: str
    rows: int
    files: int
    digest: str


@dataclass(frozen=True)
class CountLine:
    words: str
    count: int


def page_of(rows: QuerySet[FeatureView], cursor: str) -> FeatureViewPage:
    if cursor:
        at, row = place_of(cursor)
        rows = rows.filter(Q(built_at__lt=at) | Q(built_at=at, pk__gt=row))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    after = cursor_at(shown[-1].built_at, shown[-1].pk) if len(found) > PAGE else ""
    return FeatureViewPage(tuple(shown), after)


def lede_of(view: FeatureView) -> str:
    made = form.load(view.definition)
    return _(
        "%(rows)s applications. A booking counts up to the day before the application, less %(days)s days; windows of"
        " %(windows)s days."
    ) % {
        "rows": numerals.fixed(view.rows),
        "days": made.tolerance_days,
        "windows": ", ".join(map(str, made.windows)),
    }


def measures_of(view: FeatureView) -> list[MeasureLine]:
    made = form.load(view.definition)
    words = _kinds()
    return [
        MeasureLine(
            features=", ".join(f"{measure.name}_{days}d" for days in made.windows),
            words=words[measure.kind],
            categories=", ".join(measure.categories),
        )
        for measure in made.measures
    ]


def sources_of(view: FeatureView) -> list[SourceLine]:
    names = tuple(SourceLine.__dataclass_fields__)
    return [SourceLine(**{name: each[name] for name in names}) for each in view.lineage.get("sources", ())]


def counts_of(view: FeatureView) -> list[CountLine]:
    words = {
        "without_bookings": _("Applications without a booking in the longest window"),
        "bookings": _("Bookings"),
        "of_nobody": _("Bookings of nobody who applies"),
        "counted": _("Bookings that counted"),
        "too_late": _("Bookings that came too late to be known"),
        "too_early": _("Bookings before the longest window"),
    }
    counts = view.lineage.get("counts", {})
    return [CountLine(text, counts[name]) for name, text in words.items() if name in counts]


def _kinds() -> dict[MeasureKind, str]:
    return {
        MeasureKind.INFLOW: _("what came in"),
        MeasureKind.OUTFLOW: _("what went out"),
        MeasureKind.COUNT: _("number of bookings"),
        MeasureKind.RETURNED_PAYMENTS: _("returned payments"),
        MeasureKind.CATEGORY_SHARE: _("share of what went out"),
        MeasureKind.INCOME_REGULARITY: _("share of 30-day slices with income"),
        MeasureKind.BALANCE_FLOOR: _("lowest balance"),
    }
