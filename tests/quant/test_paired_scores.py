"""Paired scores of two sets of PDs, and approving so many of the least risky."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.brier import brier, log_loss
from quant.metrics.least_risky import least_risky
from quant.metrics.paired_scores import Score, score_difference

OUTCOMES = np.array([1, 0, 0, 1])
ONE, OTHER = np.array([0.8, 0.1, 0.4, 0.5]), np.array([0.6, 0.2, 0.4, 0.5])


def test_four_clients_by_hand():
    """Squared errors .04 .01 .16 .25 against .16 .04 .16 .25: differences −.12 −.03 0 0, mean −.0375."""
    found = score_difference(OUTCOMES, ONE, OTHER, score=Score.BRIER)
    assert (found.first, found.second) == pytest.approx((0.115, 0.1525))
    assert found.difference == pytest.approx(-0.0375)
    error = np.sqrt((0.0825**2 + 0.0075**2 + 2 * 0.0375**2) / 3 / 4)
    assert found.interval.high == pytest.approx(-0.0375 + 1.959963985 * error)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(0.0375 / error))


@pytest.mark.parametrize("score", Score)
def test_means_and_error_are_those_of_the_scores_and_of_a_second_implementation(score):
    draw = np.random.default_rng(3)
    one = draw.beta(2, 8, 4_000)
    outcome, other = draw.random(4_000) < one, np.clip(one * 1.3, 0, 0.99)
    found = score_difference(outcome, one, other, score=score)
    single = brier if score is Score.BRIER else log_loss
    assert found.first == pytest.approx(single(outcome, one).value)
    assert found.second == pytest.approx(single(outcome, other).value)
    lost = (
        (lambda p: (p - outcome) ** 2)
        if score is Score.BRIER
        else (lambda p: -np.log(np.where(outcome, p, 1 - p)))
    )
    # With thousands of rows Student's t is the normal; the statistic itself is the same.
    assert found.p_value == pytest.approx(stats.ttest_rel(lost(one), lost(other)).pvalue, abs=1e-4)


def test_a_score_does_not_differ_from_itself():
    found = score_difference(OUTCOMES, ONE, ONE, score=Score.LOG_LOSS)
    assert (found.difference, found.interval, found.p_value) == (0.0, None, 1.0)


def test_an_infinite_log_loss_is_not_compared():
    with pytest.raises(NotMeasurable, match="infinite"):
        score_difference([1, 0], [0.0, 0.5], [0.5, 0.5], score=Score.LOG_LOSS)


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.9]), min_size=1, max_size=30), st.data())
def test_nobody_approved_is_riskier_than_somebody_declined(pds, data):
    most = data.draw(st.integers(0, len(pds)))
    approved = least_risky(pds, most)
    risks = np.array(pds)
    assert approved.sum() <= most
    if approved.any() and not approved.all():
        assert risks[approved].max() < risks[~approved].min()
    # One more PD would have been too many.
    if not approved.all():
        assert (risks <= risks[~approved].min()).sum() > most


def test_more_than_there_are_cannot_be_approved():
    with pytest.raises(BadInput):
        least_risky([0.1], 2)
