"""Cox's calibration: does the log-odds of default rise one for one with that of the assigned PD?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from quant import intervals
from quant.arrays import (
    Bools,
    Floats,
    binary,
    probabilities,
    require_both_classes,
    require_same_length,
)
from quant.errors import NotMeasurable
from quant.intervals import Interval

_MOST_STEPS = 100
_CONVERGED = 1e-10


@dataclass(frozen=True, slots=True)
class CoxCalibration:
    """logit P(default) = intercept + slope·logit(PD), by maximum likelihood with Wald intervals. A slope below 1 says
    that PDs are too extreme, above 1 that they are too even. The p is of intercept 0 and slope 1 together."""

    intercept: float
    intercept_interval: Interval
    slope: float
    slope_interval: Interval
    statistic: float
    p_value: float
    n: int
    defaults: int


def cox_calibration(
    defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, *, level: float = 0.95
) -> CoxCalibration:
    """Newton's method; the likelihood ratio against (0, 1) is χ² with two degrees of freedom. Arrays are (n,).

    Raises BadInput for malformed arrays, NotMeasurable for one class, a PD of 0 or 1, equal PDs, or PDs that separate
    the classes (the slope is then infinite). Source: Cox 1958; Miller, Hui and Tierney 1991.
    """
    outcome, pds = binary("defaulted", defaulted), probabilities("assigned_pd", assigned_pd)
    require_same_length(defaulted=outcome, assigned_pd=pds)
    require_both_classes(outcome)
    log_odds = _log_odds(pds)
    _require_overlap(outcome, log_odds)
    design = np.column_stack([np.ones(log_odds.size), log_odds])
    found = _fitted(outcome, design)
    spread = np.sqrt(np.diag(np.linalg.inv(_information(design, found))))
    statistic = 2 * (_likelihood(outcome, design @ found) - _likelihood(outcome, log_odds))
    return CoxCalibration(
        intercept=float(found[0]),
        intercept_interval=intervals.normal(float(found[0]), float(spread[0]), level),
        slope=float(found[1]),
        slope_interval=intervals.normal(float(found[1]), float(spread[1]), level),
        statistic=max(0.0, statistic),
        p_value=float(stats.chi2.sf(max(0.0, statistic), 2)),
        n=outcome.size,
        defaults=int(outcome.sum()),
    )


def _log_odds(pds: Floats) -> Floats:
    ends = int(((pds == 0) | (pds == 1)).sum())
    if ends:
        raise NotMeasurable(f"Cannot take the log-odds: {ends} PDs are 0 or 1. Cap the PDs inside.")
    if pds.min() == pds.max():
        raise NotMeasurable("Cannot fit a slope: every PD is the same. Test the level of the PD instead.")
    return np.asarray(special.logit(pds), dtype=np.float64)


def _require_overlap(outcome: Bools, log_odds: Floats) -> None:
    """On a line the likelihood has a maximum exactly where the two classes overlap."""
    bad, good = log_odds[outcome], log_odds[~outcome]
    if bad.min() >= good.max() or bad.max() <= good.min():
        raise NotMeasurable(
            "Cannot fit a slope: the PDs separate defaults from others, so it is infinite. Use a larger sample."
        )


def _fitted(outcome: Bools, design: Floats) -> Floats:
    at, best = np.array([0.0, 1.0]), _likelihood(outcome, design[:, 1])
    for _ in range(_MOST_STEPS):
        gradient = design.T @ (outcome - special.expit(design @ at))
        step = np.linalg.solve(_information(design, at), gradient)
        at, best = _climbed(outcome, design, at, step, best)
        if float(gradient @ step) < _CONVERGED:
            return at
    raise NotMeasurable("Cannot fit a slope: the fit does not settle. Look at the spread of the PDs.")


def _climbed(outcome: Bools, design: Floats, at: Floats, step: Floats, best: float) -> tuple[Floats, float]:
    """A whole step, or as much of it as does not lose likelihood: it is concave, so a short one never does."""
    for _ in range(_MOST_STEPS):
        reached = _likelihood(outcome, design @ (at + step))
        if reached >= best:
            return at + step, reached
        step = step / 2
    return at, best


def _information(design: Floats, at: Floats) -> Floats:
    chance = special.expit(design @ at)
    found = design.T @ (design * (chance * (1 - chance))[:, None])
    if not np.linalg.cond(found) < 1 / np.finfo(np.float64).eps:
        raise NotMeasurable("Cannot fit a slope: the PDs hardly differ. Use a sample in which they do.")
    return np.asarray(found, dtype=np.float64)


def _likelihood(outcome: Bools, margin: Floats) -> float:
    return float(np.sum(special.log_expit(np.where(outcome, margin, -margin))))
