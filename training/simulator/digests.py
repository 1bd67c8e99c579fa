"""The digest of a table's content, which neither the file format nor the library version enters.

Of a part: SHA-256 over, column by column, the canonical form of [name, type, rows], a validity byte per row (0 is
missing), and the values: integers and days since 1970 as 64-bit little-endian two's complement, booleans likewise as
0 and 1, a missing one as 0; texts as the canonical form of the sorted list of the different ones, then the place of
each cell in that list as 64-bit integers, a missing one as 0. Of a table: the digest of the canonical list of its
parts'.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from quant.arrays import Ints

if TYPE_CHECKING:
    import pyarrow as pa


def part_digest(table: pa.Table) -> str:
    """64 hex digits, of a table with columns of integers, days, booleans and texts."""
    digest = hashlib.sha256()
    for name in table.column_names:
        column = table.column(name)
        digest.update(canonical.dumps([name, _kind(column.type), table.num_rows]))
        digest.update(column.is_valid().to_numpy().astype(np.uint8).tobytes())
        digest.update(_text(column) if _kind(column.type) == "text" else _whole(column))
    return digest.hexdigest()


def table_digest(parts: list[str]) -> str:
    return canonical.digest(parts)


def read_digest(folder: Path, table: str) -> str:
    """The digest of a table as it lies in its folder, part by part."""
    from pyarrow import parquet

    parts = sorted((folder / table).glob("part-*.parquet"))
    return table_digest([part_digest(parquet.ParquetFile(part).read()) for part in parts])


def _kind(type_: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_dictionary(type_) or pa.types.is_string(type_):
        return "text"
    if pa.types.is_boolean(type_):
        return "boolean"
    return "day" if pa.types.is_date32(type_) else "integer"


def _whole(column: pa.ChunkedArray) -> bytes:
    import pyarrow as pa

    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    whole: Ints = column.cast(pa.int64()).fill_null(0).to_numpy()
    return whole.astype("<i8").tobytes()


def _text(column: pa.ChunkedArray) -> bytes:
    encoded = column.combine_chunks()
    if not hasattr(encoded, "dictionary"):
        encoded = encoded.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    missing = encoded.indices.is_null().to_numpy(zero_copy_only=False)
    used = np.flatnonzero(np.bincount(codes[~missing], minlength=len(words) + 1)).tolist()
    listed = sorted(words[code] for code in used)
    place_of = {word: place for place, word in enumerate(listed)}
    place = np.zeros(len(words) + 1, dtype="<i8")
    place[used] = [place_of[words[code]] for code in used]
    return canonical.dumps(listed) + np.where(missing, 0, place[codes]).astype("<i8").tobytes()
