"""The rule that chooses: only what its test finds beats what is there."""

from __future__ import annotations

import numpy as np
import pytest

from quant.economics import Bootstrap
from quant.errors import NotMeasurable
from quant.metrics.paired_profit import profit_difference
from training.sweep.choosing import Contender, Measure, Money, against, choose, compare, profitable_cut_off

ROWS = 4000
draw = np.random.default_rng(3)
RISK = draw.normal(size=ROWS)
DEFAULTS = (draw.random(ROWS) < 1 / (1 + np.exp(1.5 - RISK))).astype(float)


def _contender(name, rank, noise, seed=1, validation=None):
    pds = 1 / (1 + np.exp(-(RISK + noise * np.random.default_rng(seed).normal(size=ROWS))))
    return Contender(name, rank, validation or 0.8 - noise / 10, pds, pds)


def test_a_leader_that_is_better_is_chosen():
    choice = choose([_contender("simple", 0, 2.0), _contender("good", 3, 0.1)], DEFAULTS)
    assert (choice.leader, choice.baseline, choice.chosen) == ("good", "simple", "good")
    assert choice.tests[0].measure is Measure.AUC
    assert choice.tests[0].adjusted < 0.05


def test_a_tie_keeps_what_is_there():
    same = _contender("simple", 0, 0.5)
    twin = _contender("twin", 3, 0.5, seed=2, validation=0.9)
    choice = choose([same, twin], DEFAULTS)
    assert (choice.leader, choice.chosen) == ("twin", "simple")
    incumbent = Contender("incumbent", -1, float("nan"), twin.pds, twin.pds)
    assert choose([same, twin], DEFAULTS, incumbent).chosen == "incumbent"


def test_of_equal_leaders_the_simpler_family_leads():
    one, two = _contender("deep", 4, 0.5, validation=0.8), _contender("plain", 0, 0.5, validation=0.8)
    assert choose([one, two], DEFAULTS).leader == "plain"


def test_the_test_part_chooses_nobody():
    best_on_test = _contender("lucky", 0, 0.0, validation=0.6)
    led = _contender("led", 1, 2.0, validation=0.9)
    choice = choose([best_on_test, led], DEFAULTS)
    assert (choice.leader, choice.chosen) == ("led", "lucky")


def test_false_alarms_stay_at_their_nominal_rate():
    alarms = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        risk = rng.normal(size=600)
        outcome = (rng.random(600) < 1 / (1 + np.exp(1 - risk))).astype(float)
        one, two = (risk + rng.normal(size=600) for _ in range(2))
        found = compare(
            Contender("a", 0, 0.5, one, one), Contender("b", 1, 0.5, two, two), outcome,
            Money(np.where(outcome > 0, -5.0, 1.0), np.where(outcome > 0, -5.0, 1.0)),
        )  # fmt: skip
        alarms += any(test.adjusted <= 0.05 for test in found)
    # Of 60 at 5 %, more than 10 come about once in three thousand (binomial).
    assert alarms <= 10


def test_everyone_else_is_told_the_difference_to_the_chosen_one():
    chosen, *others = [_contender(f"c{place}", place, 0.5 * place) for place in range(5)]
    found = against(chosen, others, DEFAULTS)
    assert [test.difference < 0 for test in found[1:]] == [True] * 3
    assert all(test.adjusted >= test.p_value for test in found)


def test_a_cut_off_takes_what_earns_and_leaves_the_rest():
    pds, profit = np.array([0.1, 0.2, 0.2, 0.3]), np.array([5.0, 4.0, -1.0, -9.0])
    cut = profitable_cut_off(pds, profit)
    assert (pds < cut).tolist() == [True, True, True, False]
    assert profitable_cut_off(pds, -np.abs(profit)) == 0.0


def test_profit_difference_is_the_sum_over_loans_that_only_one_approves():
    profit = np.array([10.0, -30.0, 5.0, 7.0])
    found = profit_difference(profit, [1, 0, 1, 0], [1, 1, 0, 0], bootstrap=Bootstrap(500, 1))
    assert (found.first, found.second, found.difference) == (15.0, -20.0, 35.0)
    assert found.interval.low <= 35.0 <= found.interval.high
    assert 0.0 < found.p_value <= 1.0
    with pytest.raises(NotMeasurable):
        profit_difference(profit, [1, 0, 1, 0], [1, 0, 1, 0], bootstrap=Bootstrap(500, 1))


def test_a_large_difference_of_profit_is_found():
    rng = np.random.default_rng(4)
    profit = rng.normal(1.0, 3.0, 2000)
    found = profit_difference(profit, np.ones(2000), rng.random(2000) < 0.5, bootstrap=Bootstrap(1000, 1))
    assert found.p_value == 1 / 1001
    assert found.interval.low > 0
