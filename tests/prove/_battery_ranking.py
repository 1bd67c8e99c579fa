"""The tests of order, calibration, concentration and migration: each on a population that is as assigned, and on one with
a planted fault. The size of a discrete test is summed over all its outcomes; a test of continuous numbers has size α."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import special, stats

from quant.metrics import calibration
from quant.metrics.association import association
from quant.metrics.bins import freeze_bins
from quant.metrics.concentration import concentration_by_chance, concentration_change
from quant.metrics.cox import cox_calibration
from quant.metrics.discrimination import auc, auc_decline, auc_difference
from quant.metrics.entropy import entropy_ratio
from quant.metrics.information_value import information_value
from quant.metrics.migration import migration
from quant.metrics.vasicek import correlated_binomial, critical_count
from tests.prove._trials import Trial

ALPHA = 0.05
PD, OBLIGORS = 0.05, 1_000
GROUP_PDS, GROUP_SIZES = np.array([0.02, 0.05, 0.1, 0.2]), np.array([200, 200, 200, 200])
CORRELATION = 0.12
# Two normals one standard deviation apart.
TRUE_AUC = float(special.ndtr(1 / np.sqrt(2)))
MIGRATION_ROW, MIGRATION_SHARES = 200, np.array([0.7, 0.15, 0.15])
GRADE_RATE, GRADE_SIZE = 0.2, 80
GRADES = 20_000

Terms = tuple[np.ndarray, np.ndarray]


# --- One PD ---------------------------------------------------------------------------------------------------


def one_pd(test: Callable[..., calibration.PdTest], rate: float, seed: int) -> float:
    defaults = int(np.random.default_rng(seed).binomial(OBLIGORS, rate))
    return test(PD, OBLIGORS, defaults).p_value


def jeffreys_size() -> float:
    counts = np.arange(OBLIGORS + 1)
    return _share_of(stats.beta.cdf(PD, counts + 0.5, OBLIGORS - counts + 0.5) <= ALPHA)


def binomial_size() -> float:
    return _share_of(stats.binom.sf(np.arange(OBLIGORS + 1) - 1, OBLIGORS, PD) <= ALPHA)


def _share_of(rejecting: np.ndarray) -> float:
    return float(stats.binom.pmf(np.arange(OBLIGORS + 1), OBLIGORS, PD)[rejecting].sum())


def together(rate: float, seed: int) -> float:
    draw = np.random.default_rng(seed)
    factor = np.sqrt(CORRELATION) * draw.normal()
    bad_year = special.ndtr((special.ndtri(rate) + factor) / np.sqrt(1 - CORRELATION))
    defaults = int(draw.binomial(OBLIGORS, bad_year))
    return correlated_binomial(PD, OBLIGORS, defaults, correlation=CORRELATION).p_value


def together_size() -> float:
    first = critical_count(PD, OBLIGORS, correlation=CORRELATION, alpha=ALPHA)
    return correlated_binomial(PD, OBLIGORS, first, correlation=CORRELATION).p_value


# --- All PDs --------------------------------------------------------------------------------------------------


def fit_of_groups(factor: float, seed: int) -> float:
    defaults = np.random.default_rng(seed).binomial(GROUP_SIZES, factor * GROUP_PDS)
    origin = calibration.PdOrigin.FIXED_BEFOREHAND
    return calibration.hosmer_lemeshow(GROUP_PDS, GROUP_SIZES, defaults, origin=origin).p_value


def fit_of_obligors(factor: float, seed: int) -> float:
    pds = np.repeat(GROUP_PDS, GROUP_SIZES)
    defaulted = np.random.default_rng(seed).random(pds.size) < factor * pds
    return calibration.spiegelhalter(defaulted, pds).p_value


def group_terms(value: Callable[[np.ndarray, int, float], np.ndarray]) -> list[Terms]:
    """For each group what every count of defaults adds to the statistic, and how likely it is."""
    made = []
    for n, pd in zip(GROUP_SIZES.tolist(), GROUP_PDS.tolist(), strict=True):
        counts = np.arange(n + 1)
        made.append((value(counts, n, pd), stats.binom.pmf(counts, n, pd)))
    return made


def tail(terms: list[Terms], limit: float) -> float:
    """P(sum of four independent terms ≥ limit), exactly: two pairs of terms, one of them sorted."""
    (first, weight), (second, other) = (_paired(*terms[:2]), _paired(*terms[2:]))
    order = np.argsort(second)
    above = np.append(np.cumsum(other[order][::-1])[::-1], 0.0)
    return float(np.sum(weight * above[np.searchsorted(second[order], limit - first)]))


def _paired(one: Terms, other: Terms) -> Terms:
    return np.add.outer(one[0], other[0]).ravel(), np.multiply.outer(one[1], other[1]).ravel()


def hosmer_lemeshow_size() -> float:
    terms = group_terms(lambda bads, n, pd: (bads - n * pd) ** 2 / (n * pd * (1 - pd)))
    return tail(terms, float(stats.chi2.isf(ALPHA, len(GROUP_PDS))))


def spiegelhalter_size() -> float:
    spread = np.sqrt(np.sum(GROUP_SIZES * (1 - 2 * GROUP_PDS) ** 2 * GROUP_PDS * (1 - GROUP_PDS)))
    limit = float(-special.ndtri(ALPHA / 2) * spread)
    rising = group_terms(lambda bads, n, pd: (bads - n * pd) * (1 - 2 * pd))
    falling = [(-values, weights) for values, weights in rising]
    return tail(rising, limit) + tail(falling, limit)


def cox(slope: float, seed: int) -> float:
    draw = np.random.default_rng(seed)
    log_odds = -1.5 + draw.normal(size=3_000)
    defaulted = draw.random(3_000) < special.expit(slope * log_odds)
    return cox_calibration(defaulted, special.expit(log_odds)).p_value


# --- Order ----------------------------------------------------------------------------------------------------


def decline(fall: float, seed: int) -> float:
    draw = np.random.default_rng(seed)
    score = np.concatenate([draw.normal(1, 1, 400), draw.normal(0, 1, 1_600)])
    return auc_decline(TRUE_AUC + fall, auc(np.arange(2_000) < 400, score)).p_value


def two_scores(noise: float, seed: int) -> float:
    """Both see the same risk through noise of their own; `noise` is that of the second, the first has 1."""
    draw = np.random.default_rng(seed)
    risk = draw.normal(size=2_000)
    defaulted = draw.random(2_000) < special.expit(-1.5 + risk)
    first, second = risk + draw.normal(size=2_000), risk + noise * draw.normal(size=2_000)
    return auc_difference(defaulted, first, second).p_value


def pairs(strength: float, seed: int) -> float:
    draw = np.random.default_rng(seed)
    score = draw.normal(size=1_000)
    return association(draw.random(1_000) < special.expit(-1.5 + strength * score), score).p_value


def grades_that_say(spread: float, seed: int) -> float:
    rates = GRADE_RATE + spread * np.array([-1, 0, 1])
    defaults = np.random.default_rng(seed).binomial(GRADE_SIZE, rates)
    return entropy_ratio([GRADE_SIZE] * 3, defaults).p_value


def grades_size() -> float:
    """All counts of three grades; the likelihood ratio by its own formula, 2·Σ D·ln(D/E) over both outcomes."""
    counts = np.arange(GRADE_SIZE + 1)
    bads = np.stack(np.meshgrid(counts, counts, counts, indexing="ij")).reshape(3, -1)
    expected = np.clip(bads.mean(axis=0), 1e-12, GRADE_SIZE - 1e-12)
    ratio = 2 * (
        special.rel_entr(bads, expected) + special.rel_entr(GRADE_SIZE - bads, GRADE_SIZE - expected)
    )
    weight = np.prod(stats.binom.pmf(bads, GRADE_SIZE, GRADE_RATE), axis=0)
    return float(weight[ratio.sum(axis=0) >= stats.chi2.isf(ALPHA, 2)].sum())


def one_input(strength: float, seed: int) -> float:
    draw = np.random.default_rng(seed)
    defaulted = draw.random(4_000) < 0.2
    values = draw.normal(size=4_000) + strength * defaulted
    bins = freeze_bins(values, bins=10, floor=1e-4)
    return information_value(defaulted, values, bins=bins).p_value


# --- Grades over time -----------------------------------------------------------------------------------------


def shares_of_many_grades(current: float, seed: int) -> float:
    """What the guideline's test supposes: the shares are draws of their own, and there are so many of them that its
    normal theory holds. Normal ones, with a coefficient of .2 before."""
    before = 1 + 0.2 * _standardised(special.ndtri((np.arange(GRADES) + 0.5) / GRADES))
    after = 1 + current * np.random.default_rng(seed).normal(size=GRADES)
    return concentration_change(before, np.maximum(after, 0)).p_value


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def obligors_in_grades(power: float, seed: int) -> float:
    """Grades cut at the quantiles of 3,000 PDs, 1,000 obligors later; a power above 1 gathers them in the low ones."""
    draw = np.random.default_rng(seed)
    before, after = draw.random(3_000), draw.random(1_000) ** power
    edges = np.quantile(before, np.arange(1, 10) / 10)
    counts = [np.bincount(np.searchsorted(edges, part), minlength=10) for part in (before, after)]
    return concentration_by_chance(*counts, seed=seed, draws=999).p_value


def rise_away(shares: np.ndarray, seed: int) -> float:
    """From grade 1 to grade 3 against grade 2."""
    row = np.random.default_rng(seed).multinomial(MIGRATION_ROW, shares)
    found = migration([row, [0, 1, 0], [0, 0, 1]])
    p_value = next(each.p_value for each in found.cells if (each.row, each.column) == (1, 3))
    return 1.0 if p_value is None else p_value


def migration_size() -> float:
    inner, outer = (axis.ravel() for axis in np.meshgrid(*[np.arange(MIGRATION_ROW + 1)] * 2, indexing="ij"))
    held = (inner + outer <= MIGRATION_ROW) & (inner + outer > 0)
    inner, outer = inner[held], outer[held]
    weight = stats.multinomial.pmf(
        np.stack([MIGRATION_ROW - inner - outer, inner, outer], axis=1), MIGRATION_ROW, MIGRATION_SHARES
    )
    gap = (inner - outer) / MIGRATION_ROW
    variance = ((inner + outer) / MIGRATION_ROW - gap**2) / MIGRATION_ROW
    # Where all moved to one grade there is no variance and no p; nothing is rejected there.
    z = np.divide(gap, np.sqrt(variance), out=np.zeros_like(gap), where=variance > 0)
    return float(weight[special.ndtr(z) <= ALPHA].sum())


CLEAN: tuple[Trial, ...] = (
    Trial("Jeffreys", ALPHA, partial(one_pd, calibration.jeffreys, PD), jeffreys_size()),
    Trial("exact binomial", ALPHA, partial(one_pd, calibration.exact_binomial, PD), binomial_size()),
    Trial("correlated binomial", ALPHA, partial(together, PD), together_size()),
    Trial("Hosmer-Lemeshow", ALPHA, partial(fit_of_groups, 1.0), hosmer_lemeshow_size()),
    Trial("Spiegelhalter", ALPHA, partial(fit_of_obligors, 1.0), spiegelhalter_size()),
    Trial("Cox, likelihood ratio", ALPHA, partial(cox, 1.0), ALPHA),
    Trial("AUC decline", ALPHA, partial(decline, 0.0), ALPHA),
    Trial("paired AUC difference", ALPHA, partial(two_scores, 1.0), ALPHA),
    Trial("Kendall", ALPHA, partial(pairs, 0.0), ALPHA),
    Trial("entropy of the grades", ALPHA, partial(grades_that_say, 0.0), grades_size()),
    Trial("information value", ALPHA, partial(one_input, 0.0), ALPHA),
    Trial("concentration, z of the guideline", ALPHA, partial(shares_of_many_grades, 0.2), ALPHA),
    Trial("concentration, by chance", ALPHA, partial(obligors_in_grades, 1.0), ALPHA),
    Trial("migration z", ALPHA, partial(rise_away, MIGRATION_SHARES), migration_size()),
)
_SIZES = {trial.name: trial.size for trial in CLEAN}


def _planted(name: str, fault: str, p_value: Callable[[int], float]) -> Trial:
    return Trial(f"{name}: {fault}", ALPHA, p_value, _SIZES[name])


PLANTED: tuple[Trial, ...] = (
    _planted("Jeffreys", "rate 1.75 PD", partial(one_pd, calibration.jeffreys, 1.75 * PD)),
    _planted("exact binomial", "rate 1.75 PD", partial(one_pd, calibration.exact_binomial, 1.75 * PD)),
    _planted("correlated binomial", "rate 5 PD", partial(together, 5 * PD)),
    _planted("Hosmer-Lemeshow", "rates 1.75 PD", partial(fit_of_groups, 1.75)),
    _planted("Spiegelhalter", "rates 1.75 PD", partial(fit_of_obligors, 1.75)),
    _planted("Cox, likelihood ratio", "slope .7", partial(cox, 0.7)),
    _planted("AUC decline", "by .05", partial(decline, 0.05)),
    _planted("paired AUC difference", "twice the noise", partial(two_scores, 2.0)),
    _planted("Kendall", "log-odds .5 a deviation", partial(pairs, 0.5)),
    _planted("entropy of the grades", "rates .05, .2, .35", partial(grades_that_say, 0.15)),
    _planted("information value", "leak of one deviation", partial(one_input, 1.0)),
    _planted(
        "concentration, z of the guideline", "coefficient .21 after .2", partial(shares_of_many_grades, 0.21)
    ),
    _planted("concentration, by chance", "shift to low PDs", partial(obligors_in_grades, 1.5)),
    _planted("migration z", "more leap than step", partial(rise_away, np.array([0.7, 0.07, 0.23]))),
)
