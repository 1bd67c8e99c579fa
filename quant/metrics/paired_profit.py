"""Two ways of approving the same loans, compared by what the loans have really earned."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.arrays import binary, finite, require_same_length
from quant.economics import Bootstrap
from quant.errors import NotMeasurable
from quant.intervals import Interval


@dataclass(frozen=True, slots=True)
class ProfitDifference:
    """Realised profit of `first` − `second` over all n loans, in the unit of the profit; two-sided p."""

    first: float
    second: float
    difference: float
    interval: Interval
    p_value: float
    n: int
    bootstrap: Bootstrap


def profit_difference(
    profit: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, *, bootstrap: Bootstrap
) -> ProfitDifference:
    """Paired bootstrap over loans of Σ profit · (first − second), percentile interval.

    profit: (n,) money that each loan has earned or lost; first, second: (n,) of 0/1, 1 = approved. The p-value is the
    share of centred resamples at least as far from zero as what was observed, one added above and below so that it is
    never zero (Davison and Hinkley 1997, 4.4). NotMeasurable where both approve the same loans: nothing differs.
    """
    earned = finite("profit", profit)
    one, other = binary("first", first), binary("second", second)
    require_same_length(profit=earned, first=one, second=other)
    change = earned * (one.astype(np.float64) - other)
    if not change.any():
        raise NotMeasurable("Both approve loans of the same profit: nothing is to be compared.")
    observed = float(change.sum())
    rng = np.random.default_rng(bootstrap.seed)
    draws = np.array(
        [change[rng.integers(change.size, size=change.size)].sum() for _ in range(bootstrap.resamples)]
    )
    beyond = int((np.abs(draws - observed) >= abs(observed)).sum())
    low, high = np.quantile(draws, [(1 - bootstrap.level) / 2, (1 + bootstrap.level) / 2])
    return ProfitDifference(
        first=float(earned[one].sum()),
        second=float(earned[other].sum()),
        difference=observed,
        interval=Interval(float(low), float(high), bootstrap.level),
        p_value=(beyond + 1) / (bootstrap.resamples + 1),
        n=change.size,
        bootstrap=bootstrap,
    )
