"""Does the score order obligors by risk? Everywhere 1 = default and a higher score means riskier."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from quant import intervals
from quant.arrays import Bools, Floats, binary, finite, require_both_classes, require_same_length
from quant.errors import BadInput, NotMeasurable
from quant.intervals import Interval
from quant.metrics.delong import Placements, placements
from quant.scalars import share


@dataclass(frozen=True, slots=True)
class Auc:
    """Area under the ROC curve. No interval where its variance is 0 (AUC = 1) or a class is below two."""

    value: float
    standard_error: float | None
    interval: Interval | None
    n: int
    defaults: int


@dataclass(frozen=True, slots=True)
class Gini:
    """Accuracy ratio, 2·AUC − 1."""

    value: float
    interval: Interval | None
    n: int
    defaults: int


@dataclass(frozen=True, slots=True)
class Ks:
    """Largest distance between the score distributions of defaults and others, reached `at` that score."""

    value: float
    at: float
    p_value: float
    n: int
    defaults: int


@dataclass(frozen=True, slots=True)
class Roc:
    """Corners of the ROC curve: shares of others and of defaults at or above each cut-off, from the top."""

    cut_offs: tuple[float, ...]
    false_positive_rates: tuple[float, ...]
    true_positive_rates: tuple[float, ...]
    n: int


@dataclass(frozen=True, slots=True)
class AucDecline:
    """One-sided test; a small p says that discrimination has declined."""

    initial: float
    current: Auc
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class AucDifference:
    """`first` − `second` on the same obligors; two-sided p. No interval where both orders are identical."""

    first: float
    second: float
    difference: float
    interval: Interval | None
    p_value: float
    n: int
    defaults: int


def auc(defaulted: npt.ArrayLike, score: npt.ArrayLike, *, level: float = 0.95) -> Auc:
    """Tie-aware Mann-Whitney AUC with DeLong's interval, clipped to [0, 1].

    defaulted: (n,) of 0/1; score: (n,), any unit. Raises BadInput for malformed arrays, NotMeasurable for one
    class. Source: DeLong et al. 1988; ECB instructions for validation reporting 2019.
    """
    outcome, risk = _checked(defaulted, score)
    placed = placements(outcome, risk)
    error = None if placed.variance is None else math.sqrt(placed.variance)
    return Auc(placed.area, error, _interval(placed.area, error, level), outcome.size, int(outcome.sum()))


def gini(area: Auc) -> Gini:
    """Gini = 2·AUC − 1, its interval carried over."""
    band = area.interval
    moved = None if band is None else Interval(2 * band.low - 1, 2 * band.high - 1, band.level)
    return Gini(2 * area.value - 1, moved, area.n, area.defaults)


def ks(defaulted: npt.ArrayLike, score: npt.ArrayLike) -> Ks:
    """Kolmogorov-Smirnov statistic with its asymptotic
    two-sided p (conservative under ties). Errors as for `auc`.
    """
    outcome, risk = _checked(defaulted, score)
    found = stats.ks_2samp(risk[outcome], risk[~outcome], method="asymp")
    p_value = min(1.0, float(found.pvalue))
    return Ks(
        float(found.statistic), float(found.statistic_location), p_value, outcome.size, int(outcome.sum())
    )


def roc(defaulted: npt.ArrayLike, score: npt.ArrayLike) -> Roc:
    """One corner per distinct score, from the highest down. Errors as for `auc`."""
    outcome, risk = _checked(defaulted, score)
    order = np.argsort(-risk, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(risk[order])), risk.size - 1)
    caught = np.cumsum(outcome[order])[last_of_tie]
    alarms = last_of_tie + 1 - caught
    return Roc(
        tuple(risk[order][last_of_tie].tolist()),
        tuple((alarms / (~outcome).sum()).tolist()),
        tuple((caught / outcome.sum()).tolist()),
        outcome.size,
    )


def auc_decline(initial: float, current: Auc) -> AucDecline:
    """S = (initial − current)/s, p = 1 − Φ(S); the initial AUC is a fixed number (ECB 2019). H0: no decline.

    Raises BadInput for an impossible initial AUC, NotMeasurable where the current AUC has no variance.
    """
    if not 0 <= initial <= 1:
        raise BadInput(f"Cannot test against an initial AUC of {initial}: it lies between 0 and 1.")
    statistic = (initial - current.value) / _positive_error(current)
    return AucDecline(initial, current, statistic, float(special.ndtr(-statistic)))


def auc_decline_power(current: Auc, *, decline: float, alpha: float) -> float:
    """Probability that `auc_decline` rejects at `alpha` when
    the AUC has truly fallen by `decline` (normal theory).
    """
    if decline <= 0:
        raise BadInput(f"Cannot take the power against a decline of {decline}: it must be positive.")
    return float(special.ndtr(decline / _positive_error(current) + special.ndtri(share("alpha", alpha))))


def auc_difference(
    defaulted: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, *, level: float = 0.95
) -> AucDifference:
    """Paired DeLong test of two scores of the same obligors.
    Errors as for `auc`; needs two obligors per class.
    """
    outcome, risk = _checked(defaulted, first)
    _, rival = _checked(defaulted, second)
    one, other = placements(outcome, risk), placements(outcome, rival)
    difference, error = one.area - other.area, _difference_error(one, other)
    z = difference / error if error else 0.0
    band = intervals.normal(difference, error, level) if error else None
    p_value = float(2 * special.ndtr(-abs(z)))
    return AucDifference(one.area, other.area, difference, band, p_value, outcome.size, int(outcome.sum()))


def _checked(defaulted: npt.ArrayLike, score: npt.ArrayLike) -> tuple[Bools, Floats]:
    outcome, risk = binary("defaulted", defaulted), finite("score", score)
    require_same_length(defaulted=outcome, score=risk)
    require_both_classes(outcome)
    return outcome, risk


def _interval(area: float, error: float | None, level: float) -> Interval | None:
    if not error:
        return None
    wide = intervals.normal(area, error, level)
    return Interval(max(0.0, wide.low), min(1.0, wide.high), level)


def _positive_error(current: Auc) -> float:
    if not current.standard_error:
        raise NotMeasurable("Cannot test the AUC: it has no sampling variance here. Use a larger sample.")
    return current.standard_error


def _difference_error(one: Placements, other: Placements) -> float:
    """Zero is an answer only where both scores order the
    obligors alike; elsewhere it means the sample is too small.
    """
    variance = one.minus(other).variance
    if variance is None or (variance == 0 and one.area != other.area):
        raise NotMeasurable("Cannot compare the two AUCs: their difference has no sampling variance here.")
    return math.sqrt(variance)
