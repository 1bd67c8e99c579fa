"""Expected maximum profit: by hand, by brute force over losses, and at the ends of what a score can do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.integrate import quad

from quant.errors import BadInput, NotMeasurable
from quant.maximum_profit import LossShares, maximum_profit

USUAL = LossShares(none=0.55, all_of_it=0.1, return_on_investment=0.2644)


def drawn(seed: int, n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    score = draw.integers(0, 12, n) / 12
    return draw.random(n) < 0.1 + 0.6 * score, score


def by_brute_force(defaulted: np.ndarray, score: np.ndarray, losses: LossShares) -> float:
    """The best of all cut-offs for each loss share, integrated over the loss shares by quadrature."""
    cuts = np.append(np.unique(score), np.inf)

    def best(share: float) -> float:
        saved = [((score >= cut) & defaulted).mean() * share for cut in cuts]
        lost = [((score >= cut) & ~defaulted).mean() * losses.return_on_investment for cut in cuts]
        return max(gain - cost for gain, cost in zip(saved, lost, strict=True))

    kinks = np.linspace(0, 1, 401)
    inside = sum(quad(best, low, high)[0] for low, high in itertools.pairwise(kinks))
    return (1 - losses.none - losses.all_of_it) * inside + losses.none * best(0) + losses.all_of_it * best(1)


@pytest.mark.parametrize("seed", range(3))
def test_sum_over_corners_is_the_integral_of_the_best_cut_off(seed):
    defaulted, score = drawn(seed)
    assert maximum_profit(defaulted, score, USUAL).value == pytest.approx(
        by_brute_force(defaulted, score, USUAL), abs=1e-6
    )


def test_perfect_score_saves_the_expected_loss_of_the_bad_ones():
    """Half are bad; the expected loss share is .1·1 + .35·½ = .275, so .1375 a unit lent."""
    found = maximum_profit([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1], USUAL)
    assert found.value == pytest.approx(0.1375)
    assert found.rejected == pytest.approx(0.45 * 0.5)


def test_score_that_says_nothing_is_worth_nothing_where_most_repay():
    found = maximum_profit([1, 0, 0, 0, 0, 0, 0, 0], [0.5] * 8, USUAL)
    assert (found.value, found.rejected) == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_profit_depends_on_the_order_of_the_score_alone(seed):
    defaulted, score = drawn(seed)
    assert maximum_profit(defaulted, score, USUAL) == maximum_profit(defaulted, score**3 - 4, USUAL)


@pytest.mark.parametrize("losses", [(-0.1, 0.1, 0.2), (0.6, 0.5, 0.2), (0.5, 0.1, 0.0), (0.5, 0.1, np.inf)])
def test_losses_that_are_no_chances_are_refused(losses):
    with pytest.raises(BadInput):
        LossShares(*losses)


def test_one_outcome_only_cannot_be_measured():
    with pytest.raises(NotMeasurable):
        maximum_profit([0, 0, 0], [0.1, 0.2, 0.3], USUAL)
