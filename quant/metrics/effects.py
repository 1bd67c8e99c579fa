"""How large a shift is, and which shift a sample could have shown: effects with interval and power."""

from dataclasses import dataclass
from math import sqrt

from scipy import optimize, special, stats

from quant.errors import BadInput
from quant.intervals import Interval
from quant.metrics.stability import ChiSquare, KsShift
from quant.scalars import share


@dataclass(frozen=True, slots=True)
class ShiftPower:
    """Chance, or a lower bound of it, that the test at `alpha` rejects if the effect is truly `effect`."""

    value: float
    effect: float
    alpha: float


def cramers_v_interval(found: ChiSquare, *, level: float) -> Interval:
    """Interval of the population's V from the noncentral χ² that the statistic may come from (Smithson 2003).

    The observed V is biased upwards where cells are many and rows few, so it may lie above its own interval.
    """
    tail = (1 - share("level", level)) / 2
    n, freedom = found.n_reference + found.n_current, found.degrees_of_freedom
    low, high = (sqrt(_noncentrality(found.statistic, freedom, at) / n) for at in (1 - tail, tail))
    return Interval(low, high, level)


def chi_square_power(found: ChiSquare, *, effect: float, alpha: float) -> ShiftPower:
    """Power of Pearson's χ² against a V of `effect`: noncentral χ² with N·V² (Cohen 1988)."""
    n, freedom = found.n_reference + found.n_current, found.degrees_of_freedom
    critical = stats.chi2.isf(share("alpha", alpha), freedom)
    value = float(stats.ncx2.sf(critical, freedom, n * share("effect", effect) ** 2))
    return ShiftPower(value, effect, alpha)


def ks_power(found: KsShift, *, effect: float, alpha: float) -> ShiftPower:
    """Lower bound of the power of the two-sample KS test against a largest gap of `effect` (after Massey 1950).

    The gap at the one place where it is largest already exceeds the critical value with at least
    Φ((effect − c)/s), s = ½·√(1/n + 1/m) being the largest standard error of two shares. Where the effect does not
    exceed c the bound says nothing and is 0.
    """
    n, m = found.n_reference, found.n_current
    critical = ks_critical(n, m, alpha=alpha)
    if share("effect", effect) <= critical:
        return ShiftPower(0.0, effect, alpha)
    return ShiftPower(float(special.ndtr((effect - critical) / (0.5 * sqrt(1 / n + 1 / m)))), effect, alpha)


def ks_critical(n: int, m: int, *, alpha: float) -> float:
    """The gap from which the two-sample KS test rejects at `alpha`, by the distribution that gives its p.

    1, which no test rejects at, where both samples together are worth less than one value.
    """
    if min(n, m) < 1:
        raise BadInput("Cannot take a critical value of nobody: both samples need a member.")
    # The same effective size as scipy's asymptotic p-value.
    size = round(n * m / (n + m))
    return float(stats.kstwo.isf(share("alpha", alpha), size)) if size else 1.0


def _noncentrality(statistic: float, freedom: int, probability: float) -> float:
    """λ with P(χ²(freedom, λ) ≤ statistic) = probability; 0 where already the central one lies below it."""
    if stats.chi2.cdf(statistic, freedom) <= probability:
        return 0.0
    # Beyond the statistic by ten standard deviations, the probability is below any tail.
    top = statistic + 10 * sqrt(2 * freedom + 4 * statistic) + 100
    return float(optimize.brentq(lambda at: stats.ncx2.cdf(statistic, freedom, at) - probability, 1e-12, top))
