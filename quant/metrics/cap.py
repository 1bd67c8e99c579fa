"""The cumulative accuracy profile: which share of the defaults lies in the riskiest share of the obligors."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.intervals import Interval
from quant.metrics.discrimination import auc, gini, roc


@dataclass(frozen=True, slots=True)
class Cap:
    """Corners of the profile from the riskiest down, the origin first. `accuracy_ratio` is the area between profile and
    diagonal over that of a perfect order; its interval is DeLong's of the Gini coefficient, which it equals."""

    shares: tuple[float, ...]
    captured: tuple[float, ...]
    accuracy_ratio: float
    interval: Interval | None
    n: int
    defaults: int


def cap(defaulted: npt.ArrayLike, score: npt.ArrayLike, *, level: float = 0.95) -> Cap:
    """Profile with one corner per distinct score; a tie is a straight line. defaulted, score: (n,).

    Raises BadInput for malformed arrays, NotMeasurable for one class. Source: Basel WP14; Engelmann et al. 2003.
    """
    area = auc(defaulted, score, level=level)
    corners = roc(defaulted, score)
    rate = area.defaults / area.n
    captured = np.array([0.0, *corners.true_positive_rates])
    shares = rate * captured + (1 - rate) * np.array([0.0, *corners.false_positive_rates])
    above = float(np.trapezoid(captured, shares)) - 0.5
    return Cap(
        tuple(shares.tolist()),
        tuple(captured.tolist()),
        above / ((1 - rate) / 2),
        gini(area).interval,
        area.n,
        area.defaults,
    )
