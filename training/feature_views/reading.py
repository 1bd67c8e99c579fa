"""The tables of a view for DuckDB. Parquet whose columns are plain is read where it lies, for a year of bookings is
large; everything else is staged first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quant.transactions.query import Days
from registry.frames.files import Kind, look
from registry.frames.spec import FileFormat, TableRefused
from training.sources.staging import Staged, digest_of, stage

if TYPE_CHECKING:
    import pyarrow as pa

    from training.sources.declared import Source
    from training.sources.places import Found


@dataclass(frozen=True)
class Readable:
    """Files of one table, with the columns that are wanted of it: their kinds, and how those of dates hold days."""

    staged: Staged
    paths: tuple[Path, ...]
    days: Mapping[str, Days]

    def kind(self, name: str) -> Kind | None:
        return self.staged.kinds.get(name)


def readable(source: Source, files: Sequence[Found], wanted: Sequence[str], target: Path) -> Readable:
    """Blocked where the files cannot be read or do not agree."""
    types = None if source.kinds or source.absent else _plain_types(source, files, wanted)
    if types is None:
        return of_staged(stage(source, files, target), target)
    paths = tuple(Path(file.path) for file in files)
    size = sum(path.stat().st_size for path in paths)
    kinds, rows = types.kinds, types.rows
    staged = Staged(source.name, kinds, rows, len(files), size, digest_of(files))
    return Readable(staged, paths, types.days)


def of_staged(staged: Staged, target: Path) -> Readable:
    return Readable(staged, (target,), dict.fromkeys(staged.kinds, Days.TEXT))


@dataclass(frozen=True)
class _Types:
    kinds: Mapping[str, Kind]
    days: Mapping[str, Days]
    rows: int


def _plain_types(source: Source, files: Sequence[Found], wanted: Sequence[str]) -> _Types | None:
    """None where a file is no parquet of these columns, or two files hold one column differently: staging tells why."""
    from pyarrow import parquet

    if source.format is not FileFormat.PARQUET or any(file.partition for file in files):
        return None
    rows, seen = 0, set()
    for file in files:
        try:
            rows += look(Path(file.path), source.format).rows
        except TableRefused:
            return None
        schema = parquet.read_schema(file.path)
        if not set(wanted) <= set(schema.names):
            return None
        seen.add(tuple((name, *_plain_type(schema.field(name).type)) for name in wanted))
    if len(seen) != 1 or rows == 0:
        return None
    (types,) = seen
    if any(kind is None for _, kind, _ in types):
        return None
    return _Types(
        {name: kind for name, kind, _ in types if kind}, {name: day for name, _, day in types}, rows
    )


def _plain_type(found: pa.DataType) -> tuple[Kind | None, Days]:
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(found):
        found = found.value_type
    if types.is_integer(found) and not types.is_uint64(found):
        return Kind.INTEGER, Days.TEXT
    if types.is_string(found) or types.is_large_string(found):
        return Kind.TEXT, Days.TEXT
    if types.is_date(found):
        return Kind.TEXT, Days.DATE
    if types.is_timestamp(found) and found.tz is None:
        return Kind.TEXT, Days.TIMESTAMP
    return None, Days.TEXT


def plain_facts(staged: Staged) -> dict[str, Any]:  # Any: JSON
    return {
        "name": staged.name,
        "rows": staged.rows,
        "files": staged.files,
        "bytes": staged.bytes,
        "digest": staged.digest,
    }
