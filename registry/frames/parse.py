"""Untrusted bytes to a table of plain columns, or a refusal that never repeats a cell."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from registry.frames.spec import FileFormat, TableRefused, UploadSpec

if TYPE_CHECKING:
    import pyarrow as pa

MAX_COLUMNS = 500
MAX_ROWS = 5_000_000
_MAX_NAME = 100
_MAX_CELLS = 200_000_000


def parse(content: bytes, spec: UploadSpec) -> pa.Table:
    """A table with unique column names and columns of int64, float64, bool or text."""
    if not content:
        raise TableRefused(
            "The table was refused: the file is empty. Upload a file with a header and rows.", "empty"
        )
    if len(content) > spec.max_bytes:
        raise TableRefused(
            f"The table was refused: it has {len(content)} bytes, at most {spec.max_bytes} are read. "
            "Upload a sample or fewer columns.",
            "too-large",
        )
    table = _csv(content, spec) if spec.format is FileFormat.CSV else _parquet(content)
    _check_names(table.column_names)
    if table.num_rows == 0:
        raise TableRefused("The table was refused: it has a header but no rows.", "empty")
    return _plain_columns(table)


def _csv(content: bytes, spec: UploadSpec) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    _check_csv(_text(content), spec.delimiter)
    try:
        return arrow_csv.read_csv(
            io.BytesIO(content),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=max(len(content), 1)),
            parse_options=arrow_csv.ParseOptions(delimiter=spec.delimiter, newlines_in_values=True),
        )
    except pa.ArrowInvalid:
        # Arrow's own message quotes the row it stumbled over, which is an applicant's data.
        raise TableRefused(
            "The table was refused: it could not be read as CSV. Check quotes.", "not-csv"
        ) from None


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableRefused(
            f"The table was refused: it is not UTF-8 at byte {error.start}. Save it as UTF-8.",
            "wrong-encoding",
        ) from None
    if "\x00" in text:
        raise TableRefused("The table was refused: it contains NUL characters, so it is not CSV.", "not-csv")
    return text


def _check_csv(text: str, delimiter: str) -> None:
    """Every row as wide as the header. Only line numbers are told."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(rows, None)
        if not header or not "".join(header).strip():
            raise TableRefused("The table was refused: it has no header line.", "empty")
        for row in rows:
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


def _delimiter_hint(header: list[str]) -> str:
    return ", or state the delimiter" if len(header) == 1 else ""


def _parquet(content: bytes) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    refused = TableRefused(
        "The table was refused: it is not a readable parquet file. Write it again or upload CSV.",
        "not-parquet",
    )
    if len(content) < 12 or content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        raise refused
    try:
        source = parquet.ParquetFile(pa.BufferReader(content))
        facts = source.metadata
        _check_size(facts.num_rows, facts.num_columns)
        return source.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError):
        raise refused from None


def _check_size(rows: int, columns: int) -> None:
    """Asked before reading: compressed columns can be a thousand times larger than their file."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > _MAX_CELLS:
        raise TableRefused(
            f"The table was refused: {rows} rows by {columns} columns exceeds {MAX_ROWS} by {MAX_COLUMNS}.",
            "too-large",
        )


def _check_names(names: list[str]) -> None:
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


def _plain_columns(table: pa.Table) -> pa.Table:
    """Every column as int64, float64, bool or text; the logical content is all that is kept of a file."""
    import pyarrow as pa

    _check_size(table.num_rows, table.num_columns)
    columns = [_plain_column(table.column(place), name) for place, name in enumerate(table.column_names)]
    return pa.table(columns, names=table.column_names)


def _plain_column(column: pa.ChunkedArray, name: str) -> pa.Array:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    target = _plain_type(kind)
    if target is None:
        raise TableRefused(
            f"The table was refused: the column {name!a} holds {kind}, not number, text or date.",
            "bad-column-type",
        )
    try:
        cast = column.cast(target)
    except pa.ArrowInvalid:
        raise TableRefused(
            f"The table was refused: the column {name!a} does not fit into {target}.", "bad-column-type"
        ) from None
    return cast.combine_chunks() if cast.num_chunks != 1 else cast.chunk(0)


def _plain_type(kind: pa.DataType) -> pa.DataType | None:
    import pyarrow as pa

    types = pa.types
    if types.is_boolean(kind):
        return pa.bool_()
    if types.is_integer(kind):
        return pa.int64()
    if types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind):
        return pa.float64()
    if (
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_date(kind)
        or types.is_timestamp(kind)
    ):
        return pa.string()
    return None
