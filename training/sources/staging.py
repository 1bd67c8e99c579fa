"""The files of one source as one parquet file of plain columns, batch by batch. Whatever is wrong is told at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mrm.lib.errors import Blocked
from registry.frames.files import Kind, Look, batches, look, schema_of
from registry.frames.spec import TableRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from training.sources.declared import Source
    from training.sources.places import Found

_PIECE: Final = 2**20
_TOLD: Final = 20


@dataclass(frozen=True)
class Staged:
    """A source as it was read. `digest` is over the bytes of its files with their names, or over the rows of a query in
    whatever order they came."""

    name: str
    kinds: Mapping[str, Kind]
    rows: int
    files: int
    bytes: int
    digest: str


@dataclass(frozen=True)
class _Seen:
    file: Found
    look: Look

    @property
    def kinds(self) -> dict[str, Kind]:
        """With the columns that the folders above the file say."""
        said = {name: _kind_of(text) for name, text in self.file.partition.items()}
        return {**self.look.kinds, **said}


def _kind_of(text: str) -> Kind:
    is_number = text.isascii() and text.isdecimal() and (text == "0" or not text.startswith("0"))
    return Kind.INTEGER if is_number else Kind.TEXT


def stage(source: Source, files: Sequence[Found], target: Path) -> Staged:
    """Write one table of all files. Blocked with every reason: a file that cannot be read, a column that is there in
    one and not in another, or is a number in one and text in another."""
    from pyarrow import parquet

    seen, faults = _looked(source, files)
    kinds, more = _reconciled(source, seen)
    faults += more
    if faults:
        raise Blocked(f"The source {source.name} was refused.", faults[:_TOLD])
    rows, schema = 0, schema_of(kinds)
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for each in seen:
            for batch in _batches(each, kinds):
                rows += batch.num_rows
                writer.write_batch(_completed(batch, schema, each.file.partition))
    if rows == 0:
        words = f"The source {source.name} was refused: it has no rows."
        raise Blocked(words, [words])
    size = sum(Path(file.path).stat().st_size for file in files)
    return Staged(source.name, kinds, rows, len(files), size, digest_of(files))


def _looked(source: Source, files: Sequence[Found]) -> tuple[list[_Seen], list[str]]:
    seen, faults = [], []
    for file in files:
        try:
            each = _Seen(file, look(Path(file.path), source.format, source.delimiter))
        except TableRefused as refusal:
            words = refusal.message.removeprefix("The table was refused: ")
            faults.append(f"{source.name}, file {file.name[:120]!a}: {words}")
            continue
        twice = sorted(each.look.kinds.keys() & file.partition)
        if twice:
            faults.append(
                f"{source.name}, file {file.name[:120]!a}: its folder and the file both say {twice[0]!a}."
            )
        seen.append(each)
    return seen, faults


def _reconciled(source: Source, seen: Sequence[_Seen]) -> tuple[dict[str, Kind], list[str]]:
    """The kind of every column over all files, in the order in which columns first appear; and what does not fit."""
    kinds: dict[str, Kind] = {}
    first: dict[str, str] = {}
    faults = []
    for each in seen:
        for name, found in each.kinds.items():
            wanted = source.kinds.get(name, found)
            both = _wider(kinds.get(name, Kind.EMPTY), wanted)
            if both is None:
                faults.append(
                    f"{source.name}: the column {name!a} is {kinds[name]} in {first[name]!a} and {wanted} in"
                    f" {each.file.name[:120]!a}. Say in `kinds` what it is."
                )
                continue
            kinds[name] = both
            first.setdefault(name, each.file.name[:120])
    for each in seen:
        lacking = sorted(kinds.keys() - each.kinds.keys() - set(source.absent))
        if lacking:
            named = ", ".join(map(ascii, lacking[:10]))
            faults.append(
                f"{source.name}: the file {each.file.name[:120]!a} lacks {named}. Say in `absent` what may be missing."
            )
    strange = sorted(set(source.kinds) - kinds.keys())
    if strange and seen:
        faults.append(f"{source.name}: no file has the column {strange[0]!a}, which `kinds` names.")
    return kinds, faults


def _wider(one: Kind, other: Kind) -> Kind | None:
    if one is other or other is Kind.EMPTY:
        return one
    if one is Kind.EMPTY:
        return other
    return Kind.NUMBER if {one, other} == {Kind.INTEGER, Kind.NUMBER} else None


def _batches(each: _Seen, kinds: Mapping[str, Kind]) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches(each.look, kinds)
    except TableRefused as refusal:
        words = refusal.message.removeprefix("The table was refused: ")
        fault = f"file {each.file.name[:120]!a}: {words}"
        raise Blocked(fault, [fault]) from None


def _completed(batch: pa.RecordBatch, schema: pa.Schema, partition: Mapping[str, str]) -> pa.RecordBatch:
    """With what the folder says, and with nothing where the file may lack a column."""
    import pyarrow as pa

    columns = []
    for entry in schema:
        if entry.name in partition:
            same = pa.array([partition[entry.name]], pa.string()).cast(entry.type)[0]
            columns.append(pa.repeat(same, batch.num_rows))
        elif entry.name in batch.schema.names:
            columns.append(batch.column(entry.name))
        else:
            columns.append(pa.nulls(batch.num_rows, entry.type))
    return pa.record_batch(columns, schema=schema)


def digest_of(files: Sequence[Found]) -> str:
    """SHA-256 over each file's name and the SHA-256 of its bytes, a line each, in the order of the names."""
    whole = hashlib.sha256()
    for file in files:
        own = hashlib.sha256()
        with Path(file.path).open("rb") as source:
            while piece := source.read(_PIECE):
                own.update(piece)
        whole.update(f"{own.hexdigest()}  {file.name}\n".encode())
    return whole.hexdigest()
