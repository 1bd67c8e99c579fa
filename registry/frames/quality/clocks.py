"""Declared dates beside each other: the age at the decision, and sources whose clocks disagree with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from registry.frames.quality.days import read_dates
from registry.frames.quality.profile import codes_of
from registry.frames.quality.rules import SHARED_ROWS, Detail, Force, named, ruled

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.spec import UploadSpec

YOUNGEST, OLDEST = 18, 100
_DAYS_A_YEAR = 365.2425
# A clock that is off is off for a few. Where most of a column is dated after the decision, it was written after it.
LATE_SHARE = 0.5


def of_table(table: pa.Table, spec: UploadSpec) -> list[Detail]:
    """Rules over the columns that were declared as dates; none without a date of the decision."""
    if not spec.dates.decision:
        return []
    unread = [detail for name in spec.dates.names if (detail := _unread(table, name))]
    decided = _days(table, spec.dates.decision)
    late = [_late(name, _days(table, name) - decided) for name in spec.dates.others]
    found = [detail for detail, _ in late if detail]
    after = [detail for detail, share in late if share >= LATE_SHARE]
    clocks = [detail for detail in found if detail not in after]
    rules = [
        ruled(
            "unread_dates",
            Force.REPORTED,
            len(unread),
            named(unread, "declared dates that cannot all be read"),
            unread,
        ),
        ruled(
            "dated_after_decision",
            Force.BLOCKING,
            len(after),
            named(after, "columns mostly dated after the decision"),
            after,
        ),
        ruled(
            "clocks_disagree",
            Force.REPORTED,
            len(clocks),
            named(clocks, "columns with dates after the decision"),
            clocks,
        ),
    ]
    return rules + ([_ages(table, spec.dates.birth, decided)] if spec.dates.birth else [])


def _late(name: str, days: NDArray[np.float64]) -> tuple[Detail, float]:
    """(what is told, share of the rows with both dates); nothing is told where no row is late. The days told are those
    that so many rows are late by that none is singled out."""
    rows = int((days > 0).sum())
    if rows == 0:
        return {}, 0.0
    share = rows / int(np.isfinite(days).sum())
    told: Detail = {"column": name, "rows": rows, "share": canonical.number(round(share, 4))}
    if rows >= SHARED_ROWS:
        told["days"] = int(np.partition(days[days > 0], -SHARED_ROWS)[-SHARED_ROWS])
    return told, share


def _unread(table: pa.Table, name: str) -> Detail:
    """Rows that have something there, of which no day can be made."""
    column = table.column(name)
    rows = len(column) - column.null_count - int(np.isfinite(_days(table, name)).sum())
    return {"column": name, "rows": rows} if rows else {}


def _ages(table: pa.Table, birth: str, decided: NDArray[np.float64]) -> Detail:
    ages = (decided - _days(table, birth)) / _DAYS_A_YEAR
    young, old = int((ages < YOUNGEST).sum()), int((ages >= OLDEST + 1).sum())
    details: list[Detail] = [{"column": birth, "younger": young, "older": old}] if young or old else []
    words = f"{young + old} rows have an age outside {YOUNGEST} to {OLDEST} at the decision"
    return ruled("impossible_ages", Force.REPORTED, young + old, words, details)


def _days(table: pa.Table, name: str) -> NDArray[np.float64]:
    return days_of(table.column(name))


def days_of(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """(rows,) days since 0001-01-01, NaN where no date can be read in one way."""
    distinct, places = codes_of(column)
    read = read_dates(distinct.cast("string").to_pylist(), np.ones(len(distinct), dtype=np.int64))
    return np.append(read.days, np.nan)[places]
