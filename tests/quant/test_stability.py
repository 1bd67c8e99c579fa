import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.bins import Bins, Levels, freeze_bins, freeze_levels
from quant.metrics.stability import chi_square_shift, jensen_shannon, ks_shift, psi

TENTHS = (0.08, 0.09, 0.09, 0.1, 0.1, 0.1, 0.1, 0.11, 0.11, 0.12)
EDGES = tuple(float(edge) for edge in range(1, 10))

bin_counts = st.lists(st.integers(0, 50), min_size=3, max_size=3).filter(lambda c: sum(c) > 0)


def _frozen(counts, floor=1e-4):
    return Bins(tuple(float(k) for k in range(1, len(counts))), (*counts, 0), floor)


def _values(counts):
    return np.repeat(np.arange(len(counts)) + 0.5, counts)


def _tenths(n):
    return Bins(EDGES, (*[n // 10] * 10, 0), 1e-4), _values([round(share * n) for share in TENTHS])


@pytest.mark.parametrize(("n", "critical"), [(500, 0.067676), (1000, 0.033838)])
def test_psi_known_answers(n, critical):
    reference, current = _tenths(n)
    found = psi(reference, current, confidence=0.95)
    assert found.value == pytest.approx(0.0121227, abs=5e-8)
    assert found.critical == pytest.approx(critical, abs=5e-7)
    assert (len(found.bins), found.n_reference, found.n_current, found.floored) == (10, n, n, 0)
    assert sum(part.contribution for part in found.bins) == pytest.approx(found.value)


def test_psi_p_is_the_confidence_at_the_critical_value():
    reference, current = _tenths(500)
    found = psi(reference, current, confidence=0.95)
    at_its_own = psi(reference, current, confidence=1 - found.p_value)
    assert at_its_own.critical == pytest.approx(found.value)


@given(bin_counts, bin_counts)
@settings(deadline=None)
def test_psi_is_symmetric_and_never_negative(before, after):
    one, other = _frozen(before), _frozen(after)
    try:
        forward = psi(one, _values(after), confidence=0.95).value
    except NotMeasurable:
        return
    assert forward >= 0
    assert psi(other, _values(before), confidence=0.95).value == pytest.approx(forward)


def test_psi_exceeds_its_critical_value_as_often_as_it_says():
    rng, beyond = np.random.default_rng(6), 0
    for _ in range(500):
        frozen = Bins(EDGES[:4], (*np.bincount(rng.integers(5, size=2000), minlength=5), 0), 1e-4)
        found = psi(frozen, rng.integers(5, size=1000) + 0.5, confidence=0.95)
        beyond += found.value > found.critical
    assert 0.03 <= beyond / 500 <= 0.08


def test_psi_of_an_empty_bin_uses_the_stated_floor():
    found = psi(_frozen((50, 50), floor=0.01), _values((100, 0)), confidence=0.95)
    by_hand = (1 - 0.5) * np.log(1 / 0.5) + (0.01 - 0.5) * np.log(0.01 / 0.5)
    assert found.value == pytest.approx(by_hand)
    assert (found.floor, found.floored) == (0.01, 1)
    assert found.bins[1].actual_share == 0


def test_a_constant_feature_is_not_measurable():
    with pytest.raises(NotMeasurable, match="one and the same bin"):
        psi(freeze_bins([3.0, 3.0, 3.0], bins=10, floor=1e-4), [3.0, 3.0], confidence=0.95)


def test_bins_are_frozen_on_the_reference():
    reference = np.arange(1000.0)
    frozen = freeze_bins(reference, bins=10, floor=1e-4)
    assert frozen.counts == (*[100] * 10, 0)
    assert list(frozen.count(reference + 1e6)) == [0] * 9 + [1000, 0]
    assert frozen.names[0] == "(−∞, 99]"
    assert frozen.names[-2:] == ("(899, ∞)", "missing")


@given(
    st.lists(st.integers(0, 6) | st.none(), min_size=1, max_size=50).filter(lambda v: v != [None] * len(v))
)
@settings(deadline=None)
def test_every_value_falls_into_one_bin_and_no_bin_starts_out_empty(values):
    frozen = freeze_bins(values, bins=10, floor=1e-4)
    assert sum(frozen.counts) == len(values)
    assert all(frozen.counts[:-1])
    assert frozen.counts[-1] == values.count(None)
    assert tuple(frozen.count(values)) == frozen.counts


def test_missing_values_are_a_bin_of_their_own():
    frozen = freeze_bins([1.0, 2.0, 3.0, 4.0], bins=2, floor=1e-4)
    found = psi(frozen, [1.0, 4.0, np.nan, np.nan], confidence=0.95)
    assert found.bins[-1].name == "missing"
    assert found.bins[-1].actual_share == 0.5


def test_categories_never_seen_and_missing_are_bins_of_their_own():
    frozen = freeze_levels(["a", "b", "a", None], floor=1e-4)
    assert frozen == Levels(("a", "b"), (2, 1, 0, 1), 1e-4)
    assert list(frozen.count(["b", "z", None])) == [0, 1, 1, 1]
    assert frozen.names == ("a", "b", "unseen", "missing")


def test_a_whole_number_is_the_same_category_as_integer_and_as_float():
    assert list(freeze_levels([1, 2, 2], floor=1e-4).count([1.0, 2.0, np.nan])) == [1, 1, 0, 1]


@pytest.mark.parametrize("broken", [[], [np.inf, 1.0], [[1.0], [2.0]]])
def test_malformed_references_are_refused(broken):
    with pytest.raises(BadInput):
        freeze_bins(broken, bins=10, floor=1e-4)


def test_a_reference_of_missing_values_is_not_measurable():
    with pytest.raises(NotMeasurable, match="every value of the reference is missing"):
        freeze_bins([np.nan, np.nan], bins=10, floor=1e-4)


@pytest.mark.parametrize(("bins", "floor"), [(1, 1e-4), (10, 0.0), (10, 1.0)])
def test_bins_without_sense_are_refused(bins, floor):
    with pytest.raises(BadInput):
        freeze_bins([1.0, 2.0], bins=bins, floor=floor)


def test_chi_square_by_hand():
    found = chi_square_shift(_frozen((30, 70)), _values((50, 50)))
    # Expected 40 and 60 on both sides: 2·(10²/40 + 10²/60).
    assert found.statistic == pytest.approx(2 * (100 / 40 + 100 / 60))
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1))
    assert found.cramers_v == pytest.approx(np.sqrt(found.statistic / 200))


def test_ks_compares_what_is_present_and_counts_what_is_not():
    rng = np.random.default_rng(7)
    before, after = rng.normal(size=300), rng.normal(0.3, 1, 200)
    found = ks_shift(np.append(before, np.nan), after)
    grid = np.concatenate([before, after])
    gap = np.abs((before <= grid[:, None]).mean(1) - (after <= grid[:, None]).mean(1)).max()
    assert found.value == pytest.approx(gap)
    assert (found.missing_reference, found.n_reference, found.n_current) == (1, 300, 200)


def test_jensen_shannon_is_nought_for_equal_and_one_for_disjoint_samples():
    assert jensen_shannon(_frozen((10, 30)), _values((20, 60))).divergence == pytest.approx(0, abs=1e-12)
    assert jensen_shannon(_frozen((10, 0)), _values((0, 10))).divergence == pytest.approx(1)


def test_jensen_shannon_by_hand():
    found = jensen_shannon(_frozen((50, 50)), _values((25, 75)))
    p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    middle = (p + q) / 2
    by_hand = (np.sum(p * np.log2(p / middle)) + np.sum(q * np.log2(q / middle))) / 2
    assert found.divergence == pytest.approx(by_hand)
