"""What the page of one check shows: every measurement and every stored table, as facts and cells."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mrm.lib.charts import numerals
from validation.models import CheckResult
from validation.words import column_words, verdict_words

_DECIMALS = 4


def facts_of(result: CheckResult) -> list[dict[str, Any]]:
    """Where the result comes from."""
    return [
        {"term": _("Blocking"), "text": _("Yes") if result.is_blocking else _("No")},
        {"term": _("Standard"), "text": result.run.standard.slug},
        {"term": _("Digest of the standard"), "digest": result.run.standard.digest},
        {"term": _("Digest of this result"), "digest": result.digest},
        {"term": _("Digest of the evidence"), "digest": result.run.evidence_digest},
        {"term": _("Completed"), "at": result.run.completed_at},
    ]


def measurements_of(result: CheckResult) -> dict[str, Any]:
    heads = (_("Value"), _("Interval (95 %)"), _("Limit"), "p", _("p adjusted"), "n", _("Power"))
    columns = [{"label": _("Measurement")}, *({"label": head, "is_number": True} for head in heads)]
    columns += [{"label": _("Verdict")}, {"label": _("Why")}]
    rows = [_measurement(each) for each in result.measurements]
    return {"caption": _("Measurements"), "columns": columns, "rows": rows}


def tables_of(result: CheckResult) -> list[dict[str, Any]]:
    """The measurements, then the tables the charts are drawn from."""
    stored = [_stored(name, table) for name, table in result.tables.items()]
    return [measurements_of(result), *stored] if result.measurements else stored


def _measurement(each: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("limit", "p", "p_adjusted", "n", "power")
    between = numerals.NOT_AVAILABLE
    if each["low"] is not None and each["high"] is not None:
        between = numerals.interval(_written(each["low"]), _written(each["high"]))
    numbers = [_written(each["value"]), between, *(_written(each[name]) for name in names)]
    return [
        {"text": each["label"]},
        *({"text": number, "is_number": True} for number in numbers),
        {"text": verdict_words(each["verdict"] or "")},
        {"text": each["why"]},
    ]


def _stored(name: str, table: dict[str, Any]) -> dict[str, Any]:
    places = range(len(table["columns"]))
    numeric = [all(_is_number(row[at]) for row in table["rows"]) for at in places]
    columns = [
        {"label": column_words(column), "is_number": numeric[at]} for at, column in enumerate(table["columns"])
    ]
    rows = [
        [{"text": _written(row[at]) if numeric[at] else row[at], "is_number": numeric[at]} for at in places]
        for row in table["rows"]
    ]
    return {"caption": column_words(name), "columns": columns, "rows": rows}


def _is_number(cell: str | None) -> bool:
    if cell is None:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _written(value: object) -> str:
    """Whole numbers as they are, others to four places; the stored text keeps every digit."""
    if value is None:
        return numerals.NOT_AVAILABLE
    number = float(str(value))
    return numerals.fixed(number, 0 if number.is_integer() and abs(number) > 1 else _DECIMALS)
