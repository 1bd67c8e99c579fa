import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.errors import BadInput, NotMeasurable
from quant.intervals import Interval, clopper_pearson, jeffreys_interval, newcombe, proportion, wilson

rates = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(rates, st.sampled_from([0.8, 0.95, 0.99]))
@settings(deadline=None)
@pytest.mark.parametrize(
    ("ours", "theirs"), [(wilson, "wilson"), (clopper_pearson, "beta"), (jeffreys_interval, "jeffreys")]
)
def test_rate_intervals_agree_with_statsmodels_away_from_the_ends(ours, theirs, rate, level):
    from statsmodels.stats.proportion import proportion_confint

    successes, n = rate
    found = ours(successes, n, level)
    low, high = proportion_confint(successes, n, alpha=1 - level, method=theirs)
    # At 0 and n the Jeffreys interval keeps the end itself, which statsmodels does not.
    if successes:
        assert found.low == pytest.approx(low, abs=1e-9)
    if successes < n:
        assert found.high == pytest.approx(high, abs=1e-9)


@given(rates)
@settings(deadline=None)
@pytest.mark.parametrize("interval", [wilson, clopper_pearson, jeffreys_interval])
def test_rate_intervals_hold_their_rate_and_mirror(interval, rate):
    successes, n = rate
    found, mirrored = interval(successes, n), interval(n - successes, n)
    assert 0 <= found.low <= successes / n <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_newcombe_published_example():
    # Newcombe 1998, table II, method 10: 56/70 against 48/80 gives (.0524, .3339).
    found = newcombe(proportion(56, 70), proportion(48, 80))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_two_levels_cannot_be_combined():
    with pytest.raises(BadInput, match="different level"):
        newcombe(proportion(1, 2, 0.9), proportion(1, 2, 0.95))


@pytest.mark.parametrize(("low", "high"), [(1.0, 0.0), (float("nan"), 1.0)])
def test_an_interval_out_of_order_is_refused(low, high):
    with pytest.raises(BadInput, match="out of order"):
        Interval(low, high, 0.95)


def test_a_rate_of_nobody_is_not_measurable():
    with pytest.raises(NotMeasurable, match="nobody"):
        wilson(0, 0)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_outside_the_unit_range_is_refused(level):
    with pytest.raises(BadInput, match="level"):
        wilson(1, 2, level)
