"""The order of a score by other roads: worked examples, scipy, and the full table of pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.association import association
from quant.metrics.cap import cap
from quant.metrics.discrimination import auc
from quant.metrics.entropy import entropy_ratio
from quant.metrics.lift import riskiest

# Few distinct scores on purpose: ties are where rank statistics go wrong.
obligors = st.lists(st.tuples(st.booleans(), st.integers(-4, 4)), min_size=4, max_size=60).filter(
    lambda rows: 0 < sum(y for y, _ in rows) < len(rows) and len({score for _, score in rows}) > 1
)


def _columns(rows):
    defaulted, score = zip(*rows, strict=True)
    return np.array(defaulted, dtype=float), np.array(score, dtype=float)


def test_profile_and_its_ratio_by_hand():
    # From the top: default, other, default, other. Area .625, so (.625−.5)/(.75−.5) = .5.
    found = cap([1, 0, 1, 0], [4, 3, 2, 1])
    assert found.shares == pytest.approx((0, 0.25, 0.5, 0.75, 1))
    assert found.captured == (0, 0.5, 0.5, 1, 1)
    assert found.accuracy_ratio == pytest.approx(0.5)


@given(obligors)
@settings(deadline=None)
def test_accuracy_ratio_is_the_gini_coefficient(rows):
    defaulted, score = _columns(rows)
    assert cap(defaulted, score).accuracy_ratio == pytest.approx(2 * auc(defaulted, score).value - 1)


@given(obligors)
@settings(deadline=None, max_examples=50)
def test_kendall_and_somers_agree_with_scipy(rows):
    defaulted, score = _columns(rows)
    found = association(defaulted, score)
    assert found.tau_b == pytest.approx(stats.kendalltau(score, defaulted).statistic, abs=1e-12)
    assert found.somers_d == pytest.approx(stats.somersd(score, defaulted).statistic, abs=1e-12)


def test_association_by_pairs():
    """Pairs (default, other): 3>2, 3>1, 2=2, 2>1: three concordant, one tied; one more pair is tied in nothing."""
    found = association([1, 1, 0, 0], [3, 2, 2, 1])
    assert found.somers_d == pytest.approx(3 / 5)
    assert found.tau_b == pytest.approx(3 / np.sqrt(5 * 4))


def test_association_of_a_million_obligors_takes_no_table_of_pairs():
    draw = np.random.default_rng(1)
    score = draw.random(200_000)
    found = association(draw.random(200_000) < score, score)
    assert found.tau_b == pytest.approx(0.4714, abs=0.005)


def test_entropy_ratio_by_hand():
    """H(.2) = .500402, (H(.1)+H(.3))/2 = .467974 nats."""
    found = entropy_ratio([100, 0, 100], [10, 0, 30])
    assert found.value == pytest.approx(1 - 0.467974 / 0.500402, abs=2e-6)
    assert (found.grades, found.n) == (2, 200)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=2, max_size=8))
@settings(deadline=None, max_examples=50)
def test_entropy_ratio_has_the_p_of_scipys_likelihood_ratio_table(table):
    goods, bads = np.array(table).T
    found = entropy_ratio(goods + bads, bads)
    second = stats.chi2_contingency([goods, bads], correction=False, lambda_="log-likelihood")
    assert found.p_value == pytest.approx(second.pvalue, abs=1e-6)
    assert 0 <= found.value < 1


def test_grades_that_know_everything_have_ratio_one():
    assert entropy_ratio([50, 50], [0, 50]).value == pytest.approx(1)


def test_riskiest_fifth_by_hand():
    found = riskiest([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], np.arange(10, 0, -1), shares=[0.2, 0.5])
    assert [each.lift for each in found] == pytest.approx([1 / 0.3, 0.6 / 0.3])
    assert [each.captured.value for each in found] == pytest.approx([2 / 3, 1])
    assert (found[0].precision.successes, found[0].precision.n, found[0].cut_off) == (2, 2, 9)
    assert found[0].lift_interval.high == pytest.approx(found[0].precision.interval.high / 0.3)


def test_whoever_ties_with_the_last_one_is_taken_too():
    [found] = riskiest([1, 0, 0, 0], [2, 1, 1, 1], shares=[0.5])
    assert (found.taken, found.precision.value) == (1.0, 0.25)


def test_tenth_of_thirty_is_three():
    [found] = riskiest(np.arange(30) < 3, np.arange(30, 0, -1), shares=[0.1])
    assert (found.precision.n, found.lift) == (3, pytest.approx(10))


@pytest.mark.parametrize("measure", [cap, association, lambda y, s: riskiest(y, s, shares=[0.1])])
def test_one_class_cannot_be_ordered(measure):
    with pytest.raises(NotMeasurable):
        measure([0, 0, 0], [1, 2, 3])
    with pytest.raises(BadInput):
        measure([0, 1, 0], [1, float("nan"), 3])


def test_equal_scores_order_nobody():
    with pytest.raises(NotMeasurable, match="every score is the same"):
        association([0, 1, 0], [1, 1, 1])
    assert cap([0, 1, 0], [1, 1, 1]).accuracy_ratio == pytest.approx(0)


@pytest.mark.parametrize(("sizes", "bads"), [([10], [5]), ([10, 10], [0, 0]), ([10, 10], [10, 10])])
def test_grades_that_can_say_nothing_are_not_measurable(sizes, bads):
    with pytest.raises(NotMeasurable):
        entropy_ratio(sizes, bads)


def test_impossible_counts_and_shares_are_refused():
    with pytest.raises(BadInput, match="more defaults"):
        entropy_ratio([10, 10], [11, 0])
    with pytest.raises(BadInput, match="share"):
        riskiest([0, 1], [1, 2], shares=[1.0])
