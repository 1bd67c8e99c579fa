"""The page of one re-performance: what has a path of its own, then what was repeated, number by number."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from validation.models import Reperformance
from validation.reperformance.rows import INPUTS, Outcome, Row, Way
from validation.reperformance_words import check_words, way_words
from validation.reperformed import in_order, rows_of
from validation.result_page import plainly

_STATES = {
    Outcome.AGREES: "agrees",
    Outcome.DIFFERS: "differs",
    Outcome.NOT_REPERFORMED: "not_reperformed",
}


def tables_of(made: Reperformance) -> list[dict[str, Any]]:
    rows = rows_of(made)
    first = [row for row in rows if row.way is not Way.REPEATED]
    rest = [row for row in rows if row.way is Way.REPEATED]
    return [
        _table(_("Inputs verified and measures with an independent path"), first),
        _table(_("Repeated by the same checks"), rest) | {"is_long": True},
    ]


def facts_of(made: Reperformance) -> list[dict[str, Any]]:
    return [
        {"term": _("Performed by"), "text": made.performed_by.name},
        {"term": _("Performed"), "at": made.at},
        {"term": _("Evidence"), "digest": made.evidence_digest},
        {"term": _("Digest of the tolerances"), "digest": made.tolerances_digest},
        {"term": _("Digest of the comparison"), "digest": made.rows_digest},
    ]


def _table(caption: str, rows: list[Row]) -> dict[str, Any]:
    heads = (
        (_("Measure"), False),
        (_("Developer"), True),
        (_("Recorded"), True),
        (_("Re-performed"), True),
        (_("Tolerance"), True),
        (_("Path"), False),
        (_("Verdict"), False),
    )
    columns = [{"label": label, "is_number": is_number} for label, is_number in heads]
    return {"caption": caption, "columns": columns, "rows": [_row(row) for row in in_order(rows)]}


def _row(row: Row) -> list[dict[str, Any]]:
    label = _(row.label) if row.check == INPUTS else row.label
    named = f"{label} (p)" if row.figure == "p" else label
    return [
        {"text": named, "note": check_words(row.check)},
        {"text": _number(row.developer), "note": row.developer_part, "is_number": True},
        _cell(row.recorded),
        _cell(row.again),
        {"text": row.tolerance, "is_number": True},
        {"text": way_words(row.way), "note": row.path},
        {"state": _STATES[row.outcome], "note": row.why},
    ]


def _cell(text: str | None) -> dict[str, Any]:
    """A number, else a digest, else words, as they were kept."""
    if text is not None and len(text) == 64:
        return {"digest": text}
    return {"text": _number(text), "is_number": True}


def _number(text: str | None) -> str:
    if text is None:
        return "—"
    try:
        return plainly(text)
    except ValueError:
        return text
