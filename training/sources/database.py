"""A query's answer, row by row from PostgreSQL, as a parquet file of plain columns. Nothing is written there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import Blocked, Unavailable
from registry.frames.files import Kind
from training.sources.answers import Answer, Told, kinds_of, written

if TYPE_CHECKING:
    from training.sources.declared import Source
    from training.sources.staging import Staged

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


def read(source: Source, address: str, target: Path, told: Told) -> Staged:
    """Write the rows to `target`; `told` hears the count of rows now and then and may raise. Blocked where the query is
    refused or answers what is no table; Unavailable where the database does not answer, also in the middle."""

    told(0)
    with _words(source), _connected(address) as connection, connection.cursor(name="countersign") as cursor:
        cursor.itersize = _ROWS
        cursor.execute(source.query)
        return written(source, _pieces(source, cursor), target, told)


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


def _pieces(source: Source, cursor: Any) -> Iterator[Answer]:
    """A cursor that was declared describes itself with its first rows."""
    kinds: dict[str, Kind] = {}
    while rows := cursor.fetchmany(_ROWS):
        kinds = kinds or _kinds(source, cursor.description)
        yield kinds, rows


def _kinds(source: Source, description: Any) -> dict[str, Kind]:
    return kinds_of(source, [(str(column.name), _KINDS.get(column.type_code)) for column in description])
