"""A query's answer, row by row from PostgreSQL, as a parquet file of plain columns. Nothing is written there."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import Blocked, Unavailable
from registry.frames.files import Kind, check_names, schema_of
from registry.frames.spec import TableRefused
from training.sources.staging import Staged

if TYPE_CHECKING:
    import pyarrow as pa

    from training.sources.declared import Source

_ROWS: Final = 10_000
_CONNECT_SECONDS: Final = 10
_QUERY_MILLISECONDS: Final = 30 * 60 * 1_000
_OPTIONS: Final = f"-c default_transaction_read_only=on -c statement_timeout={_QUERY_MILLISECONDS}"
# By PostgreSQL's own numbers of types.
_KINDS: Final = {
    **dict.fromkeys((20, 21, 23), Kind.INTEGER),
    16: Kind.BOOLEAN,
    **dict.fromkeys((700, 701, 1700), Kind.NUMBER),
    **dict.fromkeys((18, 19, 25, 1042, 1043, 1082, 1114, 1184, 2950), Kind.TEXT),
}
_SYNTAX: Final = "42"
_MODULUS: Final = 2**256
Told = Callable[[int], None]


def read(source: Source, address: str, target: Path, told: Told) -> Staged:
    """Write the rows to `target`; `told` hears the count of rows now and then and may raise. Blocked where the query is
    refused or answers what is no table; Unavailable where the database does not answer, also in the middle."""

    told(0)
    with _words(source), _connected(address) as connection, connection.cursor(name="countersign") as cursor:
        cursor.itersize = _ROWS
        cursor.execute(source.query)
        return _written(source, _pieces(cursor), target, told)


@contextmanager
def _connected(address: str) -> Iterator[Any]:  # Any: psycopg2 has no types
    import psycopg2

    connection = psycopg2.connect(
        address,
        connect_timeout=_CONNECT_SECONDS,
        options=_OPTIONS,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        application_name="countersign",
    )
    try:
        connection.set_session(readonly=True, isolation_level="REPEATABLE READ")
        yield connection
    finally:
        connection.close()


@contextmanager
def _words(source: Source) -> Iterator[None]:
    """PostgreSQL's own messages may quote a cell; only those about the query itself are passed on."""
    import psycopg2

    try:
        yield
    except psycopg2.Error as fault:
        code = str(fault.pgcode or "")
        if isinstance(fault, psycopg2.OperationalError) or not code:
            raise Unavailable(
                f"The source {source.name} does not answer, or stopped in the middle (connection"
                f" {source.connection}). Nothing was frozen."
            ) from None
        why = str(fault).strip().splitlines()[0][:200] if code.startswith(_SYNTAX) else f"error {code}"
        words = f"The source {source.name} was refused: its query cannot be run there ({why})."
        raise Blocked(words, [words]) from None


def _pieces(cursor: Any) -> Iterator[tuple[Any, Sequence[Any]]]:
    """(description, rows). A cursor that was declared describes itself with its first rows."""
    while rows := cursor.fetchmany(_ROWS):
        yield cursor.description, rows


def _written(source: Source, pieces: Iterator[tuple[Any, Sequence[Any]]], target: Path, told: Told) -> Staged:
    from pyarrow import parquet

    writer, kinds, rows, total, size = None, {}, 0, 0, 0
    try:
        for description, cells in pieces:
            if writer is None:
                kinds = _kinds(source, description)
                writer = parquet.ParquetWriter(target, schema_of(kinds), compression="zstd")
            table = _table(source, kinds, cells)
            writer.write_table(table)
            rows += table.num_rows
            size += table.nbytes
            total = (total + _sum(table)) % _MODULUS
            told(rows)
    finally:
        if writer is not None:
            writer.close()
    if rows == 0:
        words = f"The source {source.name} was refused: its query finds no rows."
        raise Blocked(words, [words])
    return Staged(source.name, kinds, rows, 0, size, f"{total:064x}")


def _kinds(source: Source, description: Any) -> dict[str, Kind]:
    names = [str(column.name) for column in description]
    try:
        check_names(names)
    except TableRefused as refusal:
        words = f"The source {source.name}: {refusal.message.removeprefix('The table was refused: ')}"
        raise Blocked(words, [words]) from None
    strange = [str(column.name) for column in description if column.type_code not in _KINDS]
    if strange:
        words = f"The source {source.name}: the column {strange[0]!a} is no number, text or date. Cast it in the query."
        raise Blocked(words, [words])
    return {
        str(column.name): source.kinds.get(str(column.name), _KINDS[column.type_code])
        for column in description
    }


def _table(source: Source, kinds: dict[str, Kind], rows: Sequence[Any]) -> pa.Table:
    import pyarrow as pa

    schema, made = schema_of(kinds), []
    for column, kind, entry in zip(zip(*rows, strict=True), kinds.values(), schema, strict=True):
        try:
            made.append(pa.array([_cell(cell, kind) for cell in column], entry.type))
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            words = f"The source {source.name}: the column {entry.name!a} does not fit into {kind}."
            raise Blocked(words, [words]) from None
    return pa.table(made, schema=schema)


def _cell(cell: Any, kind: Kind) -> Any:
    """As a file would hold it: dates in ISO form, a blank text as missing."""
    if cell is None:
        return None
    if kind is Kind.TEXT:
        text = cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else str(cell)
        return text or None
    return float(cell) if isinstance(cell, Decimal) and kind is Kind.NUMBER else cell


def _sum(table: pa.Table) -> int:
    """Rows come in no order, so each is digested and the digests are added up."""
    from registry.frames.content import row_contents

    return sum(
        int.from_bytes(hashlib.sha256(content).digest(), "big")
        for content in row_contents(table, table.column_names)
    )
