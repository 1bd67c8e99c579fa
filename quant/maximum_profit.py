"""Expected maximum profit for credit scoring: what the best use of a score could earn, the loss being uncertain."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Floats, binary, finite, require_both_classes, require_same_length
from quant.errors import BadInput


@dataclass(frozen=True, slots=True)
class LossShares:
    """The share of an exposure that a defaulter loses is 0 with chance `none`, 1 with chance `all_of_it`, and anything
    between alike otherwise; a loan that is repaid earns `return_on_investment`."""

    none: float
    all_of_it: float
    return_on_investment: float

    def __post_init__(self) -> None:
        is_chance = self.none >= 0 and self.all_of_it >= 0 and self.none + self.all_of_it <= 1
        if not is_chance or not 0 < self.return_on_investment < np.inf:
            raise BadInput(
                "Cannot use these losses: two chances that add up to 1 at most, and a return above 0."
            )


@dataclass(frozen=True, slots=True)
class MaximumProfit:
    """`value` per unit lent to an applicant of this population, over lending to everybody; `rejected` is the share that
    the best cut-offs reject on average."""

    value: float
    rejected: float
    n: int


def maximum_profit(defaulted: npt.ArrayLike, score: npt.ArrayLike, losses: LossShares) -> MaximumProfit:
    """Verbraken, Bravo, Weber and Baesens 2014. defaulted: (n,) of 0/1; score: (n,), higher is riskier. O(n log n).

    For each loss share the best cut-off is a corner of the convex hull of the ROC curve; between two slopes of the hull
    the best corner does not change, so the integral is a sum over corners.
    """
    outcome, ranked = binary("defaulted", defaulted), finite("score", score)
    require_same_length(defaulted=outcome, score=ranked)
    require_both_classes(outcome)
    bad_share = float(outcome.mean())
    goods, bads = _corners(outcome, ranked)
    odds = (1 - bad_share) / bad_share * losses.return_on_investment
    # A defaulter who loses less than this share is not worth the good ones rejected on the way to the next corner.
    worth = np.clip(odds * np.diff(goods) / np.diff(bads), 0.0, 1.0)
    low, high = np.append(0.0, worth), np.append(worth, 1.0)
    between = 1 - losses.none - losses.all_of_it
    # The loss saved at a corner grows with the share lost, so over an interval it counts by its middle.
    gain = bad_share * bads * (low + high) / 2 - losses.return_on_investment * (1 - bad_share) * goods
    last = int(np.flatnonzero(low < 1)[-1])
    at_all = bad_share * bads[last] - losses.return_on_investment * (1 - bad_share) * goods[last]
    rejected = bad_share * bads + (1 - bad_share) * goods
    return MaximumProfit(
        value=float(between * ((high - low) * gain).sum() + losses.all_of_it * at_all),
        rejected=float(between * ((high - low) * rejected).sum() + losses.all_of_it * rejected[last]),
        n=outcome.size,
    )


def _corners(defaulted: Bools, score: Floats) -> tuple[Floats, Floats]:
    """Corners of the hull of the ROC curve: shares of the good and of the bad ones rejected, riskiest first, from
    nobody to all bad ones. It pools neighbouring scores until default rates fall, which is isotonic regression."""
    from scipy.optimize import isotonic_regression

    places, n = np.unique(-score, return_inverse=True, return_counts=True)[1:]
    bad = np.bincount(places, weights=defaulted)
    pooled = isotonic_regression(bad / n, weights=n, increasing=False).blocks
    bads = np.append(0.0, np.cumsum(bad))[pooled]
    goods = np.append(0.0, np.cumsum(n - bad))[pooled]
    rising = np.append(True, np.diff(bads) > 0)
    return goods[rising] / goods[-1], bads[rising] / bads[-1]
