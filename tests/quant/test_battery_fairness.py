"""A few seeds of the proof of the battery: rejections under the null as often as computed, planted faults found."""

from __future__ import annotations

import pytest
from scipy import stats

from tests.prove._battery_fairness import CLEAN, PLANTED
from tests.prove._trials import Trial

SEEDS, PLANTED_SEEDS = 200, 40


def rejections(trial: Trial, seeds: int) -> int:
    return sum(trial.rejects(seed) for seed in range(seeds))


@pytest.mark.parametrize("trial", CLEAN, ids=lambda trial: trial.name)
def test_clean_populations_reject_as_often_as_computed(trial):
    low, high = stats.binom.interval(0.99, SEEDS, trial.size)
    assert low <= rejections(trial, SEEDS) <= high


@pytest.mark.parametrize("trial", CLEAN, ids=lambda trial: trial.name)
def test_no_test_is_larger_than_it_says(trial):
    """The pooled z and Pearson's χ² only approximate their level; a tenth of it is what they may miss."""
    assert 0 < trial.size <= 1.1 * trial.alpha


@pytest.mark.parametrize("trial", PLANTED, ids=lambda trial: trial.name)
def test_planted_faults_are_found(trial):
    assert rejections(trial, PLANTED_SEEDS) >= 0.95 * PLANTED_SEEDS
