"""Realised P&L under cut-offs: totals by hand, nothing unresolved is dropped in silence, no look ahead."""

from __future__ import annotations

import numpy as np
import pytest

from quant.economics import Bootstrap
from quant.errors import BadInput, NotMeasurable
from quant.realised import Walk, book, realised_curve, walk_forward

NAN = float("nan")
AGAIN = Bootstrap(resamples=200, seed=7)


def drawn(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Profit, PD and day of loans that default as their PD says."""
    draw = np.random.default_rng(seed)
    pds = draw.uniform(0.01, 0.6, n)
    profit = np.where(draw.random(n) < pds, -900.0, 150.0)
    return profit, pds, np.sort(draw.integers(0, 720, n))


def test_each_cut_off_earns_what_its_loans_have_earned():
    loans = book([100, -500, 80, 60, NAN], [0.05, 0.30, 0.10, 0.20, 0.10])
    curve = realised_curve(loans, cut_offs=[0.1, 0.25, 0.5], bootstrap=AGAIN)
    assert [point.profit for point in curve.points] == [100, 240, -260]
    assert [point.approved for point in curve.points] == [1, 3, 4]
    assert curve.best.cut_off == 0.25
    assert (curve.n, curve.unresolved, curve.unresolved_approved) == (4, 1, (0, 1, 1))


@pytest.mark.parametrize("seed", range(3))
def test_curve_is_what_a_plain_sum_over_the_approved_gives(seed):
    profit, pds, _ = drawn(seed)
    curve = realised_curve(book(profit, pds), cut_offs=np.linspace(0, 1, 21), bootstrap=AGAIN)
    by_hand = [profit[pds < point.cut_off].sum() for point in curve.points]
    assert [point.profit for point in curve.points] == pytest.approx(by_hand)
    assert all(point.interval.low <= point.profit <= point.interval.high for point in curve.points)


def test_same_seed_gives_the_same_band():
    profit, pds, _ = drawn(1)
    first, second = (realised_curve(book(profit, pds), cut_offs=[0.2], bootstrap=AGAIN) for _ in range(2))
    assert first == second


def test_standardised_profit_is_refused():
    profit, pds, _ = drawn(2)
    with pytest.raises(BadInput, match="standardised"):
        book((profit - profit.mean()) / profit.std(), pds)


def test_book_without_results_cannot_be_replayed():
    with pytest.raises(NotMeasurable):
        book([NAN, NAN, 5.0], [0.1, 0.2, 0.3])


def test_walk_chooses_by_what_was_known_when_the_period_began():
    """Before day 100 the .3s earned, so they are approved in the first period, where they lose; afterwards no more."""
    profit = [50, 40, 50, -300, 50, -300]
    loans = book(profit, [0.1, 0.3, 0.1, 0.3, 0.1, 0.3])
    walk = Walk(starts=(100, 200), cut_offs=(0.2, 0.5), fixed=0.2, maturity_days=10)
    found = walk_forward(loans, np.array([0, 0, 120, 120, 230, 230]), walk)
    assert [step.cut_off for step in found.steps] == [0.5, 0.2]
    assert (found.profit, found.fixed_profit) == (-250 + 50, 50 + 50)
    assert (found.hindsight_cut_off, found.hindsight) == (0.2, 100)


def test_loan_that_had_not_matured_teaches_nothing():
    loans = book([50, 40, 60], [0.1, 0.3, 0.1])
    walk = Walk(starts=(100,), cut_offs=(0.2, 0.5), fixed=0.2, maturity_days=90)
    with pytest.raises(NotMeasurable):
        walk_forward(loans, np.array([20, 30, 120]), walk)


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_after_a_period_changes_nothing_in_it(seed):
    profit, pds, day = drawn(seed)
    walk = Walk(
        starts=(180, 360, 540), cut_offs=tuple(np.linspace(0.05, 0.6, 12)), fixed=0.2, maturity_days=60
    )
    before = walk_forward(book(profit, pds), day, walk).steps
    altered = np.where(day >= 360, -profit, profit)
    after = walk_forward(book(altered, pds), day, walk).steps
    assert before[0] == after[0]
    assert before[1].cut_off == after[1].cut_off


@pytest.mark.parametrize("starts", [(), (200, 100), (100, 100)])
def test_periods_that_do_not_rise_are_refused(starts):
    with pytest.raises(BadInput):
        Walk(starts=starts, cut_offs=(0.2,), fixed=0.2, maturity_days=0)
