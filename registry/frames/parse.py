"""An untrusted file to a table of plain columns, or a refusal that never repeats a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.frames.files import batches, look, schema_of
from registry.frames.spec import TableRefused, UploadSpec

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

MAX_COLUMNS = 500
MAX_ROWS = 5_000_000
_MAX_CELLS = 200_000_000


def parse(path: Path, spec: UploadSpec) -> pa.Table:
    """A table with unique column names and columns of int64, float64, bool or text."""
    import pyarrow as pa

    size = path.stat().st_size
    if size > spec.max_bytes:
        raise TableRefused(
            f"The table was refused: it has {size} bytes, at most {spec.max_bytes} are read. "
            "Upload a sample or fewer columns.",
            "too-large",
        )
    seen = look(path, spec.format, spec.delimiter)
    _check_size(seen.rows, len(seen.kinds))
    if seen.rows == 0:
        raise TableRefused("The table was refused: it has a header but no rows.", "empty")
    return pa.Table.from_batches(batches(seen, seen.kinds), schema_of(seen.kinds)).combine_chunks()


def _check_size(rows: int, columns: int) -> None:
    """Asked before reading: compressed columns can be a thousand times larger than their file."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > _MAX_CELLS:
        raise TableRefused(
            f"The table was refused: {rows} rows by {columns} columns exceeds {MAX_ROWS} by {MAX_COLUMNS}.",
            "too-large",
        )
