"""Global importance of reason groups and how steady their order is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput


@dataclass(frozen=True)
class GroupImportance:
    """Mean |contribution| in log-odds, rank (1 = strongest) and the ranks seen in 95 % of the resamples."""

    key: str
    mean_absolute: float
    rank: int
    rank_low: int
    rank_high: int
    same_rank_share: float


@dataclass(frozen=True)
class Importance:
    """Groups by rank; `order_kept_share` is the share of resamples in which the whole order was the same."""

    groups: tuple[GroupImportance, ...]
    rows: int
    resamples: int
    order_kept_share: float


def importance(
    group_contributions: NDArray[np.float64], keys: Sequence[str], *, seed: int, resamples: int = 200
) -> Importance:
    """Importance from contributions per group, shape (rows, groups), with bootstrap over rows.

    Raises BadInput for no rows or when the keys do not match the columns.
    """
    rows, columns = group_contributions.shape
    if rows == 0 or columns != len(keys):
        raise BadInput("Importance needs rows and one key per group.")
    sizes = np.abs(group_contributions)
    means = sizes.mean(axis=0)
    ranks = _ranks(means)
    seen = _resampled_ranks(sizes, seed, resamples)
    low = np.quantile(seen, 0.025, axis=0, method="lower")
    high = np.quantile(seen, 0.975, axis=0, method="higher")
    same = (seen == ranks).mean(axis=0)
    made = [
        GroupImportance(key, float(means[at]), int(ranks[at]), int(low[at]), int(high[at]), float(same[at]))
        for at, key in enumerate(keys)
    ]
    return Importance(
        groups=tuple(sorted(made, key=lambda group: group.rank)),
        rows=rows,
        resamples=resamples,
        order_kept_share=float((seen == ranks).all(axis=1).mean()),
    )


def _ranks(means: NDArray[np.float64]) -> NDArray[np.int64]:
    order = np.argsort(-means, kind="stable")
    ranks = np.empty(len(means), dtype=np.int64)
    ranks[order] = np.arange(1, len(means) + 1)
    return ranks


def _resampled_ranks(sizes: NDArray[np.float64], seed: int, resamples: int) -> NDArray[np.int64]:
    draw = np.random.default_rng(seed)
    rows = len(sizes)
    return np.array([_ranks(sizes[draw.integers(0, rows, rows)].mean(axis=0)) for _ in range(resamples)])
