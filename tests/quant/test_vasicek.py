"""The correlated binomial by other roads: a bivariate normal, the trapezoidal rule, and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.traffic_light import Light, Quantiles, correlated_light, independent_light
from quant.metrics.vasicek import correlated_binomial, correlated_binomial_power, critical_count


def simulated(pd, n, correlation, draws, seed):
    draw = np.random.default_rng(seed)
    factor = np.sqrt(correlation) * draw.normal(size=draws)
    return draw.binomial(n, special.ndtr((special.ndtri(pd) + factor) / np.sqrt(1 - correlation)))


def by_many_steps(pd, n, defaults, correlation):
    """The trapezoidal rule in steps of .0003: slow, and for a smooth integrand as exact as floats are."""
    factor = np.linspace(-8.5, 8.5, 60_001)
    rate = special.ndtr((special.ndtri(pd) + np.sqrt(correlation) * factor) / np.sqrt(1 - correlation))
    tail = special.betainc(defaults, n - defaults + 1, rate)
    return np.trapezoid(tail * stats.norm.pdf(factor), factor)


def test_one_obligor_defaults_with_his_pd():
    assert correlated_binomial(0.07, 1, 1, correlation=0.3).p_value == pytest.approx(0.07, abs=1e-12)


def test_two_obligors_default_together_as_two_normals_do():
    at = special.ndtri(0.1)
    both = stats.multivariate_normal.cdf([at, at], cov=[[1, 0.25], [0.25, 1]])
    assert correlated_binomial(0.1, 2, 2, correlation=0.25).p_value == pytest.approx(both, abs=1e-6)


@given(
    st.floats(0.002, 0.6), st.integers(1, 3_000), st.floats(0, 1), st.sampled_from([0.001, 0.04, 0.24, 0.8])
)
@settings(deadline=None, max_examples=60)
def test_quadrature_is_exact_to_nine_digits(pd, n, part, correlation):
    defaults = max(1, round(part * n))
    found = correlated_binomial(pd, n, defaults, correlation=correlation)
    assert found.p_value == pytest.approx(by_many_steps(pd, n, defaults, correlation), abs=1e-9)
    assert found.error < 1e-9


def test_simulation_meets_the_same_tail():
    drawn = simulated(0.05, 400, 0.12, 200_000, seed=5)
    for defaults in (10, 30, 80):
        share = (drawn >= defaults).mean()
        told = correlated_binomial(0.05, 400, defaults, correlation=0.12).p_value
        assert share == pytest.approx(told, abs=4 * np.sqrt(told * (1 - told) / 200_000))


def test_without_correlation_it_is_the_binomial_test():
    found = correlated_binomial(0.02, 1_000, 30, correlation=1e-7).p_value
    assert found == pytest.approx(0.020697, abs=2e-5)


def test_correlation_makes_many_defaults_less_surprising():
    tails = [correlated_binomial(0.02, 1_000, 40, correlation=rho).p_value for rho in (0.001, 0.04, 0.12)]
    assert tails == sorted(tails)


@given(
    st.floats(0.005, 0.5), st.integers(1, 500), st.sampled_from([0.02, 0.24]), st.sampled_from([0.05, 0.001])
)
@settings(deadline=None, max_examples=40)
def test_critical_count_is_the_least_that_rejects(pd, n, correlation, alpha):
    first = critical_count(pd, n, correlation=correlation, alpha=alpha)
    least = n if first is None else first - 1
    assert correlated_binomial(pd, n, least, correlation=correlation).p_value > alpha
    if first is not None:
        assert correlated_binomial(pd, n, first, correlation=correlation).p_value <= alpha


def test_power_is_what_simulation_rejects_under_the_alternative():
    found = correlated_binomial_power(0.1, 500, correlation=0.04, alpha=0.05, factor=1.5)
    drawn = simulated(0.15, 500, 0.04, 100_000, seed=6)
    assert found.value == pytest.approx((drawn >= found.rejects_from).mean(), abs=0.006)


@pytest.mark.parametrize(
    "given", [(0.0, 10, 1, 0.1), (0.1, 10, 11, 0.1), (0.1, 10, 1, 0.0), (0.1, 10, 1, 1.0), (0.1, 10, -1, 0.1)]
)
def test_impossible_inputs_are_refused(given):
    *sample, correlation = given
    with pytest.raises(BadInput):
        correlated_binomial(*sample, correlation=correlation)


def test_nobody_cannot_be_tested_and_no_rate_is_above_one():
    with pytest.raises(NotMeasurable, match="n is 0"):
        correlated_binomial(0.1, 0, 0, correlation=0.1)
    with pytest.raises(NotMeasurable, match="no rate is that high"):
        correlated_binomial_power(0.7, 10, correlation=0.1, alpha=0.05, factor=1.5)


# --- Lights -------------------------------------------------------------------------------------------------


def test_lights_of_the_published_table_of_errors():
    """Basel Committee 1996 (backtesting), 250 days at 1 %: five or more in 10.8 %, six or more in 4.1 % of cases."""
    found = independent_light(0.01, 250, 5, quantiles=Quantiles(0.95, 0.999))
    assert found.yellow_from == 6
    assert stats.binom.sf([4, 5], 250, 0.01) == pytest.approx([0.108, 0.041], abs=5e-4)


@pytest.mark.parametrize(
    ("defaults", "light"), [(3, Light.GREEN), (4, Light.YELLOW), (5, Light.YELLOW), (6, Light.RED)]
)
def test_lights_of_ten_obligors_by_hand(defaults, light):
    """PD .1: P(X ≥ 3) = .0702, P(X ≥ 4) = .0128, P(X ≥ 5) = .0016, P(X ≥ 6) = .0001."""
    assert independent_light(0.1, 10, defaults, quantiles=Quantiles(0.95, 0.999)).light is light


@given(st.floats(0.001, 0.9), st.integers(1, 400), st.sampled_from([0.9, 0.95, 0.99]))
@settings(deadline=None, max_examples=60)
def test_independent_light_is_the_least_count_with_a_tail_that_small(pd, n, yellow):
    found = independent_light(pd, n, 0, quantiles=Quantiles(yellow, 0.9999)).yellow_from
    tails = stats.binom.sf(np.arange(n + 1) - 1, n, pd)
    rejecting = np.flatnonzero(tails <= 1 - yellow)
    assert found == (int(rejecting[0]) if rejecting.size else None)


def test_correlation_moves_the_lights_up():
    alone = independent_light(0.02, 1_000, 30, quantiles=Quantiles(0.95, 0.999))
    together = correlated_light(0.02, 1_000, 30, quantiles=Quantiles(0.95, 0.999), correlation=0.04)
    assert (alone.light, together.light) == (Light.YELLOW, Light.GREEN)
    assert together.red_from > together.yellow_from > alone.yellow_from


def test_sample_too_small_for_any_light_stays_green_and_says_so():
    found = independent_light(0.5, 2, 2, quantiles=Quantiles(0.95, 0.999))
    assert (found.light, found.yellow_from, found.red_from) == (Light.GREEN, None, None)


def test_lights_refuse_what_cannot_be():
    with pytest.raises(BadInput, match="smaller quantile"):
        Quantiles(0.99, 0.95)
    with pytest.raises(BadInput, match="at least one obligor"):
        independent_light(0.1, 0, 0, quantiles=Quantiles(0.95, 0.999))
