"""Bookings to features by DuckDB, in memory that does not grow with the rows: customers are dealt into parts, each part
is grouped by itself, and what does not fit is spilt to the folder of the job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import Blocked
from quant.transactions import query
from quant.transactions.query import literal, quoted
from registry.frames.files import Kind
from training.feature_views import days, refusing
from training.feature_views.declared import APPLICATIONS, BOOKINGS, AskedView
from training.feature_views.reading import Readable
from training.sources.merging import connected, wanted_rows

if TYPE_CHECKING:
    import duckdb

MEMORY: Final = "1GiB"
# The groups of a part (some five rings of some twenty numbers for each application) stay below 200 MB.
MOST_AT_ONCE: Final = 100_000
# The digest of the features is made in memory, where so many rows of them still fit.
MOST_APPLICATIONS: Final = 2_000_000
MADE, PLACE, CUSTOMER, DAY = "made.parquet", "place", "customer", "day"


@dataclass(frozen=True)
class Counts:
    """Applications, and of them those without a booking in the longest window. Bookings, and of them those of nobody
    who applies; then, once for each application of their customer: those that counted, those at or after the cut, and
    those before the longest window."""

    applications: int
    without_bookings: int
    bookings: int
    of_nobody: int
    counted: int
    too_late: int
    too_early: int

    def plain(self) -> dict[str, Any]:  # Any: JSON
        return asdict(self)


@dataclass(frozen=True)
class _Part:
    found: query.Facts
    without_bookings: int
    of_applicants: int


def build(
    asked: AskedView, tables: Mapping[str, Readable], folder: Path, at_once: int = MOST_AT_ONCE
) -> Counts:
    """Write made.parquet: place, customer and day, key and features. Blocked with every reason: columns that are not
    there, keys that are none, dates and amounts that cannot be read."""
    refusing.refuse(refusing.of_columns(asked, tables))
    files = [path for table in tables.values() for path in table.paths]
    with connected(folder, MEMORY, files) as database:
        rows = _number(database, f"SELECT count(*) FROM {_relation(asked, tables, APPLICATIONS)}")
        if rows > MOST_APPLICATIONS:
            raise Blocked(
                "The applications are too many.",
                [f"There are {rows} applications; at most {MOST_APPLICATIONS} are read. Take fewer."],
            )
        parts = max(1, -(-rows // at_once))
        _place(database, asked, tables, parts)
        refusing.refuse(_faults_of_applicants(database, asked, tables))
        bookings = _deal(database, asked, tables, parts, folder)
        done = [_part(database, asked, part, parts, folder) for part in range(parts)]
        refusing.refuse(refusing.of_bookings(asked, [each.found for each in done]))
        _write(database, asked, folder / MADE)
    return _counts(rows, bookings, done)


def _counts(applications: int, bookings: int, done: Sequence[_Part]) -> Counts:
    return Counts(
        applications=applications,
        without_bookings=sum(each.without_bookings for each in done),
        bookings=bookings,
        of_nobody=bookings - sum(each.of_applicants for each in done),
        counted=sum(each.found.counted for each in done),
        too_late=sum(each.found.too_late for each in done),
        too_early=sum(each.found.too_early for each in done),
    )


def _relation(asked: AskedView, tables: Mapping[str, Readable], name: str) -> str:
    source = next(each for each in asked.sources if each.name == name)
    paths = ", ".join(literal(str(path)) for path in tables[name].paths)
    return f"(SELECT * FROM read_parquet([{paths}]) WHERE {wanted_rows(source)})"


def _keys(table: Readable, column: str) -> query.Keys:
    return query.Keys.WHOLE if table.kind(column) is Kind.INTEGER else query.Keys.TEXT


# --- Applications ------------------------------------------------------------------------------------------------


def _place(
    database: duckdb.DuckDBPyConnection, asked: AskedView, tables: Mapping[str, Readable], parts: int
) -> None:
    columns = asked.columns
    relation = _relation(asked, tables, APPLICATIONS)
    held = tables[APPLICATIONS].days[columns.applied_on]
    key = query.key(quoted(columns.key), _keys(tables[APPLICATIONS], columns.key))
    customer = query.key(quoted(columns.customer), _keys(tables[APPLICATIONS], columns.customer))
    database.execute(
        f"CREATE TABLE applicants AS SELECT row_number() OVER (ORDER BY key) - 1 AS {PLACE}, *,"
        f" hash({CUSTOMER}) % {parts} AS part FROM (SELECT {key} AS key, {customer} AS {CUSTOMER},"
        f" {days.expression(database, columns, held, relation)} AS {DAY} FROM {relation} {days.ROW})"
    )


def _faults_of_applicants(
    database: duckdb.DuckDBPyConnection, asked: AskedView, tables: Mapping[str, Readable]
) -> list[str]:
    repeated = "SELECT count(*) AS n FROM applicants WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
    return refusing.of_applicants(
        asked,
        without_key=_number(database, "SELECT count(*) FROM applicants WHERE key IS NULL"),
        with_shared_key=_number(database, f"SELECT coalesce(sum(n), 0) FROM ({repeated})"),
        without_day=_number(database, f"SELECT count(*) FROM applicants WHERE {DAY} IS NULL"),
        unread=days.unread(database, asked.columns, _relation(asked, tables, APPLICATIONS)),
    )


# --- Bookings ----------------------------------------------------------------------------------------------------


def _deal(
    database: duckdb.DuckDBPyConnection,
    asked: AskedView,
    tables: Mapping[str, Readable],
    parts: int,
    folder: Path,
) -> int:
    """How many bookings there are. One part is read where it lies; of several, the bookings of whoever applies are
    written once, by part."""
    relation = _relation(asked, tables, BOOKINGS)
    held = tables[BOOKINGS].days[asked.definition.columns.booked_on]
    keys = _keys(tables[BOOKINGS], asked.definition.columns.customer)
    selected = query.bookings(asked.definition, relation, held, keys)
    if parts == 1:
        database.execute(f"CREATE VIEW bookings AS {selected}")
    else:
        known = f"{CUSTOMER} IN (SELECT {CUSTOMER} FROM applicants)"
        dealt = f"SELECT *, hash({CUSTOMER}) % {parts} AS part FROM ({selected}) WHERE {known}"
        target = literal(str(folder / "parts"))
        database.execute(f"COPY ({dealt}) TO {target} (FORMAT parquet, PARTITION_BY (part))")
        database.execute(f"CREATE TABLE nothing AS {selected} LIMIT 0")
    return _number(database, f"SELECT count(*) FROM {relation}")


def _part(
    database: duckdb.DuckDBPyConnection, asked: AskedView, part: int, parts: int, folder: Path
) -> _Part:
    database.execute(f"CREATE OR REPLACE VIEW applications AS SELECT * FROM applicants WHERE part = {part}")
    if parts > 1:
        files = sorted((folder / "parts" / f"part={part}").glob("*.parquet"))
        listed = ", ".join(literal(str(file)) for file in files)
        # The part stands in the name of the folder; the files have the columns of the bookings alone.
        read = f"read_parquet([{listed}], hive_partitioning = false)" if files else "nothing"
        database.execute(f"CREATE OR REPLACE VIEW bookings AS SELECT * FROM {read}")
    made = asked.definition
    database.execute(f"CREATE OR REPLACE TABLE rings AS {query.rings(made)}")
    row = database.execute(query.facts(made)).fetchone() or ()
    found = query.Facts(*(int(each) for each in row))
    last = len(made.windows) - 1
    known = f"SELECT {PLACE} FROM rings WHERE ring BETWEEN 0 AND {last}"
    without = _number(
        database, f"SELECT count(*) FROM applications WHERE {PLACE} NOT IN (SELECT {PLACE} FROM ({known}))"
    )
    each = f"SELECT {PLACE}, sum(rows) AS n FROM rings GROUP BY {PLACE}"
    once = f"SELECT any_value(n) AS n FROM ({each}) JOIN applications USING ({PLACE}) GROUP BY {CUSTOMER}"
    of_applicants = _number(database, f"SELECT coalesce(sum(n), 0) FROM ({once})")
    if found.is_sound:
        into = "INSERT INTO features" if _has_features(database) else "CREATE TABLE features AS"
        database.execute(f"{into} {query.features(made)}")
    return _Part(found, without, of_applicants)


def _has_features(database: duckdb.DuckDBPyConnection) -> bool:
    return _number(database, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'features'") > 0


def _write(database: duckdb.DuckDBPyConnection, asked: AskedView, target: Path) -> None:
    made = ", ".join(f"f.{quoted(feature.name)}" for feature in asked.definition.features)
    question = (
        f"SELECT a.{PLACE}, a.{CUSTOMER}, CAST(a.{DAY} AS BIGINT) AS {DAY}, a.key, {made} FROM applicants a"
        f" JOIN features f ON f.{PLACE} = a.{PLACE}"
    )
    database.execute(f"COPY ({question}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")


def _number(database: duckdb.DuckDBPyConnection, question: str) -> int:
    row = database.execute(question).fetchone()
    return int(row[0]) if row else 0
