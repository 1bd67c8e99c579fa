import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.errors import BadInput, NotMeasurable
from quant.metrics.bins import quantile_edges
from quant.metrics.brier import brier, brier_binned, brier_skill, log_loss
from quant.metrics.calibration_curve import RateInterval, calibration_curve, calibration_curve_by_quantile

predictions = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=80)


def _columns(rows):
    defaulted, pd = zip(*rows, strict=True)
    return np.array(defaulted, dtype=float), np.array(pd)


def _sample(n=2000, seed=8):
    rng = np.random.default_rng(seed)
    pd = rng.beta(1.2, 4, n)
    return (rng.random(n) < pd).astype(float), pd


def _rebuilt(parts):
    exact = parts.reliability - parts.resolution + parts.uncertainty
    return exact + parts.within_variance - parts.within_covariance


def test_brier_by_hand():
    # Two groups: PD .2 with 1 of 2 defaulting, PD .6 with 1 of 2.
    found = brier([1, 0, 1, 0], [0.2, 0.2, 0.6, 0.6])
    assert found.value == pytest.approx((0.64 + 0.04 + 0.16 + 0.36) / 4)
    assert found.reliability == pytest.approx((0.09 + 0.01) / 2)
    assert (found.resolution, found.uncertainty, found.groups) == (0.0, 0.25, 2)


@given(predictions)
@settings(deadline=None)
def test_murphys_parts_are_exact_over_distinct_pds(rows):
    found = brier(*_columns(rows))
    assert _rebuilt(found) == pytest.approx(found.value, abs=1e-12)
    assert found.within_variance == pytest.approx(0, abs=1e-12)
    assert found.within_covariance == pytest.approx(0, abs=1e-12)


@given(predictions, st.integers(2, 12))
@settings(deadline=None)
def test_parts_over_bins_are_exact_with_the_within_terms(rows, bins):
    found = brier_binned(*_columns(rows), bins=bins)
    assert _rebuilt(found) == pytest.approx(found.value, abs=1e-12)


def test_bins_without_the_within_terms_would_be_wrong():
    found = brier_binned(*_sample(), bins=5)
    assert abs(found.reliability - found.resolution + found.uncertainty - found.value) > 1e-3


def test_brier_and_log_loss_agree_with_sklearn():
    from sklearn import metrics

    defaulted, pd = _sample()
    assert brier(defaulted, pd).value == pytest.approx(metrics.brier_score_loss(defaulted, pd))
    assert log_loss(defaulted, pd).value == pytest.approx(metrics.log_loss(defaulted, pd))


def test_the_base_rate_has_no_skill_and_certainty_has_all():
    defaulted = np.array([1, 0, 0, 0])
    assert brier_skill(defaulted, np.full(4, 0.25), reference_rate=0.25).value == pytest.approx(0)
    assert brier_skill(defaulted, defaulted, reference_rate=0.25).value == 1


def test_skill_interval_covers_the_bootstrap():
    defaulted, pd = _sample(4000)
    rng = np.random.default_rng(4)
    draws = []
    for _ in range(400):
        kept = rng.integers(4000, size=4000)
        draws.append(brier_skill(defaulted[kept], pd[kept], reference_rate=0.23).value)
    found = brier_skill(defaulted, pd, reference_rate=0.23)
    low, high = np.quantile(draws, [0.025, 0.975])
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=0.006)


def test_an_impossible_outcome_makes_the_log_loss_infinite_and_is_said():
    with pytest.raises(NotMeasurable, match="1 outcomes had been given probability 0"):
        log_loss([1, 0], [0.0, 0.1])


def test_a_single_obligor_has_no_interval():
    assert log_loss([1], [0.5]).interval is None


@pytest.mark.parametrize("pd", [[0.5, 1.1], [0.5, -0.1]])
def test_a_score_that_is_no_probability_is_refused(pd):
    with pytest.raises(BadInput, match="between 0 and 1"):
        brier([0, 1], pd)


def test_curve_counts_every_obligor_once():
    defaulted, pd = _sample()
    found = calibration_curve_by_quantile(defaulted, pd, bins=10)
    assert sum(held.n for held in found.bins) == found.n == 2000
    assert sum(held.defaults for held in found.bins) == defaulted.sum()
    assert [held.n for held in found.bins] == [200] * 10


def test_curve_agrees_with_sklearn():
    from sklearn.calibration import calibration_curve as known_curve

    defaulted, pd = _sample()
    rate, mean = known_curve(defaulted, pd, n_bins=10, strategy="quantile")
    found = calibration_curve_by_quantile(defaulted, pd, bins=10)
    np.testing.assert_allclose([held.mean_pd for held in found.bins], mean, atol=0.002)
    np.testing.assert_allclose([held.observed_rate for held in found.bins], rate, atol=0.01)


@pytest.mark.parametrize(
    ("method", "name"), [(RateInterval.WILSON, "wilson"), (RateInterval.JEFFREYS, "jeffreys")]
)
def test_curve_intervals_agree_with_statsmodels(method, name):
    from statsmodels.stats.proportion import proportion_confint

    defaulted, pd = _sample()
    for held in calibration_curve(defaulted, pd, edges=quantile_edges(pd, 5), method=method).bins:
        known = proportion_confint(held.defaults, held.n, method=name)
        assert (held.interval.low, held.interval.high) == pytest.approx(known)


def test_calibration_errors_by_hand():
    found = calibration_curve([1, 0, 0, 0, 1], [0.1, 0.1, 0.1, 0.1, 0.6], edges=[0.5])
    assert found.expected_error == pytest.approx(0.8 * 0.15 + 0.2 * 0.4)
    assert found.maximum_error == pytest.approx(0.4)


def test_a_constant_pd_makes_one_bin():
    found = calibration_curve_by_quantile([0, 1, 0], [0.3, 0.3, 0.3], bins=10)
    assert [(held.n, held.low, held.high) for held in found.bins] == [(3, 0.0, 1.0)]
