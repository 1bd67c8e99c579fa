import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.concentration import (
    concentration,
    concentration_by_chance,
    concentration_change,
    concentration_change_power,
)
from quant.metrics.migration import migration

INITIAL, CURRENT = (0.1, 0.2, 0.4, 0.2, 0.1), (0.05, 0.15, 0.55, 0.2, 0.05)
MATRIX = [[80, 15, 5], [10, 75, 15], [2, 18, 80]]


def test_concentration_known_answers():
    found = concentration_change(INITIAL, CURRENT)
    assert (found.initial.cv, found.current.cv) == pytest.approx((0.547723, 0.921954), abs=5e-7)
    assert (found.initial.herfindahl, found.current.herfindahl) == pytest.approx(
        (0.163016, 0.382236), abs=5e-7
    )


def test_concentration_change_is_one_sided():
    found = concentration_change(INITIAL, CURRENT)
    cv = found.current.cv
    assert found.z == pytest.approx(2 * (cv - found.initial.cv) / np.sqrt(cv**2 * (0.5 + cv**2)))
    assert found.p_value == pytest.approx(stats.norm.sf(found.z))
    assert concentration_change(CURRENT, INITIAL).p_value > 0.5


@given(st.lists(st.integers(0, 100), min_size=2, max_size=12).filter(any))
@settings(deadline=None)
def test_herfindahl_is_the_log_of_the_sum_of_squares_and_lies_between_its_ends(weights):
    found = concentration(weights)
    shares = np.array(weights) / sum(weights)
    assert found.herfindahl == pytest.approx(1 + np.log(np.sum(shares**2)) / np.log(len(weights)))
    assert -1e-9 <= found.herfindahl <= 1 + 1e-9


@pytest.mark.parametrize("weights", [[5], [0, 0]])
def test_nothing_to_concentrate_is_not_measurable(weights):
    with pytest.raises(NotMeasurable):
        concentration(weights)


def test_even_or_mismatched_portfolios_are_refused():
    with pytest.raises(NotMeasurable, match="evenly"):
        concentration_change(INITIAL, [1, 1, 1, 1, 1])
    with pytest.raises(BadInput, match="5 grades with 2"):
        concentration_change(INITIAL, [1, 2])
    with pytest.raises(BadInput, match="negative"):
        concentration([1, -1])


def test_growth_that_two_draws_explain_has_no_small_p():
    """z rejects any growth over an even start; by chance alone such a growth is nothing."""
    before, after = [1_000] * 10, [52, 48, 55, 45, 50, 50, 47, 53, 51, 49]
    assert concentration_change(before, after).p_value < 0.001
    assert concentration_by_chance(before, after, seed=1).p_value > 0.5


def test_growth_beyond_chance_is_found_and_the_seed_decides_the_draws():
    before, after = [500] * 4, [140, 90, 90, 80]
    found = concentration_by_chance(before, after, seed=1)
    assert found.p_value < 0.01
    assert found == concentration_by_chance(before, after, seed=1)
    assert concentration_by_chance(before, [25] * 4, seed=1).p_value == 1.0


def test_chance_of_two_even_grades_is_the_one_enumerated():
    """Of two grades with a large and even start the CV is |2k−n|/n of a binomial."""
    found = concentration_by_chance([10**9, 10**9], [14, 6], seed=3, draws=99_999)
    assert found.p_value == pytest.approx(2 * stats.binom.sf(13, 20, 0.5), abs=0.004)


def test_power_of_the_concentration_test_by_hand():
    """K 5, CV .5 to 1: drift 2·.5/√1.5 = .8165, so Φ(.8165 − 1.6449)."""
    power = concentration_change_power(0.5, 5, alpha=0.05, factor=2)
    assert power == pytest.approx(stats.norm.cdf(2 * 0.5 / np.sqrt(1.5) - 1.6448536))
    with pytest.raises(NotMeasurable, match="evenly"):
        concentration_change_power(0.0, 5, alpha=0.05, factor=2)


def test_migration_known_answers():
    found = migration(MATRIX)
    z = {(cell.row, cell.column): cell.z for cell in found.cells}
    assert (found.upper, found.lower) == pytest.approx((0.727273, 0.640000), abs=5e-7)
    assert z[1, 2] == pytest.approx(8.949569, abs=5e-7)
    assert z[2, 1] == pytest.approx(9.941348, abs=5e-7)
    assert (len(z), found.n) == (6, 300)


def test_a_rise_away_from_the_diagonal_has_a_small_p():
    cells = {(cell.row, cell.column): cell for cell in migration([[80, 2, 18], [1, 98, 1], [0, 5, 95]]).cells}
    assert cells[1, 3].p_value < 0.001


def test_migration_of_a_still_portfolio_has_no_bandwidth():
    found = migration([[10, 0], [0, 10]])
    assert (found.upper, found.lower) == (None, None)


@pytest.mark.parametrize("matrix", [[[1, 2]], [[1]], [[1, -2], [3, 4]], [[1.5, 2], [3, 4]], [1, 2]])
def test_what_is_no_migration_matrix_is_refused(matrix):
    with pytest.raises(BadInput):
        migration(matrix)


def test_an_empty_starting_grade_is_not_measurable():
    with pytest.raises(NotMeasurable, match="starting grade is empty"):
        migration([[1, 2], [0, 0]])
