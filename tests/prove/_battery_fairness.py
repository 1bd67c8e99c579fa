"""The fairness and stability tests on populations of which the truth is known.

Sizes are computed by other code than the tests': sums over all outcomes, exact distributions, a recursion. Only the
critical value of PSI has no exact size at hand and is asked for its α.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from quant.errors import NotMeasurable
from quant.fairness.group_calibration import calibration_by_group, pds_by_group
from quant.fairness.groups import Comparison, GroupCount
from quant.fairness.impact import adverse_impact_ratio
from quant.metrics.bins import freeze_bins, freeze_levels
from quant.metrics.feature_shift import ShiftLimits, adjusted_shifts, number_shift
from quant.metrics.power import jeffreys_power
from quant.metrics.stability import chi_square_shift, ks_shift, psi
from tests.prove._trials import Trial

ALPHA = 0.05
DECLARED = Comparison("reference", minimum_n=1)
LARGE, SMALL = (200, 300), (8, 10)
LEVELS, ROWS = np.array([0.3, 0.3, 0.4]), 30
VALUES = 300
GROUPS, OBLIGORS = 5, 400
PDS = np.linspace(0.02, 0.20, OBLIGORS)
INPUTS = 5

Floats = npt.NDArray[np.float64]


def impact(sizes: tuple[int, int], rates: tuple[float, float]) -> Callable[[int], float]:
    """Group and reference approved at these rates. A reference without approval has no ratio, so nothing rejects."""

    def p_value(seed: int) -> float:
        draw = np.random.default_rng(seed)
        group, reference = (int(draw.binomial(n, rate)) for n, rate in zip(sizes, rates, strict=True))
        counts = GroupCount("group", group, sizes[0]), GroupCount("reference", reference, sizes[1])
        try:
            return adverse_impact_ratio(*counts, comparison=DECLARED).p_value
        except NotMeasurable:
            return 1.0

    return p_value


def impact_size(sizes: tuple[int, int], rate: float, p_of: Callable[[int, int], float]) -> float:
    """The sum over every pair of counts that rejects."""
    chances = [stats.binom.pmf(np.arange(n + 1), n, rate) for n in sizes]
    return float(
        sum(
            chances[0][group] * chances[1][reference]
            for group in range(sizes[0] + 1)
            for reference in range(1, sizes[1] + 1)
            if p_of(group, reference) <= ALPHA
        )
    )


def pooled_p(group: int, reference: int) -> float:
    """Pearson's χ² of the 2 × 2 table is the square of the pooled z."""
    n, m = LARGE
    yes, total = group + reference, n + m
    if yes in (0, total):
        return 1.0
    statistic = (
        total * (group * (m - reference) - reference * (n - group)) ** 2 / (n * m * yes * (total - yes))
    )
    return float(special.erfc(np.sqrt(statistic / 2)))


def fisher_p(group: int, reference: int) -> float:
    n, m = SMALL
    return float(stats.fisher_exact([[group, n - group], [reference, m - reference]]).pvalue)


def psi_trial(moved: float) -> Callable[[int], float]:
    def p_value(seed: int) -> float:
        draw = np.random.default_rng(seed)
        frozen = freeze_bins(draw.normal(size=5000), bins=10, floor=1e-4)
        return psi(frozen, draw.normal(moved, 1, 4000), confidence=0.95).p_value

    return p_value


def ks_trial(moved: float) -> Callable[[int], float]:
    def p_value(seed: int) -> float:
        draw = np.random.default_rng(seed)
        return ks_shift(draw.normal(size=VALUES), draw.normal(moved, 1, VALUES)).p_value

    return p_value


def ks_size(alpha: float) -> float:
    """Two samples of equal size reject from a gap of k/n on; its chance is that of scipy's exact distribution."""
    gaps = np.arange(1, VALUES + 1)
    told = stats.kstwo.sf(gaps / VALUES, VALUES // 2)
    least = int(gaps[told <= alpha][0])
    apart = np.arange(VALUES, dtype=float)
    return float(stats.ks_2samp(apart, apart + least - 0.5, method="exact").pvalue)


def levels_trial(now: Floats) -> Callable[[int], float]:
    def p_value(seed: int) -> float:
        draw = np.random.default_rng(seed)
        before, after = draw.choice(3, ROWS, p=LEVELS), draw.choice(3, ROWS, p=now)
        return chi_square_shift(freeze_levels(before, floor=1e-4), after).p_value

    return p_value


def levels_size() -> float:
    """The sum over every pair of tables of three levels that rejects; a level of neither sample is no level."""
    tables = np.array([(a, b, ROWS - a - b) for a in range(ROWS + 1) for b in range(ROWS + 1 - a)])
    chance = stats.multinomial.pmf(tables, ROWS, LEVELS)
    one, other = tables[:, None, :], tables[None, :, :]
    both = one + other
    parts = np.divide((one - other) ** 2, both, out=np.zeros(both.shape), where=both > 0)
    rejects = stats.chi2.sf(parts.sum(-1), (both > 0).sum(-1) - 1) <= ALPHA
    return float((chance[:, None] * chance[None, :])[rejects].sum())


def groups_trial(factors: Sequence[float]) -> Callable[[int], float]:
    """The smallest p after Holm over groups whose obligors default at a factor times their PDs."""
    names = np.repeat([f"group {at}" for at in range(len(factors))], OBLIGORS)
    pds = np.tile(PDS, len(factors))
    rates = np.concatenate([factor * PDS for factor in factors])

    def p_value(seed: int) -> float:
        bad = np.random.default_rng(seed).random(rates.size) < rates
        return min(calibration_by_group(pds_by_group(bad, pds, names), family="groups").holm.adjusted)

    return p_value


def groups_size(groups: int) -> float:
    """Holm's smallest adjusted p is Bonferroni's, and the groups are independent: 1 − (1 − size of one at α/groups)^groups.

    The defaults of one group are a sum of unequal coins, so their distribution is a convolution.
    """
    first = jeffreys_power(float(PDS.mean()), OBLIGORS, alpha=ALPHA / groups, factor=1.5).rejects_from
    chances = np.ones(1)
    for pd in PDS:
        chances = np.convolve(chances, [1 - pd, pd])
    one = 0.0 if first is None else float(chances[first:].sum())
    return 1 - (1 - one) ** groups


def inputs_trial(moved: float) -> Callable[[int], float]:
    """The smallest p after Benjamini and Hochberg over independent inputs, the first of which moves."""
    limits = ShiftLimits(alpha=ALPHA, ks=0.10, cramers_v=0.10)

    def p_value(seed: int) -> float:
        draw = np.random.default_rng(seed)
        shifts = [
            number_shift(
                f"x{at}", draw.normal(size=VALUES), draw.normal(0 if at else moved, 1, VALUES), bins=10
            )
            for at in range(INPUTS)
        ]
        return min(each.p_adjusted for each in adjusted_shifts(shifts, limits=limits))

    return p_value


def inputs_size() -> float:
    """Nothing rejects where, for every i, fewer than i of the inputs have p ≤ i·α/inputs. A recursion over i: `kept`
    holds the chance of each number of inputs below the step, and only numbers below i go on."""
    steps = [0.0, *(ks_size(ALPHA * step / INPUTS) for step in range(1, INPUTS + 1))]
    kept = {0: 1.0}
    for at in range(1, INPUTS + 1):
        share = (steps[at] - steps[at - 1]) / (1 - steps[at - 1])
        moved: dict[int, float] = {}
        for below, chance in kept.items():
            for more in range(at - below):
                step = chance * float(stats.binom.pmf(more, INPUTS - below, share))
                moved[below + more] = moved.get(below + more, 0.0) + step
        kept = moved
    return 1 - sum(kept.values())


_SIZES = {
    "impact ratio, pooled z": impact_size(LARGE, 0.7, pooled_p),
    "impact ratio, Fisher": impact_size(SMALL, 0.6, fisher_p),
    "PSI beyond its critical value": ALPHA,
    "KS shift": ks_size(ALPHA),
    "χ² shift": levels_size(),
    "calibration inside one group": groups_size(1),
    "calibration inside any group, Holm": groups_size(GROUPS),
    "shift of any input, Benjamini-Hochberg": inputs_size(),
}


def _trials(**p_values: Callable[[int], float]) -> tuple[Trial, ...]:
    return tuple(
        Trial(name, ALPHA, p_value, size, is_family=" any " in name)
        for (name, size), p_value in zip(_SIZES.items(), p_values.values(), strict=True)
    )


CLEAN: tuple[Trial, ...] = _trials(
    pooled=impact(LARGE, (0.7, 0.7)),
    fisher=impact(SMALL, (0.6, 0.6)),
    psi=psi_trial(0.0),
    ks=ks_trial(0.0),
    levels=levels_trial(LEVELS),
    one_group=groups_trial([1.0]),
    any_group=groups_trial([1.0] * GROUPS),
    any_input=inputs_trial(0.0),
)
# The same tests with a fault: a rate of .5 beside .7, half a standard deviation, twice the PD in one group.
PLANTED: tuple[Trial, ...] = _trials(
    pooled=impact(LARGE, (0.5, 0.7)),
    fisher=impact(SMALL, (0.1, 0.95)),
    psi=psi_trial(0.5),
    ks=ks_trial(0.5),
    levels=levels_trial(np.array([0.8, 0.1, 0.1])),
    one_group=groups_trial([2.0]),
    any_group=groups_trial([2.0, *[1.0] * (GROUPS - 1)]),
    any_input=inputs_trial(0.5),
)
