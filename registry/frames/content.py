"""The content of a table as bytes: its digest, its rows for the keyed split, and parquet for keeping.

Digest, version 1. SHA-256 over, in this order: the ASCII line `countersign-table/1`; the number of rows and
of
columns as unsigned 64-bit little-endian; then column by column in the order of the table: length of the name
(32-bit) and the name in UTF-8; one byte for the logical type (`i` integer, `f` number, `b` boolean, `t`
text);
one validity byte per row (1 present, 0 missing); then the values: integers as 64-bit two's complement,
numbers
as IEEE 754 doubles, both little-endian, booleans as one byte, text as 32-bit length and UTF-8. A missing
value
is written as zero or as empty text; a NaN is a missing value; −0.0 is written as 0.0. File format,
compression,
row groups, integer width and library version do not enter, so a CSV and a parquet of the same numbers agree.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

_HEADER = b"countersign-table/1\n"
_KINDS = {"int64": b"i", "double": b"f", "bool": b"b", "string": b"t"}


def content_digest(table: pa.Table) -> str:
    """64 hex digits; `table` has plain columns (see `registry.frames.parse`)."""
    digest = hashlib.sha256(_HEADER)
    digest.update(struct.pack("<QQ", table.num_rows, table.num_columns))
    for name in table.column_names:
        encoded = name.encode("utf-8")
        digest.update(struct.pack("<I", len(encoded)) + encoded)
        column = table.column(name)
        digest.update(_KINDS[str(column.type)])
        digest.update(_valid(column).astype(np.uint8).tobytes())
        digest.update(
            b"".join(_text_cells(column)) if str(column.type) == "string" else _fixed(column).tobytes()
        )
    return digest.hexdigest()


def row_contents(table: pa.Table, names: list[str]) -> Iterator[bytes]:
    """The bytes of each row over some columns: equal rows have equal bytes, different rows different ones."""
    parts: list[NDArray[np.uint8]] = []
    texts: list[list[bytes]] = []
    for name in names:
        column = table.column(name)
        parts.append(_valid(column).astype(np.uint8).reshape(-1, 1))
        if str(column.type) == "string":
            texts.append(_text_cells(column))
        else:
            fixed = _fixed(column)
            parts.append(fixed.view(np.uint8).reshape(len(fixed), -1))
    block = np.ascontiguousarray(np.hstack(parts)) if parts else np.empty((table.num_rows, 0), dtype=np.uint8)
    if not texts:
        return (row.tobytes() for row in block)
    return (row.tobytes() + b"".join(cells) for row, *cells in zip(block, *texts, strict=True))


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """A numeric column as float64 with NaN for missing."""
    values: NDArray[np.float64] = column.cast("float64", safe=False).to_numpy()
    return np.where(_valid(column), values, np.nan)


def missing_of(column: pa.ChunkedArray) -> int:
    """Rows without a value; a NaN is none."""
    return int((~_valid(column)).sum())


def to_parquet(table: pa.Table) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def from_parquet(content: bytes) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    return parquet.ParquetFile(pa.BufferReader(content)).read(use_threads=False)


def _valid(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    valid: NDArray[np.bool_] = column.is_valid().to_numpy(zero_copy_only=False)
    if str(column.type) == "double":
        values = column.fill_null(0.0).to_numpy(zero_copy_only=False)
        present: NDArray[np.bool_] = ~np.isnan(values)
        return valid & present
    return valid


def _fixed(column: pa.ChunkedArray) -> NDArray[np.generic]:
    kind = str(column.type)
    if kind == "bool":
        return np.ascontiguousarray(
            column.fill_null(fill_value=False).to_numpy(zero_copy_only=False).astype(np.uint8)
        )
    filled = column.fill_null(0).to_numpy(zero_copy_only=False)
    if kind == "int64":
        return np.ascontiguousarray(filled.astype("<i8"))
    return np.ascontiguousarray((np.where(np.isnan(filled), 0.0, filled) + 0.0).astype("<f8"))


def _text_cells(column: pa.ChunkedArray) -> list[bytes]:
    """Each different text is written once: labels repeat."""
    coded = column.combine_chunks().dictionary_encode()
    texts = [str(text).encode("utf-8") for text in coded.dictionary.to_pylist()]
    cells = [struct.pack("<I", len(text)) + text for text in texts]
    missing = struct.pack("<I", 0)
    return [missing if place is None else cells[place] for place in coded.indices.to_pylist()]
