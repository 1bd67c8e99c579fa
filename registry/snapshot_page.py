"""What the pages say about a snapshot: aggregates of its quality report, never a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.paging import cursor_at, place_of
from mrm.lib.charts import numerals
from registry import quality_words
from registry.models import DatasetSnapshot
from registry.quality_page import state_of

PAGE = 50


@dataclass(frozen=True)
class SnapshotPage:
    snapshots: tuple[DatasetSnapshot, ...]
    after: str


@dataclass(frozen=True)
class PartLine:
    name: str
    rows: int
    defaults: int | None
    digest: str


@dataclass(frozen=True)
class RuleLine:
    text: str
    state: str
    is_blocking: bool


@dataclass(frozen=True)
class ColumnLine:
    name: str
    kind: str
    role: str
    missing: int
    distinct: int | None
    notes: str


@dataclass(frozen=True)
class SourceLine:
    """One table that a snapshot was made of; `place` says where it was read."""

    name: str
    place: str
    rows: int
    files: int
    digest: str


@dataclass(frozen=True)
class JoinLine:
    source: str
    cardinality: str
    matched: int
    unmatched: int
    dropped: int
    orphans: int
    keyless: int
    late: int


def sources_of(snapshot: DatasetSnapshot) -> list[SourceLine]:
    declared = {each["name"]: each for each in snapshot.lineage.get("assembly", {}).get("sources", ())}
    return [
        SourceLine(each["name"], _place(declared[each["name"]]), each["rows"], each["files"], each["digest"])
        for each in snapshot.lineage.get("sources", ())
    ]


def _place(source: dict[str, Any]) -> str:
    return str(source["place"] or _("query to %(name)s") % {"name": source["connection"]})


def joins_of(snapshot: DatasetSnapshot) -> list[JoinLine]:
    words = {
        "one_to_one": _("one to one"),
        "many_to_one": _("many to one"),
        "latest_before": _("the latest before"),
    }
    names = [name for name in JoinLine.__dataclass_fields__ if name != "cardinality"]
    return [
        JoinLine(cardinality=words[each["cardinality"]], **{name: each[name] for name in names})
        for each in snapshot.lineage.get("joins", ())
    ]


def page_of(rows: QuerySet[DatasetSnapshot], cursor: str) -> SnapshotPage:
    if cursor:
        at, row = place_of(cursor)
        rows = rows.filter(Q(imported_at__lt=at) | Q(imported_at=at, pk__gt=row))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return SnapshotPage(
        tuple(shown), cursor_at(shown[-1].imported_at, shown[-1].pk) if len(found) > PAGE else ""
    )


def lede_of(snapshot: DatasetSnapshot) -> str:
    total = snapshot.development_rows + snapshot.held_out_rows
    return _("%(rows)s rows, frozen. Nobody can change them, and no row is shown here.") % {
        "rows": numerals.fixed(total)
    }


def parts_of(snapshot: DatasetSnapshot) -> list[PartLine]:
    defaults: dict[str, int] = snapshot.split.get("defaults", {})
    return [
        PartLine(
            _("Development: training may read it"),
            snapshot.development_rows,
            defaults.get("development"),
            snapshot.development_digest,
        ),
        PartLine(
            _("Held out: validation only"),
            snapshot.held_out_rows,
            defaults.get("held_out"),
            snapshot.held_out_digest,
        ),
    ]


def rules_of(snapshot: DatasetSnapshot) -> list[RuleLine]:
    """The quality rules; a broken blocking one stops training, the others are reported."""
    rules = snapshot.quality.get("rules", [])
    return [RuleLine(_rule_words(rule), state_of(rule), rule["force"] == "blocking") for rule in rules]


def columns_of(snapshot: DatasetSnapshot) -> list[ColumnLine]:
    return [_column(entry) for entry in snapshot.quality.get("by_column", [])]


def _rule_words(rule: dict[str, Any]) -> str:
    title = quality_words.titles().get(rule["rule"])
    return f"{title}: {numerals.fixed(rule['count'])}" if title else str(rule["text"])


def _column(entry: dict[str, Any]) -> ColumnLine:
    kinds = quality_words.kinds()
    roles = {
        "target": _("target"),
        "id": _("identifier"),
        "exposure": _("exposure"),
        "protected": _("protected, kept apart"),
        "proxy": _("stands for a protected one, kept apart"),
        "realised": _("result of the loan, kept apart"),
        "input": _("input"),
    }
    return ColumnLine(
        name=entry["name"],
        kind=kinds.get(entry["type"], entry["type"]),
        role=roles.get(entry["role"], entry["role"]),
        missing=entry["missing"],
        distinct=entry.get("distinct"),
        notes=", ".join(_notes(entry)),
    )


def _notes(entry: dict[str, Any]) -> list[str]:
    notes = []
    if entry.get("constant"):
        notes.append(_("constant"))
    if entry.get("near_constant"):
        notes.append(_("nearly constant"))
    for strange in entry.get("undocumented_codes", [])[:10]:
        rows = numerals.fixed(strange["rows"])
        words = ngettext(
            "code %(code)s is undocumented (%(rows)s row)",
            "code %(code)s is undocumented (%(rows)s rows)",
            strange["rows"],
        )
        notes.append(words % {"code": strange["code"], "rows": rows})
    return notes
