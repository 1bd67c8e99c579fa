"""A less discriminatory cut-off: found where there is one, never where it costs too much or money is not known."""

import numpy as np
import pytest

from quant.economics import CostMatrix, loans
from quant.errors import BadInput, NotMeasurable
from quant.fairness.cut_offs import Money, search_cut_offs
from quant.fairness.groups import Comparison, Grouping

COSTS = CostMatrix(margin=0.10, loss_given_default=0.50)
# Ten of the reference b and ten of a, whose PDs are a step higher; two of a default, at .35 and .45.
PDS = np.array([0.1] * 8 + [0.3] * 2 + [0.1] * 4 + [0.2] * 4 + [0.35, 0.45])
BAD = np.array([0] * 18 + [1, 1])
NAMES = np.repeat(["b", "a"], 10)
EVERYBODY = Grouping(np.ones(20, dtype=bool), NAMES, Comparison("b", 5))


def _search(cut_offs, *, cost=0.05, money=True, grouping=EVERYBODY, own=0.15, bad=BAD):
    book = Money(loans(bad, 100.0), COSTS) if money else None
    return search_cut_offs(
        bad, PDS, own > PDS, groupings=[grouping], cut_offs=cut_offs, profit_cost=cost, money=book
    )


def test_every_way_by_hand():
    """Below .15: 4 of 10 beside 8 of 10, 12 repay 10 each. Below .25: 8 beside 8. Below .40: 9 beside 10, one defaults."""
    found = _search([0.25, 0.40])
    ways = (found.policy, *found.declared)
    assert [way.cut_off for way in ways] == [None, 0.25, 0.40]
    assert [way.ratio for way in ways] == pytest.approx([0.5, 1.0, 0.9])
    assert [way.profit for way in ways] == pytest.approx([120, 160, 130])
    assert found.declared[1].bad_rate.value == pytest.approx(1 / 19)
    assert found.fairer is found.declared[0]


def test_a_fairer_cut_off_that_costs_more_than_its_share_is_not_named():
    """Below .50 everybody is approved: 18·10 − 2·50 = 80, a third less than the policy's 120."""
    assert _search([0.50]).fairer is None
    assert _search([0.50], cost=0.34).fairer is not None


def test_a_cut_off_that_is_not_better_is_not_named():
    assert _search([0.15, 0.05]).fairer is None


def test_without_money_every_ratio_is_told_and_none_is_named():
    found = _search([0.25], money=False)
    assert (found.fairer, found.declared[0].profit, found.declared[0].ratio) == (None, None, 1)


def test_a_policy_that_loses_money_may_not_lose_more():
    bad = np.array([1] * 10 + [0] * 8 + [1, 1])
    found = _search([0.40], bad=bad, own=0.25, cost=0.99)
    assert found.policy.profit < 0
    assert found.declared[0].profit < found.policy.profit
    assert found.fairer is None


def test_a_policy_that_loses_money_may_give_way_to_one_that_loses_less():
    """All of b default: below .15, 8 lose 50 and 4 earn 10, −360; below .25, 8 earn, −320. No share of it is asked."""
    found = _search([0.25], bad=np.repeat([1, 0], 10), cost=0.5)
    assert (found.policy.profit, found.declared[0].profit) == pytest.approx((-360, -320))
    assert found.fairer is found.declared[0]


def test_a_cut_off_that_approves_nobody_has_no_ratio():
    way = _search([0.05]).declared[0]
    assert (way.worst, way.bad_rate, way.approval.value) == (None, None, 0)


def test_groups_below_the_minimum_do_not_speak():
    named = np.array(["b"] * 10 + ["a"] * 7 + ["c"] * 3)
    found = _search([0.25], grouping=Grouping(np.ones(20, dtype=bool), named, Comparison("b", 5)))
    assert found.policy.worst.group.group == "a"
    with pytest.raises(NotMeasurable, match="own ratios"):
        _search([0.25], grouping=Grouping(np.ones(20, dtype=bool), named, Comparison("b", 11)))


def test_rows_without_a_group_count_for_the_profit_and_not_for_the_ratio():
    kept = np.arange(20) != 9
    found = _search([0.40], grouping=Grouping(kept, NAMES[kept], Comparison("b", 5)))
    assert found.declared[0].worst.reference.n == 9
    assert found.declared[0].approval.n == 20


def test_ratios_are_those_of_fairlearn():
    from fairlearn.metrics import demographic_parity_ratio

    for way in _search([0.25, 0.40]).declared:
        approved = way.cut_off > PDS
        known = demographic_parity_ratio(approved, approved, sensitive_features=NAMES)
        assert way.ratio == pytest.approx(known)


@pytest.mark.parametrize("cut_offs", [[], [1.2], [np.nan]])
def test_cut_offs_without_sense_are_refused(cut_offs):
    with pytest.raises(BadInput):
        _search(cut_offs)
