"""Own arithmetic against fairlearn, statsmodels and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.fairness.groups import Comparison, GroupCount, intersections
from quant.fairness.impact import RateTest, adverse_impact_by_group, adverse_impact_ratio
from quant.fairness.parity import odds_gaps, parity_gaps, standardised_mean_differences

DECLARED = Comparison(reference="b", minimum_n=30)


def _count(name, approved, n):
    return GroupCount(name, approved, n)


def _applicants(n=900, seed=9):
    rng = np.random.default_rng(seed)
    groups = rng.choice(["a", "b", "c"], n)
    approved = rng.random(n) < np.select([groups == "a", groups == "b"], [0.5, 0.7], 0.6)
    return rng.integers(0, 2, n), approved, groups


def test_adverse_impact_known_answer():
    found = adverse_impact_ratio(_count("a", 180, 300), _count("b", 350, 450), comparison=DECLARED)
    assert found.ratio == pytest.approx(0.771429, abs=5e-7)
    assert found.z == pytest.approx(-5.238726, abs=5e-7)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(5.238726), rel=1e-5)
    assert (found.test, found.is_sufficient) == (RateTest.POOLED_Z, True)


def test_adverse_impact_agrees_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    found = adverse_impact_ratio(_count("a", 180, 300), _count("b", 350, 450), comparison=DECLARED)
    z, p_value = proportions_ztest([180, 350], [300, 450])
    low, high = confint_proportions_2indep(180, 300, 350, 450, compare="ratio", method="log")
    assert (found.z, found.p_value) == pytest.approx((z, p_value))
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))


def test_small_cells_use_fishers_exact_test():
    found = adverse_impact_ratio(_count("a", 1, 8), _count("b", 9, 10), comparison=DECLARED)
    # Margins 8 and 10 of 18, 10 approved: tables with 0 or 1 approved in the group, and the equally unlikely other end.
    by_hand = [stats.hypergeom.pmf(k, 18, 10, 8) for k in range(9)]
    exact = sum(p for p in by_hand if p <= by_hand[1] * (1 + 1e-7))
    assert found.test is RateTest.FISHER_EXACT
    assert found.p_value == pytest.approx(exact)
    assert not found.is_sufficient


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 40), st.integers(0, 40))
@settings(deadline=None)
def test_swapping_group_and_reference_inverts_the_ratio(yes_a, yes_b, no_a, no_b):
    one, other = _count("a", yes_a, yes_a + no_a), _count("b", yes_b, yes_b + no_b)
    forward = adverse_impact_ratio(one, other, comparison=DECLARED)
    backward = adverse_impact_ratio(other, one, comparison=DECLARED)
    assert forward.ratio * backward.ratio == pytest.approx(1)
    assert forward.p_value == pytest.approx(backward.p_value)
    if forward.interval:
        assert forward.interval.low * backward.interval.high == pytest.approx(1)


@pytest.mark.parametrize(("group", "reference"), [((0, 40), (20, 40)), ((40, 40), (50, 50))])
def test_no_interval_where_the_log_ratio_has_none(group, reference):
    found = adverse_impact_ratio(_count("a", *group), _count("b", *reference), comparison=DECLARED)
    assert found.interval is None


@pytest.mark.parametrize(("group", "reference"), [((0, 0), (20, 40)), ((3, 9), (0, 40))])
def test_a_ratio_over_nobody_is_not_measurable(group, reference):
    with pytest.raises(NotMeasurable):
        adverse_impact_ratio(_count("a", *group), _count("b", *reference), comparison=DECLARED)


def test_more_approved_than_members_is_refused():
    with pytest.raises(BadInput, match="41 approved of 40"):
        adverse_impact_ratio(_count("a", 41, 40), _count("b", 20, 40), comparison=DECLARED)


def test_groups_are_compared_with_the_declared_reference_only():
    _, approved, groups = _applicants()
    found = adverse_impact_by_group(approved, groups, comparison=DECLARED)
    assert [reading.group.group for reading in found.readings] == ["a", "c"]
    for reading in found.readings:
        rate = approved[groups == reading.group.group].mean()
        assert reading.ratio == pytest.approx(rate / approved[groups == "b"].mean())


def test_impact_ratio_agrees_with_fairlearn():
    from fairlearn.metrics import demographic_parity_ratio

    _, approved, groups = _applicants()
    two = groups != "c"
    found = adverse_impact_by_group(approved[two], groups[two], comparison=DECLARED).readings[0]
    known = demographic_parity_ratio(approved[two], approved[two], sensitive_features=groups[two])
    assert min(found.ratio, 1 / found.ratio) == pytest.approx(known)


def test_a_reference_without_members_is_never_replaced():
    with pytest.raises(NotMeasurable, match='reference group "z" has no member'):
        adverse_impact_by_group([1, 0], ["a", "b"], comparison=Comparison("z", 1))


def test_a_group_below_the_minimum_is_measured_and_marked():
    approved, groups = [1, 0] * 50 + [1], ["b"] * 100 + ["a"]
    assert not adverse_impact_by_group(approved, groups, comparison=DECLARED).readings[0].is_sufficient
    assert not parity_gaps(approved, groups, comparison=DECLARED).gaps[0].is_sufficient


def test_parity_gaps_against_own_arithmetic_and_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep

    _, approved, groups = _applicants()
    found = parity_gaps(approved, groups, comparison=DECLARED)
    rates = {name: approved[groups == name].mean() for name in "abc"}
    assert [gap.gap for gap in found.gaps] == pytest.approx(
        [rates["a"] - rates["b"], rates["c"] - rates["b"]]
    )
    assert found.spread == pytest.approx(max(rates.values()) - min(rates.values()))
    counts = [(approved[groups == name].sum(), (groups == name).sum()) for name in "ab"]
    low, high = confint_proportions_2indep(*counts[0], *counts[1], compare="diff", method="newcomb")
    assert (found.gaps[0].interval.low, found.gaps[0].interval.high) == pytest.approx((low, high))


def test_the_spread_ignores_groups_below_the_minimum():
    approved = [1, 0] * 50 + [1, 1, 0, 0] * 10 + [0]
    groups = ["b"] * 100 + ["c"] * 40 + ["a"]
    assert parity_gaps(approved, groups, comparison=DECLARED).spread == 0
    assert parity_gaps(approved[:100], groups[:100], comparison=DECLARED).spread is None


def test_odds_gaps_against_own_arithmetic():
    defaulted, approved, groups = _applicants()
    found = odds_gaps(defaulted, approved, groups, comparison=DECLARED)

    def rate(name, outcome):
        return approved[(groups == name) & (defaulted == outcome)].mean()

    first = found.gaps[0]
    assert first.true_positive.gap == pytest.approx(rate("a", 0) - rate("b", 0))
    assert first.false_positive.gap == pytest.approx(rate("a", 1) - rate("b", 1))
    spreads = [np.ptp([rate(name, outcome) for name in "abc"]) for outcome in (0, 1)]
    assert found.equalized_odds_difference == pytest.approx(max(spreads))


def test_a_group_without_defaults_has_no_false_positive_gap():
    defaulted = [0, 1] * 50 + [0] * 40
    found = odds_gaps(defaulted, [1] * 140, ["b"] * 100 + ["a"] * 40, comparison=DECLARED)
    assert found.gaps[0].false_positive is None
    assert not found.gaps[0].is_sufficient
    assert found.equalized_odds_difference is None


def test_a_sample_without_defaults_still_has_true_positive_gaps():
    found = odds_gaps([0] * 80, [1, 0] * 40, ["a", "b"] * 40, comparison=DECLARED)
    assert found.gaps[0].true_positive.gap == 1
    assert found.gaps[0].false_positive is None


def test_standardised_mean_difference_by_hand_and_by_the_t_statistic():
    rng = np.random.default_rng(1)
    groups, score = np.repeat(["a", "b"], [40, 60]), rng.normal(size=100)
    found = standardised_mean_differences(score, groups, comparison=DECLARED)[0]
    t = stats.ttest_ind(score[:40], score[40:]).statistic
    assert found.value == pytest.approx(t * np.sqrt(1 / 40 + 1 / 60))
    assert (found.n, found.n_reference, found.is_sufficient) == (40, 60, True)


def test_a_score_that_does_not_vary_is_not_measurable():
    with pytest.raises(NotMeasurable, match="does not vary"):
        standardised_mean_differences([1, 1, 1, 1], ["a", "a", "b", "b"], comparison=DECLARED)


def test_intersections_join_the_labels():
    joined = intersections({"sex": ["f", "m"], "age": ["≤25", "62+"]})
    assert list(joined) == ["f & ≤25", "m & 62+"]


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({}, "at least one"),
        ({"sex": ["f", None]}, "1 names are missing"),
        ({"sex": ["f"], "age": ["≤25", "62+"]}, "sex 1, age 2"),
    ],
)
def test_intersections_refuse_what_cannot_be_joined(attributes, told):
    with pytest.raises(BadInput, match=told):
        intersections(attributes)


@pytest.mark.parametrize(("approved", "groups"), [([1, 0], ["a"]), ([], []), ([0.5, 1], ["a", "b"])])
def test_malformed_applicants_are_refused(approved, groups):
    with pytest.raises(BadInput):
        adverse_impact_by_group(approved, groups, comparison=DECLARED)
