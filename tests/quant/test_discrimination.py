"""AUC by three other roads: sklearn, the full table of pairs, and worked examples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.discrimination import auc, auc_decline, auc_decline_power, auc_difference, gini, ks, roc

# Few distinct scores on purpose: ties are where rank statistics go wrong.
obligors = st.lists(st.tuples(st.booleans(), st.integers(-4, 4)), min_size=4, max_size=60).filter(
    lambda rows: 1 < sum(y for y, _ in rows) < len(rows) - 1
)


def _columns(rows):
    defaulted, score = zip(*rows, strict=True)
    return np.array(defaulted, dtype=float), np.array(score, dtype=float)


def _sample(n=400, seed=3, digits=1):
    rng = np.random.default_rng(seed)
    score = np.round(rng.normal(size=n), digits)
    return (rng.random(n) < 1 / (1 + np.exp(2 - score))).astype(float), score


def _delong_by_pairs(defaulted, score):
    bad, good = score[defaulted == 1], score[defaulted == 0]
    kernel = (bad[:, None] > good) + 0.5 * (bad[:, None] == good)
    return kernel.mean(), kernel.mean(1).var(ddof=1) / bad.size + kernel.mean(0).var(ddof=1) / good.size


def test_auc_counts_a_tie_as_one_half():
    # Pairs: 3>1, 3>2, 2>1 and 2=2, so 3.5 of 4.
    assert auc([0, 0, 1, 1], [1, 2, 2, 3]).value == 0.875


@given(obligors)
@settings(deadline=None)
def test_auc_and_its_variance_equal_the_full_table_of_pairs(rows):
    defaulted, score = _columns(rows)
    area, variance = _delong_by_pairs(defaulted, score)
    found = auc(defaulted, score)
    assert found.value == pytest.approx(area)
    assert found.standard_error == pytest.approx(np.sqrt(variance), abs=1e-9)


@given(obligors)
@settings(deadline=None)
def test_auc_agrees_with_sklearn(rows):
    from sklearn.metrics import roc_auc_score

    defaulted, score = _columns(rows)
    assert auc(defaulted, score).value == pytest.approx(roc_auc_score(defaulted, score))


@given(obligors)
@settings(deadline=None)
def test_auc_sees_order_only(rows):
    defaulted, score = _columns(rows)
    assert auc(defaulted, np.exp(3 * score + 1)) == auc(defaulted, score)


@given(obligors)
@settings(deadline=None)
def test_auc_of_the_reversed_score_is_the_complement(rows):
    defaulted, score = _columns(rows)
    forward, backward = auc(defaulted, score), auc(defaulted, -score)
    assert backward.value == pytest.approx(1 - forward.value)
    assert backward.standard_error == pytest.approx(forward.standard_error)


def test_interval_is_the_point_plus_and_minus_the_normal_margin():
    found = auc(*_sample())
    assert found.interval.low == pytest.approx(found.value - 1.959963985 * found.standard_error)
    assert found.interval.high == pytest.approx(found.value + 1.959963985 * found.standard_error)


def test_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(11)
    truth, hits = stats.norm.cdf(1 / np.sqrt(2)), 0
    for _ in range(400):
        score = np.concatenate([rng.normal(1, 1, 60), rng.normal(0, 1, 200)])
        band = auc(np.repeat([1.0, 0.0], [60, 200]), score).interval
        hits += band.low <= truth <= band.high
    assert 0.92 <= hits / 400 <= 0.98


@pytest.mark.parametrize("score", [[0, 0.1, 0.3, 0.7, 0.9], [5, 5, 5, 5, 5]])
def test_no_interval_where_there_is_no_variance(score):
    assert auc([0, 0, 0, 1, 1], score).interval is None


def test_no_interval_with_a_single_default():
    found = auc([0, 0, 1], [1, 3, 2])
    assert (found.value, found.standard_error, found.interval) == (0.5, None, None)


def test_interval_never_leaves_the_unit_range():
    assert auc([0, 0, 1, 0, 1, 1], [1, 2, 3, 4, 5, 6]).interval.high == 1.0


def test_gini_is_twice_the_auc_less_one():
    area = auc(*_sample())
    found = gini(area)
    assert found.value == pytest.approx(2 * area.value - 1)
    assert found.interval.low == pytest.approx(2 * area.interval.low - 1)
    assert (found.n, found.defaults) == (area.n, area.defaults)


@given(obligors)
@settings(deadline=None)
def test_ks_is_the_widest_gap_of_the_roc_curve(rows):
    from sklearn.metrics import roc_curve

    defaulted, score = _columns(rows)
    false_alarms, caught, _ = roc_curve(defaulted, score)
    assert ks(defaulted, score).value == pytest.approx(np.abs(caught - false_alarms).max())


def test_ks_names_the_score_of_the_widest_gap():
    found = ks([0, 0, 0, 1, 1], [1, 2, 3, 4, 5])
    assert (found.value, found.at, found.n, found.defaults) == (1.0, 3.0, 5, 2)


def test_roc_has_the_corners_of_sklearn():
    from sklearn.metrics import roc_curve

    defaulted, score = _sample(60)
    found = roc(defaulted, score)
    false_alarms, caught, cut_offs = roc_curve(defaulted, score, drop_intermediate=False)
    np.testing.assert_allclose(found.false_positive_rates, false_alarms[1:])
    np.testing.assert_allclose(found.true_positive_rates, caught[1:])
    np.testing.assert_allclose(found.cut_offs, cut_offs[1:])


def test_decline_is_one_sided_and_uses_the_current_variance():
    current = auc(*_sample())
    found = auc_decline(current.value + 1.6448536 * current.standard_error, current)
    assert found.p_value == pytest.approx(0.05, abs=1e-7)
    assert auc_decline(current.value, current).p_value == 0.5
    assert auc_decline(0.0, current).p_value > 0.999


def test_power_against_a_decline_is_the_chance_of_rejecting():
    current = auc(*_sample())
    power = auc_decline_power(current, decline=2.4864749 * current.standard_error, alpha=0.05)
    # 2.4864749 = 1.6448536 + 0.8416212, the quantiles of α .05 and power .80.
    assert power == pytest.approx(0.80, abs=1e-6)


def test_decline_against_a_perfect_current_auc_is_refused():
    with pytest.raises(NotMeasurable, match="no sampling variance"):
        auc_decline(0.9, auc([0, 0, 1, 1], [1, 2, 3, 4]))


@given(obligors, st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_paired_difference_is_antisymmetric(rows, seed):
    defaulted, first = _columns(rows)
    second = first + np.random.default_rng(seed).normal(size=first.size)
    try:
        forward, backward = auc_difference(defaulted, first, second), auc_difference(defaulted, second, first)
    except NotMeasurable:
        return
    assert forward.difference == pytest.approx(-backward.difference)
    assert forward.p_value == pytest.approx(backward.p_value)


def test_paired_difference_equals_delongs_covariance_form():
    defaulted, first = _sample(200)
    second = first + np.random.default_rng(5).normal(size=first.size)
    bad, good = defaulted == 1, defaulted == 0
    kernels = [(s[bad][:, None] > s[good]) + 0.5 * (s[bad][:, None] == s[good]) for s in (first, second)]
    s10 = np.cov([kernel.mean(1) for kernel in kernels])
    s01 = np.cov([kernel.mean(0) for kernel in kernels])
    total = s10 / bad.sum() + s01 / good.sum()
    variance = total[0, 0] + total[1, 1] - 2 * total[0, 1]
    found = auc_difference(defaulted, first, second)
    z = (kernels[0].mean() - kernels[1].mean()) / np.sqrt(variance)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert found.interval.high - found.difference == pytest.approx(1.959963985 * np.sqrt(variance))


def test_two_scores_of_the_same_order_do_not_differ():
    defaulted, score = _sample()
    found = auc_difference(defaulted, score, 10 * score)
    assert (found.difference, found.p_value, found.interval) == (0.0, 1.0, None)


def test_difference_without_variance_is_refused():
    with pytest.raises(NotMeasurable, match="no sampling variance"):
        auc_difference([0, 0, 1, 1], [1, 2, 3, 4], [4, 3, 2, 1])


@pytest.mark.parametrize("only", [0, 1])
@pytest.mark.parametrize("measure", [auc, ks, roc])
def test_one_class_only_is_not_measurable(measure, only):
    with pytest.raises(NotMeasurable, match="all 3 obligors"):
        measure([only] * 3, [1, 2, 3])


@pytest.mark.parametrize(
    ("defaulted", "score", "told"),
    [
        ([], [], "empty"),
        ([0, 1], [1, np.nan], "1 of 2 values are missing"),
        ([0, 1], [1, np.inf], "infinite"),
        ([0, 1], [1, 2, 3], "defaulted 2, score 3"),
        ([0, 2], [1, 2], "only hold 0 and 1"),
        ([0, 1], ["a", "b"], "not a number"),
        ([0, 1], [None, 2], "missing"),
        ([0, 1], [[1, 2]], "2 dimensions"),
    ],
)
def test_malformed_arrays_are_refused_with_the_reason(defaulted, score, told):
    with pytest.raises(BadInput, match=told):
        auc(defaulted, score)


def test_a_refusal_is_a_value_error():
    with pytest.raises(ValueError, match="empty"):
        auc([], [])
