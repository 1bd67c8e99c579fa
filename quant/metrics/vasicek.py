"""Defaults that come together: the binomial test when all obligors share one factor (Vasicek's model)."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import special

from quant.arrays import Floats
from quant.errors import BadInput, NotMeasurable
from quant.metrics.power import Power
from quant.scalars import share

# Of the factor beyond ±8.5 there is less than 2e-17: it is left out.
_FARTHEST = 8.5
_FIXED_ENDS = np.array([-_FARTHEST, *range(-8, 9), _FARTHEST])
# The chance of D defaults turns from 0 to 1 over a stretch of the factor that shrinks with n; panels end there.
_TURNS = np.array([1e-12, 1e-6, 1e-3, 0.05, 0.5, 0.95, 1 - 1e-3, 1 - 1e-6])
_COARSE, _FINE = (np.polynomial.legendre.leggauss(order) for order in (16, 32))


@dataclass(frozen=True, slots=True)
class CorrelatedTest:
    """One-sided: a small p says that the PD is too low even for obligors whose assets correlate this much.

    `error` is how far two orders of the quadrature lie apart; in the tests the finer one is within 1e-9 of the truth.
    """

    assigned_pd: float
    n: int
    defaults: int
    correlation: float
    p_value: float
    error: float

    @property
    def observed_rate(self) -> float:
        return self.defaults / self.n


def correlated_binomial(assigned_pd: float, n: int, defaults: int, *, correlation: float) -> CorrelatedTest:
    """p = ∫ P(X ≥ D | p(z))·φ(z) dz, p(z) = Φ((Φ⁻¹(PD)+√ρ·z)/√(1−ρ)), X binomial(N, p(z)).

    Gauss-Legendre of order 32 on panels that end where the integrand turns. Raises BadInput for an impossible PD, count
    or ρ, NotMeasurable for n = 0. Source: Vasicek 2002; Basel WP14.
    """
    pd, rho = share("assigned_pd", assigned_pd), share("correlation", correlation)
    if n == 0:
        raise NotMeasurable("Cannot test a PD on nobody: n is 0.")
    if not 0 <= defaults <= n:
        raise BadInput(f"Cannot test {defaults} defaults of {n}: the part exceeds the whole or is negative.")
    p_value, error = _upper_tail(pd, n, defaults, rho)
    return CorrelatedTest(pd, n, defaults, rho, p_value, error)


def correlated_binomial_power(
    assigned_pd: float, n: int, *, correlation: float, alpha: float, factor: float
) -> Power:
    """Chance that `correlated_binomial` rejects at α when the true PD is factor·PD and the correlation is as stated.

    Raises BadInput for n < 1 or a factor of at most 1, NotMeasurable where factor·PD reaches 1.
    """
    pd, alternative = share("assigned_pd", assigned_pd), assigned_pd * factor
    if factor <= 1:
        raise BadInput(f"Cannot take the power against {factor:g} times the PD: the factor must exceed 1.")
    if alternative >= 1:
        raise NotMeasurable(f"Cannot take the power against {factor:g} times {pd:g}: no rate is that high.")
    first = critical_count(pd, n, correlation=correlation, alpha=alpha)
    value = 0.0 if first is None else _upper_tail(alternative, n, first, correlation)[0]
    return Power(value, pd, alternative, alpha, n, first)


def critical_count(assigned_pd: float, n: int, *, correlation: float, alpha: float) -> int | None:
    """The least D that `correlated_binomial` rejects at α; None where not even N defaults are that unlikely."""
    pd, rho = share("assigned_pd", assigned_pd), share("correlation", correlation)
    if n < 1:
        raise BadInput(f"Cannot test a PD with {n} obligors.")
    if _upper_tail(pd, n, n, rho)[0] > share("alpha", alpha):
        return None
    low, high = 0, n
    # p falls as D grows: it is above α at `low` and not above it at `high`.
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _upper_tail(pd, n, middle, rho)[0] <= alpha else (middle, high)
    return high


def _upper_tail(pd: float, n: int, defaults: int, rho: float) -> tuple[float, float]:
    if defaults == 0:
        return 1.0, 0.0

    def chance(factor: Floats) -> Floats:
        rate = special.ndtr((special.ndtri(pd) + sqrt(rho) * factor) / sqrt(1 - rho))
        return np.asarray(special.betainc(defaults, n - defaults + 1, rate), dtype=np.float64)

    ends = _panel_ends(pd, n, defaults, rho)
    fine, coarse = (_integral(rule, ends, chance) for rule in (_FINE, _COARSE))
    return min(1.0, fine), abs(fine - coarse)


def _panel_ends(pd: float, n: int, defaults: int, rho: float) -> Floats:
    turns = special.betaincinv(defaults, n - defaults + 1, _TURNS)
    factors = (sqrt(1 - rho) * special.ndtri(turns) - special.ndtri(pd)) / sqrt(rho)
    return np.unique(np.concatenate([_FIXED_ENDS, np.clip(factors, -_FARTHEST, _FARTHEST)]))


def _integral(rule: tuple[Floats, Floats], ends: Floats, chance: Callable[[Floats], Floats]) -> float:
    nodes, weights = rule
    half, middle = np.diff(ends)[:, None] / 2, (ends[1:] + ends[:-1])[:, None] / 2
    factor = middle + half * nodes
    return float(np.sum(half * weights * chance(factor) * np.exp(-(factor**2) / 2)) / sqrt(2 * np.pi))
