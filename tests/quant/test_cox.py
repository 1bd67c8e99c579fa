import numpy as np
import pytest
from scipy.special import expit, logit

from quant.errors import BadInput, NotMeasurable
from quant.metrics.cox import cox_calibration


def population(slope, intercept, n=20_000, seed=4):
    draw = np.random.default_rng(seed)
    log_odds = -1.5 + draw.normal(size=n)
    return draw.random(n) < expit(intercept + slope * log_odds), expit(log_odds)


def test_two_distinct_pds_are_fitted_exactly():
    """Observed .2 where .1 was assigned, .3 where .3 was: a line through two points of the log-odds."""
    found = cox_calibration(
        np.concatenate([np.arange(100) < 20, np.arange(100) < 30]), np.repeat([0.1, 0.3], 100)
    )
    slope = (logit(0.3) - logit(0.2)) / (logit(0.3) - logit(0.1))
    assert found.slope == pytest.approx(slope)
    assert found.intercept == pytest.approx(logit(0.2) - slope * logit(0.1))
    entropy = 20 * np.log(0.2 / 0.1) + 80 * np.log(0.8 / 0.9)
    assert found.statistic == pytest.approx(2 * entropy)
    assert found.p_value == pytest.approx(np.exp(-entropy))


def test_agrees_with_statsmodels():
    import statsmodels.api as sm

    outcome, pds = population(0.7, 0.3, n=3_000)
    second = sm.Logit(outcome.astype(float), sm.add_constant(logit(pds))).fit(disp=0)
    found = cox_calibration(outcome, pds)
    assert (found.intercept, found.slope) == pytest.approx(tuple(second.params), abs=1e-8)
    ends = [found.intercept_interval, found.slope_interval]
    np.testing.assert_allclose([(each.low, each.high) for each in ends], second.conf_int(), atol=1e-6)


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.6, 0.0), (1.0, 0.7), (1.4, -0.3)])
def test_planted_line_is_found(slope, intercept):
    found = cox_calibration(*population(slope, intercept))
    assert found.slope_interval.low <= slope <= found.slope_interval.high
    assert found.intercept_interval.low <= intercept <= found.intercept_interval.high
    assert (found.p_value < 0.01) == ((slope, intercept) != (1.0, 0.0))


def test_start_far_from_the_answer_still_settles():
    found = cox_calibration(*population(-3.0, 4.0))
    assert found.slope == pytest.approx(-3.0, abs=0.15)


@pytest.mark.parametrize(
    ("outcome", "pds", "told"),
    [
        ([0, 1, 0], [0.0, 0.2, 0.3], "1 PDs are 0 or 1"),
        ([0, 1, 1], [0.1, 0.2, 1.0], "1 PDs are 0 or 1"),
        ([0, 0, 0], [0.1, 0.2, 0.3], "all 3 obligors"),
        ([0, 1, 0], [0.2, 0.2, 0.2], "every PD is the same"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], "separate"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.2, 0.4], "separate"),
        ([0, 1, 0, 1], [0.2, 0.2, 0.2 + 1e-16, 0.2 + 3e-17], "every PD is the same|hardly differ"),
    ],
)
def test_what_has_no_slope_is_not_measurable(outcome, pds, told):
    with pytest.raises(NotMeasurable, match=told):
        cox_calibration(outcome, pds)


def test_missing_pds_are_refused():
    with pytest.raises(BadInput, match="missing"):
        cox_calibration([0, 1, 0], [0.1, float("nan"), 0.2])
