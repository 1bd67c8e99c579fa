"""The held-out part is drawn once, by a keyed hash of what a row says, before anyone has seen the table."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from registry.frames.content import row_contents

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.spec import UploadSpec

APPLICANT = "applicant"


@dataclass(frozen=True)
class Part:
    """One side of the split. The tables have the same rows in the same order and share no column.

    `apart` holds protected and proxy columns, `tokens` the keyed token of each applicant (empty without a
    key), `realised` what became of the loans.
    """

    name: str
    table: pa.Table
    apart: pa.Table
    tokens: pa.Table
    realised: pa.Table


def split(table: pa.Table, spec: UploadSpec) -> tuple[Part, Part]:
    """(development, held_out). HMAC-SHA256 of the row without id and target, so identical rows stay
    together."""
    mask = held_out_mask(table, spec)
    return _part("development", table, ~mask, spec), _part("held_out", table, mask, spec)


def held_out_mask(table: pa.Table, spec: UploadSpec) -> NDArray[np.bool_]:
    names = [name for name in table.column_names if name not in {spec.id, spec.target}]
    key = spec.split_key.encode("utf-8")
    bound = spec.held_out_percent * 2**64
    drawn = (hmac.digest(key, content, hashlib.sha256)[:8] for content in row_contents(table, names))
    return np.array([int.from_bytes(first, "big") * 100 < bound for first in drawn], dtype=np.bool_)


def _part(name: str, table: pa.Table, mask: NDArray[np.bool_], spec: UploadSpec) -> Part:
    import pyarrow as pa

    rows = table.filter(pa.array(mask))
    kept = [column for column in table.column_names if column not in {spec.id, *spec.apart, *spec.realised}]
    apart = [column for column in table.column_names if column in spec.apart]
    return Part(
        name, rows.select(kept), rows.select(apart), _tokens(rows, spec), rows.select(list(spec.realised))
    )


def _tokens(rows: pa.Table, spec: UploadSpec) -> pa.Table:
    """Applicants by token: the id itself is not kept, and without the key it cannot be tried out."""
    import pyarrow as pa

    if not spec.id or not spec.token_key:
        return pa.table({APPLICANT: pa.array([], type=pa.string())})
    key = bytes.fromhex(spec.token_key)
    made = [hmac.digest(key, content, hashlib.sha256).hex() for content in row_contents(rows, [spec.id])]
    return pa.table({APPLICANT: pa.array(made, type=pa.string())})
