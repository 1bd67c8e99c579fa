"""Known answers of the validation standard, then the same by other roads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.calibration import (
    PdOrigin,
    exact_binomial,
    hosmer_lemeshow,
    jeffreys,
    jeffreys_by_grade,
    spiegelhalter,
)
from quant.metrics.power import exact_binomial_power, jeffreys_power, smallest_detectable_shift

PDS, SIZES, DEFAULTS = (0.01, 0.03, 0.08, 0.20), (500, 400, 300, 100), (4, 15, 20, 26)

pd_and_size = st.tuples(st.floats(0.001, 0.6), st.integers(1, 400))


def _obligors():
    defaulted = np.concatenate([np.repeat([1, 0], [d, n - d]) for n, d in zip(SIZES, DEFAULTS, strict=True)])
    return defaulted, np.repeat(PDS, SIZES)


@pytest.mark.parametrize(
    ("pd", "n", "defaults", "p_value"),
    [
        (0.10, 401, 36, 0.748739),
        (0.15, 489, 73, 0.511781),
        (0.02, 1000, 30, 0.016238),
        (0.005, 200, 0, 0.843480),
    ],
)
def test_jeffreys_known_answers(pd, n, defaults, p_value):
    assert jeffreys(pd, n, defaults).p_value == pytest.approx(p_value, abs=5e-7)


def test_jeffreys_is_the_integral_of_its_posterior():
    density, _ = integrate.quad(stats.beta(30.5, 970.5).pdf, 0, 0.02)
    assert jeffreys(0.02, 1000, 30).p_value == pytest.approx(density, abs=1e-9)


def test_jeffreys_interval_agrees_with_statsmodels():
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(30, 1000, alpha=0.05, method="jeffreys")
    found = jeffreys(0.02, 1000, 30)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))
    assert found.observed_rate == 0.03


@given(pd_and_size, st.data())
@settings(deadline=None)
def test_one_more_default_never_raises_the_jeffreys_p(sample, data):
    pd, n = sample
    defaults = data.draw(st.integers(0, n - 1))
    assert jeffreys(pd, n, defaults + 1).p_value <= jeffreys(pd, n, defaults).p_value


def test_exact_binomial_known_answer():
    assert exact_binomial(0.02, 1000, 30).p_value == pytest.approx(0.020697, abs=5e-7)


@given(pd_and_size, st.data())
@settings(deadline=None)
def test_exact_binomial_agrees_with_scipys_test(sample, data):
    pd, n = sample
    defaults = data.draw(st.integers(0, n))
    known = stats.binomtest(defaults, n, pd, alternative="greater")
    found = exact_binomial(pd, n, defaults)
    both = stats.binomtest(defaults, n, pd).proportion_ci(0.95, method="exact")
    assert found.p_value == pytest.approx(known.pvalue, abs=1e-10)
    assert (found.interval.low, found.interval.high) == pytest.approx((both.low, both.high), abs=1e-9)


@pytest.mark.parametrize(
    ("pd", "n", "rejects_from", "power"),
    [(0.02, 200, 8, 0.254), (0.02, 1000, 28, 0.670), (0.20, 300, 72, 0.991)],
)
def test_jeffreys_power_known_answers(pd, n, rejects_from, power):
    found = jeffreys_power(pd, n, alpha=0.05, factor=1.5)
    assert found.rejects_from == rejects_from
    assert found.value == pytest.approx(power, abs=5e-4)


@given(pd_and_size, st.floats(0.005, 0.2))
@settings(deadline=None)
def test_power_is_the_binomial_sum_over_every_rejecting_count(sample, alpha):
    pd, n = sample
    weights = stats.binom.pmf(range(n + 1), n, 1.5 * pd)
    rejecting = [jeffreys(pd, n, count).p_value <= alpha for count in range(n + 1)]
    found = jeffreys_power(pd, n, alpha=alpha, factor=1.5)
    assert found.value == pytest.approx(float(weights[rejecting].sum()), abs=1e-9)


def test_exact_binomial_power_by_hand():
    # One obligor, PD .04: only a default rejects at .05, so the power against .06 is .06.
    found = exact_binomial_power(0.04, 1, alpha=0.05, factor=1.5)
    assert (found.rejects_from, found.value) == (1, pytest.approx(0.06))


def test_a_sample_that_can_never_reject_has_no_power():
    found = jeffreys_power(0.30, 1, alpha=0.01, factor=1.5)
    assert (found.rejects_from, found.value) == (None, 0.0)


def test_smallest_detectable_shift_has_exactly_the_asked_power():
    found = smallest_detectable_shift(0.02, 1000, alpha=0.05, power=0.80)
    assert jeffreys_power(0.02, 1000, alpha=0.05, factor=found.factor).value == pytest.approx(0.80)
    assert found.rate == pytest.approx(0.02 * found.factor)


def test_no_detectable_shift_where_nothing_rejects():
    with pytest.raises(NotMeasurable, match="no count of defaults rejects"):
        smallest_detectable_shift(0.30, 1, alpha=0.01, power=0.8)


def test_power_beyond_certainty_is_not_measurable():
    with pytest.raises(NotMeasurable, match="no rate is that high"):
        jeffreys_power(0.7, 100, alpha=0.05, factor=1.5)


@pytest.mark.parametrize(
    ("n", "factor", "told"), [(0, 1.5, "0 obligors"), (10, 1.0, "must exceed 1"), (10, 0.5, "must exceed 1")]
)
def test_power_without_a_question_is_refused(n, factor, told):
    with pytest.raises(BadInput, match=told):
        jeffreys_power(0.1, n, alpha=0.05, factor=factor)


@pytest.mark.parametrize(
    ("pd", "n", "defaults"), [(0.0, 10, 1), (1.0, 10, 1), (np.nan, 10, 1), (0.1, 10, 11), (0.1, 10, -1)]
)
def test_impossible_grades_are_refused(pd, n, defaults):
    with pytest.raises(BadInput):
        jeffreys(pd, n, defaults)


def test_an_empty_grade_is_not_measurable():
    with pytest.raises(NotMeasurable, match="nobody"):
        jeffreys(0.1, 0, 0)


def test_grades_are_tested_each_and_adjusted_together():
    found = jeffreys_by_grade((0.01, 0.02, 0.05), (100, 0, 200), (4, 0, 9), family="grades")
    assert (found.grades, found.empty) == ((0, 2), (1,))
    raw = (jeffreys(0.01, 100, 4).p_value, jeffreys(0.05, 200, 9).p_value)
    assert found.holm.raw == raw
    assert found.holm.adjusted == (pytest.approx(2 * raw[0]), pytest.approx(raw[1]))
    assert found.benjamini_hochberg.family == "grades"


def test_a_portfolio_of_empty_grades_is_not_measurable():
    with pytest.raises(NotMeasurable, match="all of them are empty"):
        jeffreys_by_grade((0.01, 0.02), (0, 0), (0, 0), family="grades")


def test_hosmer_lemeshow_known_answer():
    found = hosmer_lemeshow(PDS, SIZES, DEFAULTS, origin=PdOrigin.FIXED_BEFOREHAND)
    assert found.statistic == pytest.approx(3.949854, abs=5e-7)
    assert (found.degrees_of_freedom, found.groups, found.n) == (4, 4, 1300)
    assert found.p_value == pytest.approx(0.412835, abs=5e-7)


def test_hosmer_lemeshow_loses_two_degrees_on_its_own_sample():
    found = hosmer_lemeshow(PDS, SIZES, DEFAULTS, origin=PdOrigin.FITTED_IN_SAMPLE)
    assert found.degrees_of_freedom == 2
    assert found.p_value == pytest.approx(stats.chi2.sf(3.949854, 2), abs=1e-6)


def test_hosmer_lemeshow_leaves_empty_groups_out():
    padded = hosmer_lemeshow((*PDS, 0.5), (*SIZES, 0), (*DEFAULTS, 0), origin=PdOrigin.FIXED_BEFOREHAND)
    assert padded == hosmer_lemeshow(PDS, SIZES, DEFAULTS, origin=PdOrigin.FIXED_BEFOREHAND)


@pytest.mark.parametrize(
    ("pds", "origin"),
    [((0.1, 0.2), PdOrigin.FITTED_IN_SAMPLE), ((0.0, 0.2), PdOrigin.FIXED_BEFOREHAND)],
)
def test_hosmer_lemeshow_refuses_what_it_cannot_measure(pds, origin):
    with pytest.raises(NotMeasurable):
        hosmer_lemeshow(pds, (10, 10), (1, 2), origin=origin)


def test_more_defaults_than_obligors_are_refused():
    with pytest.raises(BadInput, match="more defaults than obligors"):
        hosmer_lemeshow((0.1, 0.2), (10, 10), (11, 2), origin=PdOrigin.FIXED_BEFOREHAND)


def test_spiegelhalter_known_answer():
    found = spiegelhalter(*_obligors())
    assert found.z == pytest.approx(0.344857, abs=5e-7)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(0.344857), abs=1e-6)


def test_spiegelhalter_is_the_standardised_brier_score():
    defaulted, pd = _obligors()
    score, expected = np.mean((defaulted - pd) ** 2), np.mean(pd * (1 - pd))
    spread = np.sqrt(np.sum((1 - 2 * pd) ** 2 * pd * (1 - pd))) / pd.size
    assert spiegelhalter(defaulted, pd).z == pytest.approx((score - expected) / spread)


def test_spiegelhalter_rejects_as_often_as_it_says():
    rng = np.random.default_rng(2)
    pd = rng.beta(1, 8, 500)
    rejections = [spiegelhalter(rng.random(500) < pd, pd).p_value <= 0.05 for _ in range(600)]
    assert 0.03 <= np.mean(rejections) <= 0.075


def test_spiegelhalter_without_variance_is_refused():
    with pytest.raises(NotMeasurable, match="one half"):
        spiegelhalter([0, 1, 1], [0.0, 0.5, 1.0])
