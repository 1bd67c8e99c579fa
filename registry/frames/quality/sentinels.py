"""Values that stand for "not known": 999, −1, 1900-01-01. One is reported when many rows have it and it lies outside
the rest of its column; one that somebody declared is documented and is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from registry.frames.quality.columns import quantiles
from registry.frames.quality.rules import READ, SHARED_ROWS, ColumnRule, Detail, Force

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from registry.frames.quality.profile import Profile
    from registry.frames.spec import UploadSpec

# Of all rows. A hundredth: fewer are outliers, which a person looks at one by one.
SHARE = 0.01
# Above the rest: by a quarter of where the inner 98 % of the rest lie, so that the top of a scale (100 of 0 to 100) is
# none. Below zero, where nothing else is negative, no distance is asked: no count, age or amount is negative.
GAP = 0.25
# With fewer other values the column is a list of codes.
_OTHERS = 3
_BELOW = (-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0)
_ABOVE = (99.0, 999.0, 9999.0, 99999.0, 999999.0, 9999999.0, 99999999.0)
_DATES = ("1900-01-01", "1901-01-01", "1970-01-01", "2999-12-31", "9999-12-31", "0001-01-01")


def _sentinels(seen: Profile, spec: UploadSpec) -> Detail | None:
    least = SHARE * seen.rows
    declared = {*spec.sentinels.get(seen.name, ()), *map(str, spec.codes.get(seen.name, ()))}
    found = _texts(seen, least) if seen.is_text else _numbers(seen, least)
    strange = {value: rows for value, rows in found.items() if value not in declared}
    if not strange:
        return None
    shown = [{"value": value, "rows": rows} for value, rows in strange.items() if rows >= SHARED_ROWS]
    return {"rows": sum(strange.values()), "values": shown}


def _numbers(seen: Profile, least: float) -> dict[str, int]:
    values, counts = seen.numbers, seen.counts
    is_listed = np.isin(values, (*_BELOW, *_ABOVE))
    rest, rest_counts = values[~is_listed], counts[~is_listed]
    if len(rest) < _OTHERS:
        return {}
    is_outside = _is_outside(values, rest, rest_counts)
    found = np.flatnonzero(is_listed & is_outside & (counts >= least))
    return {_spelled(values[place]): int(counts[place]) for place in found}


def _is_outside(
    values: NDArray[np.float64], rest: NDArray[np.float64], counts: NDArray[np.int64]
) -> NDArray[np.bool_]:
    low, high = quantiles(rest, counts, (0.01, 0.99))
    is_above = values - rest[-1] >= max(GAP * (high - low), 1.0)
    is_below = (values < 0.0) & (rest[0] >= 0.0)
    return np.asarray(is_above | is_below, dtype=np.bool_)


def _texts(seen: Profile, least: float) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.index_in(pa.array(_DATES), value_set=seen.present).to_pylist()
    pairs = [
        (day, int(seen.counts[place])) for day, place in zip(_DATES, found, strict=True) if place is not None
    ]
    return {day: rows for day, rows in pairs if rows >= least}


def _spelled(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else canonical.number(value)


RULES = (
    ColumnRule(
        "sentinel_values", Force.REPORTED, "columns with values that seem to mean not known", _sentinels, READ
    ),
)
