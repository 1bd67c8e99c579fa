"""The kinds of error by group, and whether PDs hold inside each, against hand and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.fairness.group_calibration import GroupPds, calibration_by_group, pds_by_group
from quant.fairness.groups import Comparison
from quant.fairness.treatment import error_ratios

DECLARED = Comparison(reference="b", minimum_n=30)


def _book(**counts):
    """Columns of a book from (turned away, let in, rightly declined, rightly approved) per group."""
    kinds = [(0, 0), (1, 1), (1, 0), (0, 1)]
    rows = [
        (*kind, group)
        for group, cells in counts.items()
        for kind, n in zip(kinds, cells, strict=True)
        for _ in range(n)
    ]
    defaulted, approved, groups = zip(*rows, strict=True)
    return np.array(defaulted), np.array(approved), np.array(groups)


def test_error_ratio_by_hand():
    """10/5 beside 12/12; the log's standard error is √(1/10 + 1/5 + 1/12 + 1/12) = .683130."""
    found = error_ratios(*_book(a=(10, 5, 20, 30), b=(12, 12, 9, 40)), comparison=DECLARED)[0]
    assert (found.group.ratio, found.reference.ratio, found.value) == (2, 1, 2)
    assert np.log([found.interval.low, found.interval.high]) == pytest.approx(
        [np.log(2) - 1.959964 * 0.683130, np.log(2) + 1.959964 * 0.683130], abs=1e-5
    )
    assert np.log(found.own.high / 2) == pytest.approx(1.959964 * np.sqrt(1 / 10 + 1 / 5), abs=1e-5)
    assert found.is_sufficient


def test_error_ratio_is_the_sample_odds_ratio_of_scipy():
    found = error_ratios(*_book(a=(31, 17, 5, 5), b=(80, 66, 9, 9)), comparison=DECLARED)[0]
    known = stats.contingency.odds_ratio([[31, 17], [80, 66]], kind="sample")
    band = known.confidence_interval(0.95)
    assert found.value == pytest.approx(known.statistic)
    assert (found.interval.low, found.interval.high) == pytest.approx((band.low, band.high))


@given(st.tuples(*[st.integers(0, 9)] * 4), st.tuples(*[st.integers(1, 9)] * 4))
@settings(deadline=None, max_examples=50)
def test_swapping_the_groups_inverts_the_error_ratio(first, second):
    if not sum(first):
        return
    book = _book(a=first, b=second)
    forward = error_ratios(*book, comparison=DECLARED)[0]
    backward = error_ratios(*book, comparison=Comparison("a", 30))[0]
    assert (forward.value is None) == (backward.value is None) == (0 in first[:2])
    if forward.value is not None:
        assert forward.value * backward.value == pytest.approx(1)
        assert forward.interval.low * backward.interval.high == pytest.approx(1)


@pytest.mark.parametrize("cells", [(0, 40, 0, 40), (0, 5, 40, 5), (1, 0, 0, 0)])
def test_a_group_without_one_kind_of_error_is_never_sufficient(cells):
    found = error_ratios(*_book(a=cells, b=(12, 12, 9, 40)), comparison=DECLARED)[0]
    assert (found.value, found.interval, found.is_sufficient) == (None, None, False)


def test_a_group_below_the_minimum_is_measured_and_not_sufficient():
    found = error_ratios(*_book(a=(3, 3, 3, 3), b=(12, 12, 9, 40)), comparison=DECLARED)[0]
    assert (found.value, found.is_sufficient) == (1, False)


def test_errors_without_the_reference_are_not_measurable():
    with pytest.raises(NotMeasurable, match="reference group"):
        error_ratios([0, 1], [0, 1], ["a", "a"], comparison=DECLARED)


def test_means_and_defaults_by_group():
    found = pds_by_group([1, 0, 0, 1], [0.1, 0.3, 0.2, 0.6], ["b", "a", "b", "a"])
    assert [(each.group, each.n, each.defaults) for each in found] == [("a", 2, 1), ("b", 2, 1)]
    assert [each.mean_pd for each in found] == pytest.approx([0.45, 0.15])


def test_calibration_by_group_is_the_published_jeffreys_after_holm():
    """(.02, 1000, 30) = .016238 and (.10, 401, 36) = .748739; Holm doubles the smaller."""
    groups = [GroupPds("a", 0.10, 401, 36), GroupPds("b", 0.02, 1000, 30)]
    found = calibration_by_group(groups, family="groups")
    assert found.holm.raw == pytest.approx((0.748739, 0.016238), abs=1e-6)
    assert found.holm.adjusted == pytest.approx((0.748739, 0.032476), abs=2e-6)


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        (([0, 1], [0.1, np.nan], ["a", "b"]), "1 of 2 values are missing"),
        (([0, 1], [0.1, 1.1], ["a", "b"]), "between 0 and 1"),
        (([0, 1], [0.1, 0.2], ["a", None]), "names are missing"),
        (([0], [0.1, 0.2], ["a", "b"]), "different length"),
    ],
)
def test_malformed_groups_of_pds_are_refused(arrays, told):
    with pytest.raises(BadInput, match=told):
        pds_by_group(*arrays)


@pytest.mark.parametrize(("pd", "has"), [(0.0, False), (1.0, False), (0.2, True)])
def test_a_mean_pd_of_nought_or_one_is_no_rate(pd, has):
    assert GroupPds("a", pd, 40, 0).has_a_rate is has
