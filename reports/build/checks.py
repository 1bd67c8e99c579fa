"""How one check result is printed: what it asks, what it found, its chart, what it cannot say, where it is proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.build import words
from reports.build.content import Align, Block, Cell, Column, Figure, Heading, Noted, Paragraph, Table, Word
from reports.build.numbering import Numbered
from validation.charts import chart_of
from validation.models import Answered
from validation.reperformed import Marks
from validation.selectors import check_card

# Tables that say more than the measurements and the chart beside them do; all tables are in evidence.json.
_LISTED = {
    "columns",
    "correlated_binomial",
    "cut_offs",
    "error_ratios",
    "feature_shift",
    "grade_shares",
    "lights",
    "losses",
    "profit_by_quarter",
    "riskiest",
    "segments",
    "selection_rates",
    "swap_set",
    "upper_bounds",
    "vintages",
    "walk_forward",
    "weight_of_evidence",
    "worlds",
}
# Here the table holds each measurement, and more beside it.
_TABLE_SAYS_ALL = {"correlated_binomial", "feature_shift", "low_default", "vintages", "weak_segments"}
# Which test gave a p stands in evidence.json; on paper its column would squeeze the numbers.
_LEFT_OUT = {"test"}
LONGEST_TABLE = 60
# The share of a table where the words for a result are longer than in English: none of them is broken.
_WORDS_OF_A_RESULT = {"pt-br": 0.155}


def result_blocks(result: Answered, marks: Marks, proven_in: str = "") -> tuple[Block, ...]:
    """`marks` say of each number whether it is recorded only, or was performed again; `proven_in` where the result
    stands in full, if not in the index of evidence."""
    index = _("section 20")
    card = check_card(result.check_id)
    title = words.spelled(result.check_id) if card is None else _(card.title)
    heading = Heading(title, f"check-{result.check_id}", words.verdict(result.verdict))
    asked = () if card is None else (Paragraph(_(card.question), is_soft=True),)
    limits = "" if card is None else _("What it cannot say: %(limits)s") % {"limits": _(card.limits)} + "\n"
    blocks: tuple[Block, ...] = (
        heading,
        *asked,
        Paragraph(result.headline),
        *measurements(result, marks),
        *figure(result),
        *listed(result, marks),
        Paragraph(f"{limits}{_proof(result, proven_in or index)}", is_soft=True),
    )
    return tuple(_resting_on(block, result.digest) for block in blocks)


def _resting_on(block: Block, digest: str) -> Block:
    return replace(block, proof=digest) if isinstance(block, Numbered) else block


def measurements(result: Answered, marks: Marks) -> tuple[Table, ...]:
    if result.check_id in _TABLE_SAYS_ALL and listed(result, marks):
        return ()
    rows = tuple(
        (*_measured(each), words.mark(marks.of(result.check_id, each["name"])))
        for each in result.measurements
    )
    return (_filled(rows),) if rows else ()


def _filled(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """Without the columns in which nothing stands; the words of the first column get their room."""
    measured = _measured_columns()
    kept = [at for at in range(1, len(measured)) if any(_stands(row[at]) for row in rows)]
    columns = [measured[at] for at in kept]
    first = Column(measured[0].head, 1 - sum(column.share for column in columns))
    return Table((first, *columns), tuple((row[0], *(row[at] for at in kept)) for row in rows))


def _measured_columns() -> tuple[Column, ...]:
    return (
        Column(_("Measured"), 0.23),
        Column(_("Value"), 0.11, Align.RIGHT),
        Column(_("Interval"), 0.165, Align.RIGHT),
        Column("p", 0.08, Align.RIGHT),
        Column("n", 0.08, Align.RIGHT),
        Column(_("Limit"), 0.075, Align.RIGHT),
        Column(_("Result"), _WORDS_OF_A_RESULT.get(get_language() or "", 0.13)),
        Column(_("Proof"), 0.13),
    )


def _stands(cell: Cell) -> bool:
    return cell.text != "" if isinstance(cell, Word) else cell != words.NONE


def figure(result: Answered) -> tuple[Figure, ...]:
    chart = chart_of(result)
    if chart is None:
        return ()
    source = _("%(check)s, result %(digest)s") % {"check": result.check_id, "digest": result.digest[:12]}
    return (Figure(chart, source),)


def listed(result: Answered, marks: Marks) -> tuple[Table | Paragraph, ...]:
    made: list[Table | Paragraph] = []
    for name, table in sorted(result.tables.items()):
        if name in _LISTED and table["rows"]:
            said = words.mark(marks.of(result.check_id, f"table:{name}")).text
            made += [_table(name, table, said), *_remarks(table)]
    return tuple(made)


def _measured(each: Mapping[str, Any]) -> tuple[str | Noted | Any, ...]:
    label, why = str(each["label"]), str(each.get("why") or "")
    return (
        Noted(label, why) if why and why != label else label,
        words.number(each["value"]),
        words.interval(each["low"], each["high"]),
        words.p_value(each["p_adjusted"] or each["p"]),
        words.NONE if each["n"] is None else words.count(each["n"]),
        words.limit(each["limit"]),
        words.verdict(each["verdict"]),
    )


def _table(name: str, table: Mapping[str, Any], said: str) -> Table:
    """The first column names the row; numbers stand right, words left."""
    kept = [at for at, name in enumerate(table["columns"]) if name not in _LEFT_OUT]
    heads = [table["columns"][at] for at in kept]
    rows = [[row[at] for at in kept] for row in table["rows"] if not _is_remark(row)]
    numeric = [_is_numeric([row[at] for row in rows]) for at in range(len(heads))]
    weights = [_weight(head, [row[at] for row in rows]) for at, head in enumerate(heads)]
    columns = tuple(
        Column(words.head(head), weight / sum(weights), Align.RIGHT if is_number else Align.LEFT)
        for head, weight, is_number in zip(heads, weights, numeric, strict=True)
    )
    printed = tuple(
        tuple(_cell(heads[at], cell) for at, cell in enumerate(row)) for row in rows[:LONGEST_TABLE]
    )
    counts = {"shown": LONGEST_TABLE, "rows": len(rows)}
    cut = _("; the first %(shown)s of %(rows)s rows") % counts if len(rows) > LONGEST_TABLE else ""
    return Table(columns, printed, caption=f"{words.table(name)} ({said}){cut}")


def _remarks(table: Mapping[str, Any]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(str(row[0]), is_soft=True) for row in table["rows"] if _is_remark(row))


def _is_remark(row: list[Any]) -> bool:
    """A row that says something in its first cell and nothing in any other."""
    return len(row) > 1 and not any(row[1:])


def _cell(head: str, text: Any) -> Any:  # Any: a stored table's cell, and the printed one
    if head == "verdict":
        return words.verdict(text)
    return words.p_value(text) if head == "p" or head.startswith("p_") else words.cell(text)


def _is_numeric(cells: list[Any]) -> bool:
    said = [cell for cell in cells if cell is not None]
    return bool(said) and all(_reads_as_number(cell) for cell in said)


def _reads_as_number(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True


def _weight(head: str, cells: list[Any]) -> float:
    longest = max([_length(head, cell) for cell in cells], default=0)
    words_of_head = [len(word) for word in head.split("_")]
    # Words need more room than figures, which are all of one width.
    air = 2 if _is_numeric(cells) else 4
    return float(min(30, max(6, longest, *words_of_head)) + air)


def _length(head: str, cell: Any) -> int:
    printed = _cell(head, cell)
    return len(printed.text if isinstance(printed, Word) else printed)


def _proof(result: Answered, proven_in: str) -> str:
    seed = words.get(result.execution.standard.content, "seed")
    told = {
        "check": result.check_id,
        "force": _("blocking") if result.is_blocking else _("not blocking"),
        "digest": result.digest[:16],
        "seed": seed,
        "place": proven_in,
    }
    return _("Check %(check)s, %(force)s. Result %(digest)s, seed %(seed)s; in full in %(place)s.") % told
