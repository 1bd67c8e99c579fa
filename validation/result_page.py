"""What the page of one check shows: every measurement and every stored table, as facts and cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from mrm.lib import charts
from mrm.lib.charts import numerals
from validation.charts import chart_of
from validation.models import Answered
from validation.reperformance_words import mark_words
from validation.reperformed import Marks
from validation.selectors import check_card
from validation.words import column_words, verdict_words

_DECIMALS = 4
_SMALL = 0.0001
# Of a sample nothing is performed again: its bytes are not here.
UNMARKED = Marks()
# The points of a curve are for whoever wants to draw it again: they are folded away.
LONG = 40


def page_of(result: Answered, *, crumbs: list[dict[str, str]], marks: Marks = UNMARKED) -> dict[str, Any]:
    """What the page of a result is made of, whether it is of a version or of a sample; `crumbs` lead to its run,
    `marks` say of each number whether it was performed again."""
    chart, card = chart_of(result), check_card(result.check_id)
    title = _(card.title) if card else result.check_id
    return {
        "title": title,
        "crumbs": [*crumbs, {"label": title}],
        "state": result.verdict,
        "lede": result.headline,
        "result": result,
        "card": card,
        "facts": facts_of(result),
        "figure": charts.figure(chart) if chart else None,
        "tables": tables_of(result, marks),
    }


def facts_of(result: Answered) -> list[dict[str, Any]]:
    """Where the result comes from."""
    return [
        {"term": _("Blocking"), "text": _("Yes") if result.is_blocking else _("No")},
        {"term": _("Standard"), "text": result.execution.standard.slug},
        {"term": _("Digest of the standard"), "digest": result.execution.standard.digest},
        {"term": _("Digest of this result"), "digest": result.digest},
        {"term": _("Digest of the evidence"), "digest": result.execution.evidence_digest},
        {"term": _("Completed"), "at": result.execution.completed_at},
    ]


def measurements_of(
    measurements: list[dict[str, Any]], marks: Callable[[str], str] | None = None
) -> dict[str, Any]:
    """Columns in which nothing was measured are left out; where there are `marks`, the last one says how each number
    stands."""
    heads = (_("Value"), _("Interval (95 %)"), _("Limit"), "p", _("p adjusted"), "n", _("Power"))
    names = ("value", "low", "limit", "p", "p_adjusted", "n", "power")
    kept = [at for at, name in enumerate(names) if any(each[name] is not None for each in measurements)]
    columns = [{"label": _("Measurement")}, *({"label": heads[at], "is_number": True} for at in kept)]
    ends = [{"label": _("Verdict")}, *([] if marks is None else [{"label": _("Proof")}])]
    rows = [
        [*_measurement(each, kept), *([] if marks is None else [{"text": marks(each["name"])}])]
        for each in measurements
    ]
    return {"caption": _("Measurements"), "columns": [*columns, *ends], "rows": rows}


def tables_of(result: Answered, marks: Marks) -> list[dict[str, Any]]:
    """The measurements, then the tables the charts are drawn from, each under its mark."""

    def mark(measure: str) -> str:
        return mark_words(marks.of(result.check_id, measure))

    stored = []
    for name, table in result.tables.items():
        made = stored_table(name, table)
        stored.append(made | {"caption": f"{made['caption']} ({mark(f'table:{name}')})"})
    return [measurements_of(result.measurements, mark), *stored] if result.measurements else stored


def _measurement(each: dict[str, Any], kept: list[int]) -> list[dict[str, Any]]:
    names = ("limit", "p", "p_adjusted", "n", "power")
    between = numerals.NOT_AVAILABLE
    if each["low"] is not None and each["high"] is not None:
        between = numerals.interval(written(each["low"]), written(each["high"]))
    numbers = [written(each["value"]), between, *(written(each[name]) for name in names)]
    return [
        {"text": each["label"], "note": each["why"]},
        *({"text": number, "is_number": True} for number in (numbers[at] for at in kept)),
        {"text": verdict_words(each["verdict"] or "")},
    ]


def stored_table(name: str, table: dict[str, Any]) -> dict[str, Any]:
    """A table as it was kept with a result: columns of numbers are written as numbers."""
    places = range(len(table["columns"]))
    numeric = [all(_is_number(row[at]) for row in table["rows"]) for at in places]
    columns = [
        {"label": column_words(column), "is_number": numeric[at]}
        for at, column in enumerate(table["columns"])
    ]
    rows = [
        [{"text": written(row[at]) if numeric[at] else row[at], "is_number": numeric[at]} for at in places]
        for row in table["rows"]
    ]
    return {"caption": column_words(name), "columns": columns, "rows": rows, "is_long": len(rows) > LONG}


def _is_number(cell: str | None) -> bool:
    if cell is None:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True


def written(value: object) -> str:
    return numerals.NOT_AVAILABLE if value is None else plainly(value)


def plainly(value: object) -> str:
    """Whole numbers as they are, small ones in powers of ten, others to four places; the stored text keeps
    every digit."""
    number = float(str(value))
    if number.is_integer() or abs(number) >= 1_000:
        return numerals.fixed(number)
    if abs(number) < _SMALL:
        return f"{number:.1e}"
    return numerals.fixed(number, _DECIMALS)
