"""How often each test of order and calibration rejects what is right, and whether it finds what is planted.

The same trials as at full size (`tests/prove/_battery_ranking.py`), over fewer seeds.
"""

import numpy as np
import pytest
from scipy import stats

from tests.prove._battery_ranking import CLEAN, PLANTED, tail

SEEDS = 100
DISCRETE = [trial for trial in CLEAN if trial.size != trial.alpha]


def rejections(trial, seeds):
    return sum(trial.rejects(seed) for seed in range(seeds))


@pytest.mark.parametrize("trial", CLEAN, ids=lambda trial: trial.name)
def test_what_is_right_is_rejected_as_often_as_the_size_says(trial):
    """The 99.9 % band: of fourteen tests at 99 % one would leave it in every seventh choice of seeds."""
    low, high = stats.binom.interval(0.999, SEEDS, trial.size)
    assert low <= rejections(trial, SEEDS) <= high


@pytest.mark.parametrize("trial", PLANTED, ids=lambda trial: trial.name)
def test_planted_fault_is_found_with_the_power_that_a_pass_takes(trial):
    assert rejections(trial, SEEDS) >= 80


@pytest.mark.parametrize("trial", DISCRETE, ids=lambda trial: trial.name)
def test_computed_size_is_that_of_many_seeds(trial):
    error = np.sqrt(trial.size * (1 - trial.size) / 2_000)
    assert rejections(trial, 2_000) / 2_000 == pytest.approx(trial.size, abs=4 * error)


def test_tail_of_four_terms_is_that_of_all_their_combinations():
    draw = np.random.default_rng(2)
    terms = [(draw.normal(size=3), np.array([0.2, 0.3, 0.5])) for _ in range(4)]
    values = np.add.outer(np.add.outer(terms[0][0], terms[1][0]), np.add.outer(terms[2][0], terms[3][0]))
    weights = np.multiply.outer(*[np.multiply.outer(terms[0][1], terms[1][1])] * 2)
    for limit in (-1.0, 0.3, 2.0):
        assert tail(terms, limit) == pytest.approx(weights[values >= limit].sum())
