"""The family of grades: Holm over Jeffreys tests, clean and with one grade whose PD is too low."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import stats

from quant.metrics.calibration import jeffreys_by_grade
from tests.prove._trials import Trial

ALPHA = 0.05
PDS = np.array([0.01, 0.02, 0.04, 0.07, 0.11, 0.17, 0.25, 0.40])
OBLIGORS = np.array([900, 800, 700, 600, 500, 400, 300, 200])
_WRONG = 4


def smallest(factor: float, seed: int) -> float:
    """One grade defaults at so many times its PD, the others as assigned."""
    rates = PDS * np.where(np.arange(PDS.size) == _WRONG, factor, 1.0)
    defaults = np.random.default_rng(seed).binomial(OBLIGORS, rates)
    return float(min(jeffreys_by_grade(PDS, OBLIGORS, defaults, family="grades").holm.adjusted))


def size() -> float:
    """Holm rejects something where the smallest p is at most α/K, and grades are independent. A grade's chance is the
    sum of the binomial over the counts whose beta tail is that small."""
    kept = 1.0
    for pd, n in zip(PDS, OBLIGORS, strict=True):
        counts = np.arange(n + 1)
        tail = stats.beta.cdf(pd, counts + 0.5, n - counts + 0.5)
        kept *= 1 - float(stats.binom.pmf(counts[tail <= ALPHA / PDS.size], n, pd).sum())
    return 1 - kept


_NAME = "Jeffreys of any grade, Holm"
CLEAN = (Trial(_NAME, ALPHA, partial(smallest, 1.0), size(), is_family=True),)
PLANTED = (
    Trial(f"{_NAME}: one grade at 1.75 PD", ALPHA, partial(smallest, 1.75), CLEAN[0].size, is_family=True),
)
