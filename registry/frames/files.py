"""One file as a stream: looked at once, then read in batches of plain columns, never whole. No message repeats a cell.

A column is integer, boolean, number or text by everything that stands in it, so where a file is cut into batches, or a
table into files, changes nothing. Digits that begin with a zero are text: they are somebody's code, and 007 is not 7.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from registry.frames.spec import FileFormat, TableRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

_BLOCK_BYTES: Final = 4 * 2**20
_BATCH_ROWS: Final = 65_536
_MAX_NAME: Final = 100
_MISSING: Final = ("", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", "None")
_LEADING_ZERO: Final = r"^[+-]?0[0-9]"


class Kind(StrEnum):
    """EMPTY: nothing stands in the column, so it goes with any other."""

    EMPTY = "empty"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True)
class Look:
    """What was seen of a file: its columns in their order, and its rows."""

    path: Path
    format: FileFormat
    delimiter: str
    kinds: Mapping[str, Kind]
    rows: int


def look(path: Path, form: FileFormat, delimiter: str = ",") -> Look:
    """Read a file once, in bounded memory. Raises TableRefused."""
    if path.stat().st_size == 0:
        raise TableRefused(
            "The table was refused: the file is empty. Upload a file with a header and rows.", "empty"
        )
    return _look_at_csv(path, delimiter) if form is FileFormat.CSV else _look_at_parquet(path)


def batches(seen: Look, kinds: Mapping[str, Kind]) -> Iterator[pa.RecordBatch]:
    """The rows with the columns of `kinds` that the file has, in that order and of those kinds, each at least as wide
    as the one that was seen. Raises TableRefused where the file is no longer what was looked at."""
    names = [name for name in kinds if name in seen.kinds]
    read = _csv_batches(seen) if seen.format is FileFormat.CSV else _parquet_batches(seen.path)
    for batch in read:
        yield _plain(batch.select(names), kinds)


def schema_of(kinds: Mapping[str, Kind]) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, _arrow_type(kind)) for name, kind in kinds.items()])


def _plain(batch: pa.RecordBatch, kinds: Mapping[str, Kind]) -> pa.RecordBatch:
    import pyarrow as pa

    wanted = schema_of({name: kinds[name] for name in batch.schema.names})
    columns = []
    for place, entry in enumerate(wanted):
        try:
            columns.append(_plain_column(batch.column(place), kinds[entry.name]))
        except pa.ArrowInvalid:
            raise TableRefused(
                f"The table was refused: the column {entry.name!a} does not fit into {entry.type}.",
                "bad-column-type",
            ) from None
    return pa.record_batch(columns, schema=wanted)


def _plain_column(column: pa.Array, kind: Kind) -> pa.Array:
    """A blank is missing in every column; the other spellings of "missing" only where numbers stand."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if kind is Kind.TEXT:
        text = column.cast(pa.string())
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if pa.types.is_string(column.type):
        column = _present(column)
    return column.cast(_arrow_type(kind))


def _arrow_type(kind: Kind) -> pa.DataType:
    import pyarrow as pa

    made: dict[Kind, pa.DataType] = {
        Kind.INTEGER: pa.int64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.TEXT: pa.string(),
    }
    return made.get(kind, pa.float64())


# --- CSV ---------------------------------------------------------------------------------------------------------


def _look_at_csv(path: Path, delimiter: str) -> Look:
    names, rows = _checked_csv(path, delimiter)
    check_names(names)
    seen = Look(path, FileFormat.CSV, delimiter, dict.fromkeys(names, Kind.TEXT), rows)
    found = {name: _Narrowing() for name in names}
    for batch in _csv_batches(seen):
        for name, narrowing in found.items():
            narrowing.see(batch.column(name))
    kinds = {name: narrowing.kind for name, narrowing in found.items()}
    return Look(path, FileFormat.CSV, delimiter, kinds, rows)


def _checked_csv(path: Path, delimiter: str) -> tuple[list[str], int]:
    """Names and rows, where every row is as wide as the header. Only line numbers are told."""
    count = 0
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(_without_nul(lines), delimiter=delimiter, strict=True)
        try:
            header = next(rows, None)
            if not header or not "".join(header).strip():
                raise TableRefused("The table was refused: it has no header line.", "empty")
            for row in rows:
                count += bool(row)
                if row and len(row) != len(header):
                    raise TableRefused(
                        f"The table was refused: line {rows.line_num} has {len(row)} fields, the header has "
                        f"{len(header)}. Give every row the same number of fields"
                        f"{_delimiter_hint(header)}.",
                        "ragged-csv",
                    )
        except csv.Error:
            raise TableRefused(
                f"The table was refused: the quotes around line {rows.line_num} do not close.", "not-csv"
            ) from None
        except UnicodeDecodeError:
            raise TableRefused(
                f"The table was refused: it is not UTF-8 after line {rows.line_num}. Save it as UTF-8.",
                "wrong-encoding",
            ) from None
    return header, count


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if "\x00" in line:
            raise TableRefused(
                "The table was refused: it contains NUL characters, so it is not CSV.", "not-csv"
            )
        yield line


def _delimiter_hint(header: list[str]) -> str:
    return ", or state the delimiter" if len(header) == 1 else ""


def _csv_batches(seen: Look) -> Iterator[pa.RecordBatch]:
    """Every cell as the text it is; types are ours to find, or they would hang on where a block ends."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    try:
        with arrow_csv.open_csv(
            str(seen.path),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(delimiter=seen.delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(seen.kinds, pa.string()), strings_can_be_null=False
            ),
        ) as reader:
            yield from reader
    except pa.ArrowInvalid:
        # Arrow's own message quotes the row it stumbled over, which is an applicant's data.
        raise TableRefused(
            "The table was refused: it could not be read as CSV. Check quotes.", "not-csv"
        ) from None


class _Narrowing:
    """The narrowest kind that everything seen of a column fits."""

    def __init__(self) -> None:
        self._is_empty = True
        self._fits = {Kind.INTEGER: True, Kind.BOOLEAN: True, Kind.NUMBER: True}

    @property
    def kind(self) -> Kind:
        if self._is_empty:
            return Kind.EMPTY
        return next((kind for kind, fits in self._fits.items() if fits), Kind.TEXT)

    def see(self, column: pa.Array) -> None:
        import pyarrow.compute as pc

        present = pc.drop_null(_present(column))
        if len(present) == 0:
            return
        self._is_empty = False
        if (self._fits[Kind.INTEGER] or self._fits[Kind.NUMBER]) and _begins_with_zero(present):
            self._fits[Kind.INTEGER] = self._fits[Kind.NUMBER] = False
        for kind, fits in self._fits.items():
            # What fits into integers fits into numbers.
            if fits and not (kind is Kind.NUMBER and self._fits[Kind.INTEGER]):
                self._fits[kind] = _can_be(present, kind)


def _begins_with_zero(present: pa.Array) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(present, _LEADING_ZERO)).as_py())


def _can_be(present: pa.Array, kind: Kind) -> bool:
    import pyarrow as pa

    try:
        present.cast(_arrow_type(kind))
    except pa.ArrowInvalid:
        return False
    return True


def _present(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(column)
    is_missing = pc.is_in(trimmed, value_set=pa.array(_MISSING))
    return pc.if_else(is_missing, pa.scalar(None, pa.string()), trimmed)


# --- parquet -----------------------------------------------------------------------------------------------------


def _look_at_parquet(path: Path) -> Look:
    import pyarrow as pa
    from pyarrow import parquet

    with path.open("rb") as source:
        first = source.read(4)
        source.seek(-4, 2) if path.stat().st_size >= 12 else None
        last = source.read(4)
    if first != b"PAR1" or last != b"PAR1":
        raise _no_parquet()
    try:
        with parquet.ParquetFile(path) as opened:
            schema, rows = opened.schema_arrow, opened.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError):
        raise _no_parquet() from None
    check_names(schema.names)
    kinds = {entry.name: _kind_of(entry) for entry in schema}
    return Look(path, FileFormat.PARQUET, ",", kinds, rows)


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as opened:
            yield from opened.iter_batches(batch_size=_BATCH_ROWS, use_threads=False)
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError):
        raise _no_parquet() from None


def _no_parquet() -> TableRefused:
    return TableRefused(
        "The table was refused: it is not a readable parquet file. Write it again or upload CSV.",
        "not-parquet",
    )


def _kind_of(entry: pa.Field) -> Kind:
    import pyarrow as pa

    types, kind = pa.types, entry.type
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_null(kind):
        return Kind.EMPTY
    if types.is_boolean(kind):
        return Kind.BOOLEAN
    if types.is_integer(kind):
        return Kind.INTEGER
    if types.is_floating(kind) or types.is_decimal(kind):
        return Kind.NUMBER
    if (
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_date(kind)
        or types.is_timestamp(kind)
    ):
        return Kind.TEXT
    raise TableRefused(
        f"The table was refused: the column {entry.name!a} holds {kind}, not number, text or date.",
        "bad-column-type",
    )


def check_names(names: list[str]) -> None:
    if any(not name.strip() or len(name) > _MAX_NAME or not name.isprintable() for name in names):
        raise TableRefused(
            f"The table was refused: every column needs a printable name of at most {_MAX_NAME} characters.",
            "bad-column-name",
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableRefused(
            f"The table was refused: the column {twice[0]!a} stands twice. Rename one of them.",
            "duplicate-columns",
        )
