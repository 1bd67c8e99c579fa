"""The proofs of the battery at a small seeded size: `make prove ONLY=battery` runs two hundred seeds of each."""

from __future__ import annotations

import pytest

from tests.prove import _battery_portfolios as made
from tests.prove import battery

SEEDS = 12
SURE = 0.999


@pytest.mark.parametrize("trial", battery.CLEAN, ids=lambda trial: trial.name)
def test_clean_data_is_rejected_no_more_often_than_the_exact_size_says(trial):
    from scipy import stats

    rejected = sum(trial.p_value(seed) <= trial.alpha for seed in range(1, SEEDS + 1))
    assert rejected <= stats.binom.ppf(SURE, SEEDS, trial.size)


@pytest.mark.parametrize("trial", battery.PLANTED, ids=lambda trial: trial.name)
def test_planted_fault_is_mostly_found(trial):
    assert sum(trial.p_value(seed) <= trial.alpha for seed in (1, 2, 3)) >= 2


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
