"""The proofs of the battery at a small seeded size: `make prove ONLY=battery` runs two hundred seeds of each."""

from __future__ import annotations

import pytest
from scipy import stats

from tests.prove import _battery_grades, battery
from tests.prove import _battery_portfolios as made

GRADES = _battery_grades.CLEAN[0]


def test_any_grade_of_a_clean_book_is_rejected_as_often_as_the_computed_size_says():
    rejected = sum(GRADES.rejects(seed) for seed in range(1, 401))
    low, high = stats.binom.interval(0.999, 400, GRADES.size)
    assert low <= rejected <= high


def test_one_wrong_grade_among_eight_is_found():
    [planted] = _battery_grades.PLANTED
    assert sum(planted.rejects(seed) for seed in range(1, 51)) >= 40


def test_family_adjusted_together_keeps_its_size():
    families = [trial for trial in battery.CLEAN if trial.is_family]
    assert len(families) == 3
    assert all(trial.size <= trial.alpha for trial in families)


@pytest.mark.parametrize("fault", made.FAULTS, ids=lambda fault: fault.name)
def test_fault_of_a_portfolio_is_seen_by_its_check(fault):
    assert made.is_seen(fault, 3)


def test_clean_portfolio_ends_no_check_in_an_error_and_warns_little():
    said = made.verdicts(3)
    assert "error" not in said.values()
    assert sum(verdict in {"failed", "amber"} for verdict in said.values()) <= 1


def test_leak_is_named_and_nothing_else_in_a_clean_portfolio():
    from tests.prove._battery_leaks import is_false_alarm, is_found

    assert is_found(3)
    assert not is_false_alarm(3)
