"""What a test of one PD could have seen: a sample that cannot reject must not be read as a pass."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from quant.arrays import Floats, Ints
from quant.errors import BadInput, NotMeasurable
from quant.scalars import share

_PValues = Callable[[Ints, int, float], Floats]


@dataclass(frozen=True, slots=True)
class Power:
    """Chance of rejecting at α if the true rate is `alternative`; `rejects_from`: the least rejecting D."""

    value: float
    assigned_pd: float
    alternative: float
    alpha: float
    n: int
    rejects_from: int | None


@dataclass(frozen=True, slots=True)
class DetectableShift:
    """Smallest true rate that the Jeffreys test at α detects with this power; `factor` = rate/PD."""

    rate: float
    factor: float
    assigned_pd: float
    alpha: float
    power: float
    n: int


def jeffreys_power(assigned_pd: float, n: int, *, alpha: float, factor: float) -> Power:
    """Exact power of the one-sided Jeffreys test against factor·PD: the binomial sum over all rejecting D.

    Raises BadInput for n < 1 or a factor of at most 1, NotMeasurable where factor·PD reaches 1.
    """
    return _power(_jeffreys_p, assigned_pd, n, alpha, factor)


def exact_binomial_power(assigned_pd: float, n: int, *, alpha: float, factor: float) -> Power:
    """Exact power of the one-sided binomial test against factor·PD. Errors as for `jeffreys_power`."""
    return _power(_binomial_p, assigned_pd, n, alpha, factor)


def smallest_detectable_shift(assigned_pd: float, n: int, *, alpha: float, power: float) -> DetectableShift:
    """Solves P(X ≥ D*) = power for the true rate, D* being the smallest D that the Jeffreys test rejects.

    Exact: P(X ≥ D) is the regularised incomplete beta function
    I_q(D, N−D+1). Raises NotMeasurable if no D rejects.
    """
    pd = share("assigned_pd", assigned_pd)
    first = _rejects_from(_jeffreys_p, pd, n, share("alpha", alpha))
    if first is None:
        raise NotMeasurable(
            f"Cannot detect any shift of a PD of {pd} with {n} obligors: no count of defaults rejects."
        )
    rate = float(special.betaincinv(first, n - first + 1, share("power", power)))
    return DetectableShift(rate, rate / pd, pd, alpha, power, n)


def _jeffreys_p(defaults: Ints, n: int, pd: float) -> Floats:
    return np.asarray(special.betainc(defaults + 0.5, n - defaults + 0.5, pd), dtype=np.float64)


def _binomial_p(defaults: Ints, n: int, pd: float) -> Floats:
    return np.asarray(stats.binom.sf(defaults - 1, n, pd), dtype=np.float64)


def _power(rule: _PValues, assigned_pd: float, n: int, alpha: float, factor: float) -> Power:
    pd, alternative = share("assigned_pd", assigned_pd), assigned_pd * factor
    if factor <= 1:
        raise BadInput(f"Cannot take the power against {factor:g} times the PD: the factor must exceed 1.")
    if alternative >= 1:
        raise NotMeasurable(f"Cannot take the power against {factor:g} times {pd:g}: no rate is that high.")
    first = _rejects_from(rule, pd, n, share("alpha", alpha))
    value = 0.0 if first is None else float(stats.binom.sf(first - 1, n, alternative))
    return Power(value, pd, alternative, alpha, n, first)


def _rejects_from(rule: _PValues, pd: float, n: int, alpha: float) -> int | None:
    if n < 1:
        raise BadInput(f"Cannot take the power of a test with {n} obligors.")
    # p falls as D grows, so the first rejecting D opens the whole rejection region.
    rejecting = np.flatnonzero(rule(np.arange(n + 1), n, pd) <= alpha)
    return int(rejecting[0]) if rejecting.size else None
