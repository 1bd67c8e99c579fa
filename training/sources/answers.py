"""What a query answers, piece by piece, as a parquet file of plain columns."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mrm.lib.errors import Blocked
from registry.frames.files import Kind, check_names, schema_of
from registry.frames.spec import TableRefused
from training.sources.staging import Staged

if TYPE_CHECKING:
    import pyarrow as pa

    from training.sources.declared import Source

_MODULUS: Final = 2**256
Told = Callable[[int], None]
# The kind of every column, the same in every piece, and rows of cells.
Answer: TypeAlias = tuple[Mapping[str, Kind], Sequence[Sequence[Any]]]


def kinds_of(source: Source, columns: Sequence[tuple[str, Kind | None]]) -> dict[str, Kind]:
    """Columns with the kind that their type has there, None for a type that is no number, text or date; what the source
    declares of a kind goes first. Blocked where no table can be made of them."""
    try:
        check_names([name for name, _ in columns])
    except TableRefused as refusal:
        words = f"The source {source.name}: {refusal.message.removeprefix('The table was refused: ')}"
        raise Blocked(words, [words]) from None
    kinds = {}
    for name, kind in columns:
        if kind is None:
            words = f"The source {source.name}: the column {name!a} is no number, text or date. Cast it in the query."
            raise Blocked(words, [words])
        kinds[name] = source.kinds.get(name, kind)
    return kinds


def written(source: Source, pieces: Iterator[Answer], target: Path, told: Told) -> Staged:
    """Write the rows to `target`; `told` hears their count after each piece and may raise. Blocked without a row, and
    for a cell that does not fit its kind."""
    from pyarrow import parquet

    writer, kinds, rows, total, size = None, {}, 0, 0, 0
    try:
        for said, cells in pieces:
            if writer is None:
                kinds = dict(said)
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
