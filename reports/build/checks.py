"""How one check result is printed: what it asks, what it found, its chart, what it cannot say, where it is proven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.build import words
from reports.build.content import Align, Block, Column, Figure, Heading, Noted, Paragraph, Table
from validation.charts import chart_of
from validation.models import CheckResult
from validation.selectors import check_card

_MEASURED = (
    Column("Measured", 0.36),
    Column("Value", 0.11, Align.RIGHT),
    Column("Interval", 0.17, Align.RIGHT),
    Column("p", 0.09, Align.RIGHT),
    Column("n", 0.08, Align.RIGHT),
    Column("Limit", 0.08, Align.RIGHT),
    Column("Result", 0.11),
)
# Tables that say more than the measurements and the chart beside them do; all tables are in evidence.json.
_LISTED = {"columns", "swap_set", "segments", "selection_rates"}
LONGEST_TABLE = 60


def result_blocks(result: CheckResult) -> tuple[Block, ...]:
    card = check_card(result.check_id)
    title = words.spelled(result.check_id) if card is None else card.title
    heading = Heading(title, f"check-{result.check_id}", words.verdict(result.verdict))
    asked = () if card is None else (Paragraph(card.question, is_soft=True),)
    limits = () if card is None else (Paragraph(f"What it cannot say: {card.limits}", is_soft=True),)
    return (
        heading,
        *asked,
        Paragraph(result.headline),
        *measurements(result),
        *figure(result),
        *listed(result),
        *limits,
        Paragraph(_proof(result), is_soft=True),
    )


def measurements(result: CheckResult) -> tuple[Table, ...]:
    rows = tuple(_measured(each) for each in result.measurements)
    return (Table(_MEASURED, rows),) if rows else ()


def figure(result: CheckResult) -> tuple[Figure, ...]:
    chart = chart_of(result)
    return () if chart is None else (Figure(chart, f"{result.check_id}, result {result.digest[:12]}"),)


def listed(result: CheckResult) -> tuple[Table, ...]:
    return tuple(
        _table(name, table) for name, table in sorted(result.tables.items()) if name in _LISTED and table["rows"]
    )


def _measured(each: Mapping[str, Any]) -> tuple[str | Noted | Any, ...]:
    label, why = str(each["label"]), str(each.get("why") or "")
    return (
        Noted(label, why) if why and why != label else label,
        words.number(each["value"]),
        words.interval(each["low"], each["high"]),
        words.p_value(each["p_adjusted"] or each["p"]),
        words.NONE if each["n"] is None else words.count(each["n"]),
        words.number(each["limit"]),
        words.verdict(each["verdict"]),
    )


def _table(name: str, table: Mapping[str, Any]) -> Table:
    """The first column names the row; numbers stand right, words left."""
    heads, rows = list(table["columns"]), table["rows"]
    numeric = [_is_numeric([row[at] for row in rows]) for at in range(len(heads))]
    weights = [_weight(head, [row[at] for row in rows]) for at, head in enumerate(heads)]
    columns = tuple(
        Column(words.spelled(head), weight / sum(weights), Align.RIGHT if is_number else Align.LEFT)
        for head, weight, is_number in zip(heads, weights, numeric, strict=True)
    )
    printed = tuple(tuple(_cell(heads[at], cell) for at, cell in enumerate(row)) for row in rows[:LONGEST_TABLE])
    cut = f"; the first {LONGEST_TABLE} of {len(rows)} rows" if len(rows) > LONGEST_TABLE else ""
    return Table(columns, printed, caption=f"{words.spelled(name)}{cut}")


def _cell(head: str, text: Any) -> Any:  # Any: a stored table's cell, and the printed one
    return words.verdict(text) if head == "verdict" else words.cell(text)


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
    longest = max([len(words.cell(cell)) for cell in cells], default=0)
    return float(min(30, max(7, longest, len(head) * 0.8)))


def _proof(result: CheckResult) -> str:
    seed = words.get(result.run.standard.content, "seed")
    force = "blocking" if result.is_blocking else "not blocking"
    return f"Check {result.check_id}, {force}. Result {result.digest[:16]}, seed {seed}; in full in section 20."
