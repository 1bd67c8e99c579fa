"""What moved, what only looks so, and what a sample could not have shown."""

import numpy as np
import pytest
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.effects import chi_square_power, cramers_v_interval, ks_critical, ks_power
from quant.metrics.feature_shift import (
    ShiftLimits,
    adjusted_shifts,
    category_shift,
    missing_shift,
    number_shift,
)
from quant.metrics.stability import ChiSquare, KsShift

LIMITS = ShiftLimits(alpha=0.05, ks=0.10, cramers_v=0.10)


def _square(statistic, freedom=1, n=100, m=100):
    p = float(stats.chi2.sf(statistic, freedom))
    return ChiSquare(statistic, freedom, p, float(np.sqrt(statistic / (n + m))), n, m)


def _gap(value, n=1000, m=1000):
    return KsShift(value, 0.5, n, m, 0, 0)


def test_interval_of_cramers_v_with_one_degree_of_freedom_by_hand():
    """χ²(1, λ) is (Z + √λ)². Far from nought only one side of it counts, so √λ lies 1.96 on either side of √24.63."""
    root = np.sqrt(24.63)
    band = cramers_v_interval(_square(24.63), level=0.95)
    assert band.low * np.sqrt(200) == pytest.approx(root - 1.959964, abs=1e-5)
    assert band.high * np.sqrt(200) == pytest.approx(root + 1.959964, abs=1e-5)


def test_interval_of_v_begins_at_nought_where_the_test_does_not_reject():
    assert cramers_v_interval(_square(1.0), level=0.95).low == 0
    assert cramers_v_interval(_square(0.0), level=0.95).high == 0


@pytest.mark.parametrize(("statistic", "freedom", "n"), [(1e6, 9, 10**6), (80.0, 60, 500), (5.0, 300, 400)])
def test_interval_of_v_is_in_order_for_large_and_for_wide_tables(statistic, freedom, n):
    band = cramers_v_interval(_square(statistic, freedom, n, n), level=0.95)
    assert 0 <= band.low <= band.high


def test_interval_of_v_covers_as_often_as_it_says():
    draw, shares, covered = np.random.default_rng(8), np.array([[0.5, 0.3, 0.2], [0.4, 0.3, 0.3]]), 0
    middle = shares.mean(0)
    truth = np.sqrt((((shares - middle) ** 2) / middle).sum() / 2)
    for _ in range(300):
        table = np.array([draw.multinomial(400, row) for row in shares])
        found = stats.chi2_contingency(table, correction=False)
        band = cramers_v_interval(_square(found.statistic, 2, 400, 400), level=0.95)
        covered += band.low <= truth <= band.high
    # The 99 % band of 300 draws at .95.
    assert stats.binom.ppf(0.005, 300, 0.95) <= covered <= stats.binom.ppf(0.995, 300, 0.95)


def test_power_of_chi_square_is_that_of_a_two_sided_z():
    """One degree of freedom: Φ(√λ − 1.96) + Φ(−√λ − 1.96) with λ = 1000·.1² = 10."""
    found = chi_square_power(_square(1.0, 1, 400, 600), effect=0.10, alpha=0.05)
    root = np.sqrt(10)
    assert found.value == pytest.approx(stats.norm.cdf(root - 1.959964) + stats.norm.cdf(-root - 1.959964))


def test_critical_gap_is_where_scipy_rejects():
    critical = ks_critical(300, 200, alpha=0.05)
    assert stats.kstwo.sf(critical, 120) == pytest.approx(0.05)
    draw, rejections = np.random.default_rng(3), 0
    for _ in range(400):
        found = stats.ks_2samp(draw.normal(size=300), draw.normal(size=200), method="asymp")
        assert (found.pvalue <= 0.05) == (found.statistic >= critical)
        rejections += found.pvalue <= 0.05
    assert rejections <= stats.binom.ppf(0.995, 400, 0.05)


def test_power_of_ks_is_never_above_what_is_observed():
    """A mixture whose largest gap is .15: the bound lies below the share of rejections, within its 99 % error."""
    bound = ks_power(_gap(0.0, 400, 400), effect=0.15, alpha=0.05).value
    draw, rejections = np.random.default_rng(5), 0
    for _ in range(300):
        after = np.where(draw.random(400) < 0.15, 2.0 + draw.random(400), draw.random(400))
        rejections += stats.ks_2samp(draw.random(400), after, method="asymp").pvalue <= 0.05
    assert bound > 0.9
    assert rejections >= stats.binom.ppf(0.005, 300, bound)


@pytest.mark.parametrize(("n", "power"), [(1, 0.0), (30, 0.0), (100_000, 1.0)])
def test_power_of_ks_is_nought_for_few_rows_and_one_for_many(n, power):
    assert ks_power(_gap(0.0, n, n), effect=0.10, alpha=0.05).value == pytest.approx(power)


def test_numbers_that_moved_are_told_from_those_that_did_not():
    draw = np.random.default_rng(11)
    before = draw.normal(size=(3, 4000))
    shifts = [number_shift(f"x{at}", before[at], draw.normal(at / 2, 1, 2000), bins=10) for at in range(3)]
    found = adjusted_shifts(shifts, limits=LIMITS)
    assert [each.has_moved for each in found] == [False, True, True]
    # Two normals half and one standard deviation apart: 2Φ(δ/2) − 1.
    assert [each.shift.effect for each in found[1:]] == pytest.approx([0.197413, 0.382925], abs=0.03)
    assert found[0].p_adjusted >= found[0].shift.found.p_value


def test_a_difference_too_small_to_matter_has_not_moved_however_small_its_p():
    draw = np.random.default_rng(12)
    found = adjusted_shifts(
        [number_shift("x", draw.normal(size=60_000), draw.normal(0.05, 1, 60_000), bins=10)], limits=LIMITS
    )[0]
    assert found.p_adjusted < 1e-6
    assert (found.has_moved, found.power.value) == (False, 1)


def test_a_difference_in_a_small_sample_has_not_moved_and_has_no_power():
    found = adjusted_shifts([number_shift("x", np.arange(20.0), np.arange(20) + 3.0, bins=4)], limits=LIMITS)[
        0
    ]
    assert found.shift.effect > LIMITS.ks
    assert (found.has_moved, found.power.value) == (False, 0)


def test_power_is_asked_at_the_hardest_step_of_the_family():
    shifts = [category_shift(f"c{at}", [0, 1] * 500, [0, 1] * 500) for at in range(20)]
    found = adjusted_shifts(shifts, limits=LIMITS)
    assert {each.power.alpha for each in found} == {0.05 / 20}
    assert adjusted_shifts((), limits=LIMITS) == ()


def test_a_code_never_seen_and_a_code_that_went_missing_count():
    found = category_shift("c", ["a"] * 50 + ["b"] * 50, ["a"] * 50 + ["z"] * 30 + [None] * 20)
    assert found.found.degrees_of_freedom == 3
    assert found.found.cramers_v == pytest.approx(np.sqrt((50 + 30 + 20) / 200))
    assert found.divergence == pytest.approx(0.5)


def test_a_field_that_falls_empty_is_a_shift_of_its_own():
    before, after = np.arange(100.0), np.where(np.arange(100) < 40, np.nan, np.arange(100.0))
    found = missing_shift("x", before, after)
    # 40 of 200 missing: expected 20 and 20, 80 and 80.
    assert found.found.statistic == pytest.approx(2 * (20**2 / 20 + 20**2 / 80))
    with pytest.raises(NotMeasurable):
        missing_shift("x", before, before)


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        ([1.0, np.inf], [1.0, 2.0], BadInput),
        ([1.0, 2.0], [np.nan, np.nan], NotMeasurable),
        ([np.nan, np.nan], [1.0, 2.0], NotMeasurable),
        ([], [1.0], BadInput),
    ],
)
def test_what_cannot_be_compared_is_refused(before, after, refusal):
    with pytest.raises(refusal):
        number_shift("x", before, after, bins=10)


def test_a_constant_that_stays_has_not_moved_and_has_no_divergence():
    found = number_shift("x", [3.0] * 50, [3.0] * 40, bins=10)
    assert (found.effect, found.divergence) == (0, None)
