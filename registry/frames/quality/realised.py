"""Inputs that are the declared result of a loan (its profit, say) in another scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from registry.frames.content import numbers
from registry.frames.quality.profile import role_of
from registry.frames.quality.rules import INPUTS, Detail, Force, named, ruled

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.spec import UploadSpec

# Spearman's: every rising or falling transform of a column has 1 with it, whatever its scale.
SAME_RANKS = 0.99
_LEAST_ROWS = 100


def of_table(table: pa.Table, spec: UploadSpec) -> list[Detail]:
    """One rule where results are declared; none otherwise."""
    if not spec.realised:
        return []
    results = {name: numbers(table.column(name)) for name in spec.realised if _is_numeric(table, name)}
    inputs = [
        name for name in table.column_names if role_of(name, spec) in INPUTS and _is_numeric(table, name)
    ]
    details = [found for name in inputs if (found := _transform(numbers(table.column(name)), name, results))]
    words = "inputs that are a result in another scale"
    return [ruled("transforms_of_result", Force.BLOCKING, len(details), named(details, words), details)]


def _is_numeric(table: pa.Table, name: str) -> bool:
    return str(table.column(name).type) in {"int64", "double"}


def _transform(
    values: NDArray[np.float64], name: str, results: dict[str, NDArray[np.float64]]
) -> Detail | None:
    for result, realised in results.items():
        found = rank_correlation(values, realised)
        if abs(found) >= SAME_RANKS:
            return {"column": name, "result": result, "rank_correlation": canonical.number(round(found, 3))}
    return None


def rank_correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Spearman's with mean ranks of ties, over the rows that have both; 0 with fewer than 100 of them or where either
    is constant."""
    both = np.isfinite(first) & np.isfinite(second)
    if int(both.sum()) < _LEAST_ROWS:
        return 0.0
    ranks, others = _mean_ranks(first[both]), _mean_ranks(second[both])
    if np.ptp(ranks) == 0.0 or np.ptp(others) == 0.0:
        return 0.0
    return float(np.corrcoef(ranks, others)[0, 1])


def _mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[places], dtype=np.float64)
