"""What the report says of one column: type, role, what is missing, how its values lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from registry.frames.quality.profile import KINDS, Profile

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.spec import UploadSpec

NEAR_CONSTANT_SHARE = 0.995
QUANTILES = ("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99")
_LISTED_CODES = 30


def described_id(column: pa.ChunkedArray, name: str) -> dict[str, object]:
    """Nothing is said of ids but how many are missing."""
    from registry.frames.content import missing_of

    kind = KINDS.get(str(column.type), "text")
    return {"name": name, "type": kind, "role": "id", "missing": missing_of(column)}


def described(seen: Profile, spec: UploadSpec) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": seen.name,
        "type": seen.kind,
        "role": seen.role,
        "missing": seen.missing,
        "distinct": seen.distinct,
        "top_share": canonical.number(seen.top_share),
        "constant": seen.top_share == 1.0,
        "near_constant": NEAR_CONSTANT_SHARE <= seen.top_share < 1.0,
    }
    if not seen.is_text:
        entry |= _summary(seen)
    if seen.name in spec.codes:
        entry["undocumented_codes"] = undocumented(seen, spec.codes[seen.name])
    return entry


def undocumented(seen: Profile, documented: tuple[int, ...]) -> list[dict[str, object]]:
    known = {str(code) for code in documented}
    codes = (_code(cell) for cell in seen.present.to_pylist())
    strange = sorted(
        (code, int(rows)) for code, rows in zip(codes, seen.counts, strict=True) if code not in known
    )
    return [{"code": code[:40], "rows": rows} for code, rows in strange[:_LISTED_CODES]]


def quantiles(
    values: NDArray[np.float64], counts: NDArray[np.int64], levels: tuple[float, ...]
) -> list[float]:
    """Of rising values that stand so many times each, as numpy interpolates them (Hyndman and Fan 1996, type 7)."""
    ends = np.cumsum(counts)
    places = np.array(levels) * (ends[-1] - 1)
    lower = np.floor(places)
    below, above = (values[np.searchsorted(ends, place, side="right")] for place in (lower, np.ceil(places)))
    share = places - lower
    return [
        float(each)
        for each in np.where(
            share < 0.5, below + (above - below) * share, above - (above - below) * (1 - share)
        )
    ]


def _summary(seen: Profile) -> dict[str, object]:
    """Mean and inner quantiles; the smallest and largest value would be one applicant's."""
    if len(seen.counts) == 0:
        return {"mean": None, "quantiles": {}}
    made = quantiles(seen.numbers, seen.counts, tuple(float(level) for level in QUANTILES))
    mean = float(np.average(seen.numbers, weights=seen.counts))
    return {
        "mean": canonical.number(mean),
        "quantiles": {level: canonical.number(value) for level, value in zip(QUANTILES, made, strict=True)},
    }


def _code(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
