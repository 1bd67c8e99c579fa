"""The held-out part is what was decided last, where that is declared; else it is drawn once, by a keyed hash of what a
row says. Either way before anyone has seen the table."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from registry.frames.content import row_contents
from registry.frames.quality.days import days_of
from registry.frames.spec import TableRefused

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.spec import OutOfTime, UploadSpec

    Mask = NDArray[np.bool_]

APPLICANT = "applicant"
_BYTES = 16


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


def row_draws(table: pa.Table, spec: UploadSpec) -> NDArray[np.uint64]:
    """(rows, 2): the first 128 bits of HMAC-SHA256 of each row without id and target. Rows that say the same draw the
    same, and nobody without the key can tell which."""
    names = [name for name in table.column_names if name not in {spec.id, spec.target}]
    key = spec.split_key.encode("utf-8")
    drawn = b"".join(hmac.digest(key, row, hashlib.sha256)[:_BYTES] for row in row_contents(table, names))
    return np.frombuffer(drawn, dtype=">u8").astype(np.uint64).reshape(-1, 2)


def split(table: pa.Table, spec: UploadSpec, draws: NDArray[np.uint64]) -> tuple[Part, Part]:
    """(development, held_out). By the day of the decision, or by what a row draws, so identical rows stay together."""
    if spec.out_of_time is not None:
        early, late = _by_time(table, spec.dates.decision, spec.out_of_time)
        return _part("development", table, early, spec), _part("held_out", table, late, spec)
    # A draw is below this share of 2**64 exactly where a hundred times the draw is below the percentage.
    bound = -(-spec.held_out_percent * 2**64 // 100)
    mask = draws[:, 0] < np.uint64(bound)
    return _part("development", table, ~mask, spec), _part("held_out", table, mask, spec)


def _by_time(table: pa.Table, column: str, asked: OutOfTime) -> tuple[Mask, Mask]:
    """Rows before the gap, and rows from the first day on. TableRefused where a row has no day that can be read."""
    day = days_of(table.column(column))
    lacking = int(np.isnan(day).sum())
    if lacking:
        raise TableRefused(
            f"The table was refused: {lacking} rows have no date of the decision that can be read in one way, so they"
            " belong to no part. Correct or leave them out.",
            "no-decision-date",
        )
    first = date.fromisoformat(asked.first_day).toordinal()
    return day < first - asked.gap_days, day >= first


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

    if not spec.id or not spec.token_key or not rows.num_rows:
        return pa.table({APPLICANT: pa.array([], type=pa.string())})
    key = bytes.fromhex(spec.token_key)
    made = [hmac.digest(key, content, hashlib.sha256).hex() for content in row_contents(rows, [spec.id])]
    return pa.table({APPLICANT: pa.array(made, type=pa.string())})
