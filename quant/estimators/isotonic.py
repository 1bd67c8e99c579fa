"""Isotonic calibration: a rising broken line from margin to PD, sealed as its corners."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput, NotMeasurable
from quant.estimators.calibration import Calibration, fit_logistic

ISOTONIC = "isotonic"
_DIGITS = 6


@dataclass(frozen=True)
class Isotonic(Calibration):
    """PD by straight lines between corners (`margins` rise, `pds` do not fall), level beyond them. Intercept and slope
    are those of the logistic line: score points stay linear in the margin."""

    margins: tuple[float, ...]
    pds: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.margins) != len(self.pds) or len(self.margins) < 2:
            raise BadInput("An isotonic calibration has two corners or more.")
        if any(low >= high for low, high in pairwise(self.margins)):
            raise BadInput("The margins of corners must rise.")
        if (
            any(low > high for low, high in pairwise(self.pds))
            or not self.pds[0] > 0.0
            or not self.pds[-1] < 1.0
        ):
            raise BadInput("The PDs of corners lie between 0 and 1 and do not fall.")

    def probability(self, margin: float) -> float:
        above = bisect_right(self.margins, margin)
        if above == 0:
            return self.pds[0]
        if above == len(self.margins):
            return self.pds[-1]
        low, high = self.margins[above - 1], self.margins[above]
        share = (margin - low) / (high - low)
        return self.pds[above - 1] + share * (self.pds[above] - self.pds[above - 1])


def fit_isotonic(margins: NDArray[np.float32], defaults: NDArray[np.float64]) -> Isotonic:
    """Pool adjacent violators (Zadrozny and Elkan 2002), by scikit-learn. Shapes (rows,) both; defaults are 0 or 1.

    A pool without a default, or of defaults alone, is no certainty: PDs stay half a case of all rows away from 0 and 1.
    Corners are rounded to six digits. Raises NotMeasurable as `fit_logistic` does, and for a single pool.
    """
    from sklearn.isotonic import IsotonicRegression

    line = fit_logistic(margins, defaults)
    least = 0.5 / (len(defaults) + 1)
    fitted = IsotonicRegression(y_min=least, y_max=1.0 - least).fit(margins.astype(np.float64), defaults)
    # Corners that are one after rounding keep the higher PD, which comes later.
    corners = {
        _rounded(margin): _rounded(pd)
        for margin, pd in zip(fitted.X_thresholds_.tolist(), fitted.y_thresholds_.tolist(), strict=True)
    }
    if len(corners) < 2 or len(set(corners.values())) < 2:
        raise NotMeasurable("The margin does not rank risk: an isotonic calibration would be one PD for all.")
    return Isotonic(line.intercept, line.slope, tuple(corners), tuple(corners.values()))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}") + 0.0
