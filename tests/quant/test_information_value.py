import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.errors import BadInput, NotMeasurable
from quant.metrics.bins import Levels, freeze_bins, freeze_levels
from quant.metrics.information_value import information_value
from quant.metrics.stability import psi

FLOOR = 1e-4


def test_weights_and_value_by_hand():
    """Others 40 and 60, defaults 60 and 40 of 100: (.4−.6)·ln(.4/.6)·2 = .4·ln 1.5."""
    values = np.repeat([0.0, 1.0, 0.0, 1.0], [40, 60, 60, 40])
    found = information_value(np.repeat([0, 1], [100, 100]), values, bins=freeze_levels(values, floor=FLOOR))
    assert found.value == pytest.approx(0.4 * np.log(1.5))
    assert [each.weight for each in found.bins] == pytest.approx([-np.log(1.5), np.log(1.5)])
    assert [each.observed_rate for each in found.bins] == [0.6, 0.4]


def test_missing_values_have_a_bin_of_their_own():
    values = np.array([1.0, 2.0, 3.0, 4.0, np.nan, np.nan])
    found = information_value([0, 1, 0, 0, 1, 1], values, bins=freeze_bins(values, bins=2, floor=FLOOR))
    assert [(each.name, each.n, each.defaults) for each in found.bins][-1] == ("missing", 2, 2)
    assert found.floored == 2


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=4, max_size=80))
@settings(deadline=None, max_examples=50)
def test_value_is_the_stability_index_of_defaults_against_others(rows):
    outcome, values = (np.array(column) for column in zip(*rows, strict=True))
    if outcome.all() or not outcome.any() or len(set(values)) < 2:
        return
    bins = freeze_levels(values, floor=FLOOR)
    others = Levels(bins.levels, tuple(bins.count(values[~outcome]).tolist()), FLOOR)
    second = psi(others, values[outcome], confidence=0.95)
    found = information_value(outcome, values, bins=bins)
    assert found.value == pytest.approx(second.value)
    assert found.p_value == pytest.approx(second.p_value)


@pytest.mark.parametrize(
    ("outcome", "values", "told"),
    [([0, 1, 0], [7, 7, 7], "one bin"), ([0, 0, 0], [1, 2, 3], "all 3 obligors")],
)
def test_input_that_tells_nobody_apart_is_not_measurable(outcome, values, told):
    with pytest.raises(NotMeasurable, match=told):
        information_value(outcome, values, bins=freeze_bins(values, bins=2, floor=FLOOR))


def test_values_of_other_rows_are_refused():
    with pytest.raises(BadInput, match="one value per obligor"):
        information_value([0, 1], [1, 2, 3], bins=freeze_bins([1, 2, 3], bins=2, floor=FLOOR))
