import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.economics import Bootstrap, CostMatrix, loans, profit_curve, scenario, swap_set
from quant.errors import BadInput

COSTS = CostMatrix(margin=0.1, loss_given_default=0.5)
BOOTSTRAP = Bootstrap(resamples=200, seed=20260101)


def _book(n=500, seed=12):
    rng = np.random.default_rng(seed)
    pd = rng.beta(1, 4, n)
    return loans(rng.random(n) < pd, rng.uniform(100, 1000, n)), pd


def test_scenario_by_hand():
    found = scenario(loans([0, 0, 1, 1], [100, 200, 50, 1000]), [1, 1, 1, 0], costs=COSTS)
    assert (found.income, found.loss, found.profit) == (pytest.approx(30), 25, pytest.approx(5))
    assert (found.n, found.approved, found.defaults, found.approval_rate) == (4, 3, 1, 0.75)
    assert found.bad_rate.value == pytest.approx(1 / 3)


def test_every_number_says_that_the_costs_are_assumed():
    book, pd = _book()
    assert scenario(book, pd < 0.2, costs=COSTS).basis == "assumed cost matrix"


def test_approving_nobody_earns_nothing():
    found = scenario(loans([0, 1], 100), [0, 0], costs=COSTS)
    assert (found.profit, found.bad_rate) == (0, None)


def test_curve_is_the_scenario_at_every_cut_off():
    book, pd = _book()
    found = profit_curve(book, pd, cut_offs=[0.3, 0.1, 0.2, 1.0], costs=COSTS, bootstrap=BOOTSTRAP)
    assert [point.cut_off for point in found.points] == [0.1, 0.2, 0.3, 1.0]
    for point in found.points:
        assert point.scenario == scenario(book, pd < point.cut_off, costs=COSTS)
    assert found.best.scenario.profit == max(point.scenario.profit for point in found.points)


def test_a_pd_at_the_cut_off_is_not_approved():
    found = profit_curve(loans([0], 100), [0.2], cut_offs=[0.2, 0.21], costs=COSTS, bootstrap=BOOTSTRAP)
    assert [point.scenario.approved for point in found.points] == [0, 1]
    assert [point.interval.high for point in found.points] == [0, 10]


def test_band_agrees_with_the_normal_theory_of_a_sum():
    book, pd = _book(2000)
    band = profit_curve(book, pd, cut_offs=[0.25], costs=COSTS, bootstrap=Bootstrap(2000, 1)).points[0]
    profits = book.exposure * np.where(book.defaulted, -0.5, 0.1) * (pd < 0.25)
    margin = 1.959964 * profits.std() * np.sqrt(profits.size)
    assert band.interval.low == pytest.approx(profits.sum() - margin, abs=0.15 * margin)
    assert band.interval.high == pytest.approx(profits.sum() + margin, abs=0.15 * margin)


def test_same_seed_same_band_and_another_seed_another():
    book, pd = _book()
    bands = [
        profit_curve(book, pd, cut_offs=[0.2], costs=COSTS, bootstrap=Bootstrap(100, seed)).points[0].interval
        for seed in (1, 1, 2)
    ]
    assert bands[0] == bands[1] != bands[2]


@given(st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None, max_examples=25)
def test_swap_set_explains_the_whole_difference(before, after):
    book, pd = _book(200)
    found = swap_set(
        book, incumbent=pd < before, challenger=pd < after, costs=COSTS, bootstrap=Bootstrap(20, 3)
    )
    whole = [scenario(book, pd < cut_off, costs=COSTS).profit for cut_off in (before, after)]
    assert found.profit_change == pytest.approx(whole[1] - whole[0])
    assert found.profit_change == pytest.approx(found.swap_in.profit - found.swap_out.profit)
    assert found.swap_in.approved + found.swap_out.approved + found.kept_in.approved + found.kept_out == 200


def test_swap_set_counts_by_hand():
    found = swap_set(
        loans([0, 1, 0, 1, 1], 100),
        incumbent=[1, 1, 0, 0, 0],
        challenger=[1, 0, 1, 1, 0],
        costs=COSTS,
        bootstrap=BOOTSTRAP,
    )
    assert (found.swap_in.approved, found.swap_in.defaults) == (2, 1)
    assert (found.swap_out.approved, found.swap_out.defaults) == (1, 1)
    assert found.profit_change == pytest.approx((10 - 50) - (-50))
    assert found.interval.low <= found.profit_change <= found.interval.high


def test_standardised_money_is_refused():
    with pytest.raises(BadInput, match="standardised"):
        loans([0, 1], [-0.3, 1.2])


@pytest.mark.parametrize(("margin", "lgd"), [(-0.1, 0.5), (0.1, 1.5), (np.nan, 0.5), (np.inf, 0.5)])
def test_an_impossible_cost_matrix_is_refused(margin, lgd):
    with pytest.raises(BadInput, match="cost matrix"):
        CostMatrix(margin, lgd)


@pytest.mark.parametrize(("defaulted", "exposure"), [([], 1.0), ([0, 1], [1.0]), ([0, 1], [1.0, np.nan])])
def test_malformed_loans_are_refused(defaulted, exposure):
    with pytest.raises(BadInput):
        loans(defaulted, exposure)


@pytest.mark.parametrize(("resamples", "level"), [(1, 0.95), (100, 1.0)])
def test_a_bootstrap_without_sense_is_refused(resamples, level):
    with pytest.raises(BadInput, match="resample"):
        Bootstrap(resamples, 1, level)
