"""Days of applications in several spellings. Each different text is read once, by the grammar that reads the dates of
requests, so a day means the same wherever it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quant.features.cleaning.dates import DateFormat, read_date
from quant.features.cleaning.unread import Unread
from quant.transactions import query
from quant.transactions.query import Days, quoted
from quant.transactions.reading import FIRST_DAY, LAST_DAY, day_of, days_since_1970

if TYPE_CHECKING:
    import duckdb

    from training.feature_views.declared import Applications

# Of the applications, where their days are asked for.
ROW: Final = "a"


@dataclass(frozen=True)
class UnreadDays:
    """Rows of the relation whose text has two readings, and those whose day no calendar has."""

    ambiguous: int
    impossible: int


def expression(database: duckdb.DuckDBPyConnection, columns: Applications, held: Days, relation: str) -> str:
    """SQL of the day of a row `a` of the relation; NULL where there is none. What the texts of a column say in the
    declared spellings is kept as the table `spellings`; a column of dates has one reading, whatever is declared."""
    column = f"{ROW}.{quoted(columns.applied_on)}"
    database.execute("CREATE TABLE spellings (text VARCHAR, day INTEGER, fault VARCHAR)")
    if held is not Days.TEXT or not columns.day_formats:
        return query.day(column, held)
    _keep(database, f"SELECT DISTINCT {column} FROM {relation} {ROW}", columns.day_formats)
    return f"(SELECT s.day FROM spellings s WHERE s.text = {column})"


def unread(database: duckdb.DuckDBPyConnection, columns: Applications, relation: str) -> UnreadDays:
    joined = f"{relation} {ROW} JOIN spellings s ON s.text = {ROW}.{quoted(columns.applied_on)}"
    counted = f"SELECT s.fault, count(*) FROM {joined} WHERE s.fault IS NOT NULL GROUP BY s.fault"
    found = dict(database.execute(counted).fetchall())
    return UnreadDays(found.get(str(Unread.AMBIGUOUS), 0), found.get(str(Unread.IMPOSSIBLE), 0))


def _keep(database: duckdb.DuckDBPyConnection, distinct: str, formats: Sequence[DateFormat]) -> None:
    import pyarrow as pa

    texts = [text for (text,) in database.execute(distinct).fetchall() if text is not None]
    found = [_read(text, formats) for text in texts]
    days = [None if isinstance(each, Unread) else each for each in found]
    faults = [str(each) if isinstance(each, Unread) else None for each in found]
    columns = [pa.array(texts, pa.string()), pa.array(days, pa.int32()), pa.array(faults, pa.string())]
    database.register("read_days", pa.table(columns, names=["text", "day", "fault"]))
    database.execute("INSERT INTO spellings SELECT * FROM read_days")
    database.unregister("read_days")


def _read(text: str, formats: Sequence[DateFormat]) -> int | Unread:
    """Days since 1970. What is read without formats means the same with them."""
    known = day_of(text)
    if known is not None:
        return known
    found = read_date(text, formats)
    if isinstance(found, Unread):
        return found
    return days_since_1970(found) if FIRST_DAY <= found <= LAST_DAY else Unread.FORMAT
