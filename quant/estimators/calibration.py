"""Logistic calibration of a margin: two numbers that are sealed with the estimator."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable

_MAX_STEPS = 50
_TOLERANCE = 1e-12
_DECIMALS = 12


@dataclass(frozen=True)
class Calibration:
    """PD = 1 / (1 + exp(−(intercept + slope · margin))), margin in log-odds of default."""

    intercept: float
    slope: float

    def log_odds(self, margin: float) -> float:
        return self.intercept + self.slope * margin

    def probability(self, margin: float) -> float:
        """Plain `math.exp` on purpose: numpy's vector code may differ in the last bit between one row
        and many."""
        log_odds = self.log_odds(margin)
        if log_odds >= 0:
            return 1.0 / (1.0 + math.exp(-log_odds))
        odds = math.exp(log_odds)
        return odds / (1.0 + odds)

    def probabilities(self, margins: NDArray[np.float32]) -> NDArray[np.float64]:
        """Shape (rows,) to (rows,), equal bits to `probability` row by row."""
        return np.array([self.probability(float(margin)) for margin in margins], dtype=np.float64)


IDENTITY = Calibration(intercept=0.0, slope=1.0)


def fit_logistic(margins: NDArray[np.float32], defaults: NDArray[np.float64]) -> Calibration:
    """Maximum likelihood of logit(default) = a + b · margin by Newton's method (Platt 1999).

    Shapes (rows,) both; defaults are 0 or 1. Sums are exactly rounded (`math.fsum`), so the numbers do not
    depend on a linear algebra kernel. Raises NotMeasurable for one class, for a constant margin, for
    separable data and for a slope that is not positive: such a margin does not rank risk.
    """
    if len(np.unique(defaults)) != 2 or np.ptp(margins) == 0.0:
        raise NotMeasurable("A calibration needs both classes and a margin that varies.")
    x = margins.astype(np.float64)
    rate = math.fsum(defaults) / len(defaults)
    intercept, slope = math.log(rate / (1.0 - rate)), 0.0
    for _ in range(_MAX_STEPS):
        step = _newton_step(x, defaults, Calibration(intercept, slope))
        intercept, slope = intercept + step[0], slope + step[1]
        if not math.isfinite(intercept) or not math.isfinite(slope):
            raise NotMeasurable("The calibration did not converge.")
        if max(abs(step[0]), abs(step[1])) < _TOLERANCE:
            break
    if slope <= 0.0:
        raise NotMeasurable("The calibrated slope is not positive: the margin does not rank risk.")
    return Calibration(round(intercept, _DECIMALS), round(slope, _DECIMALS))


def _newton_step(x: NDArray[np.float64], y: NDArray[np.float64], at: Calibration) -> tuple[float, float]:
    p = 1.0 / (1.0 + np.exp(-(at.intercept + at.slope * x)))
    weight = p * (1.0 - p)
    gradient = math.fsum(y - p), math.fsum((y - p) * x)
    h00, h01, h11 = math.fsum(weight), math.fsum(weight * x), math.fsum(weight * x * x)
    determinant = h00 * h11 - h01 * h01
    if determinant <= 0.0:
        raise NotMeasurable("The calibration did not converge.")
    return (
        (h11 * gradient[0] - h01 * gradient[1]) / determinant,
        (h00 * gradient[1] - h01 * gradient[0]) / determinant,
    )
