"""Are the assigned PDs high enough, and do they fit? Tests of PDs against observed defaults."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from quant import intervals
from quant.arrays import Floats, Ints, binary, counts, probabilities, require_same_length
from quant.errors import BadInput, NotMeasurable
from quant.intervals import Interval
from quant.metrics.multiple import Adjusted, benjamini_hochberg, holm
from quant.scalars import share


class PdOrigin(StrEnum):
    """Where the PDs come from; it decides the degrees of freedom of Hosmer-Lemeshow."""

    FIXED_BEFOREHAND = "fixed_beforehand"
    FITTED_IN_SAMPLE = "fitted_in_sample"


@dataclass(frozen=True, slots=True)
class PdTest:
    """One-sided test of one PD: a small p says it is too low. The interval is that of the observed rate."""

    assigned_pd: float
    n: int
    defaults: int
    p_value: float
    interval: Interval

    @property
    def observed_rate(self) -> float:
        return self.defaults / self.n


@dataclass(frozen=True, slots=True)
class GradeTests:
    """Jeffreys per grade: `grades` are the positions of the tested ones, `empty` those without obligors."""

    grades: tuple[int, ...]
    tests: tuple[PdTest, ...]
    holm: Adjusted
    benjamini_hochberg: Adjusted
    empty: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HosmerLemeshow:
    statistic: float
    degrees_of_freedom: int
    p_value: float
    groups: int
    n: int


@dataclass(frozen=True, slots=True)
class Spiegelhalter:
    """Two-sided: z above 0 when outcomes are worse than the probabilities say."""

    z: float
    p_value: float
    n: int


def jeffreys(assigned_pd: float, n: int, defaults: int, *, level: float = 0.95) -> PdTest:
    """p = BetaCDF(PD; D+½, N−D+½), the posterior probability under Jeffreys' prior of a rate up to the PD.

    Raises BadInput for an impossible count or PD, NotMeasurable for n = 0. Source: ECB 2019.
    """
    pd = share("assigned_pd", assigned_pd)
    band = intervals.jeffreys_interval(defaults, n, level)
    return PdTest(pd, n, defaults, float(special.betainc(defaults + 0.5, n - defaults + 0.5, pd)), band)


def exact_binomial(assigned_pd: float, n: int, defaults: int, *, level: float = 0.95) -> PdTest:
    """p = P(X ≥ D), X binomial(N, PD); Clopper-Pearson interval. Errors as for `jeffreys`. Source: WP14."""
    pd = share("assigned_pd", assigned_pd)
    band = intervals.clopper_pearson(defaults, n, level)
    return PdTest(pd, n, defaults, float(stats.binom.sf(defaults - 1, n, pd)), band)


def jeffreys_by_grade(
    assigned_pds: npt.ArrayLike, sizes: npt.ArrayLike, defaults: npt.ArrayLike, *, family: str
) -> GradeTests:
    """Jeffreys for every grade with an obligor, adjusted over these. Arrays are (K,), K frozen grades."""
    pds, n, bads = _grades(assigned_pds, sizes, defaults)
    held = np.flatnonzero(n).tolist()
    if not held:
        raise NotMeasurable("Cannot test any grade: all of them are empty.")
    tests = tuple(jeffreys(float(pds[k]), int(n[k]), int(bads[k])) for k in held)
    raw = [test.p_value for test in tests]
    empty = tuple(np.flatnonzero(n == 0).tolist())
    return GradeTests(
        tuple(held), tests, holm(raw, family=family), benjamini_hochberg(raw, family=family), empty
    )


def hosmer_lemeshow(
    group_pds: npt.ArrayLike, sizes: npt.ArrayLike, defaults: npt.ArrayLike, *, origin: PdOrigin
) -> HosmerLemeshow:
    """C = Σ(D−n·p)²/(n·p·(1−p)) against χ² with G degrees
    of freedom (G−2 if the PDs were fitted on this sample).

    All arrays are (G,); empty groups are left out. Raises NotMeasurable where no degree of freedom is left or
    a group's PD is 0 or 1. To be reported, never to select a model by. Source: Basel WP14.
    """
    pds, n, bads = _grades(group_pds, sizes, defaults)
    p, size, observed = pds[n > 0], n[n > 0], bads[n > 0]
    freedom = p.size if origin is PdOrigin.FIXED_BEFOREHAND else p.size - 2
    if freedom < 1:
        raise NotMeasurable(
            f"Cannot test the fit of {p.size} groups: no degree of freedom is left. Form more groups."
        )
    variance = size * p * (1 - p)
    if not variance.all():
        raise NotMeasurable(
            "Cannot test the fit: a group has a PD of 0 or 1, which any deviation contradicts."
        )
    statistic = float(np.sum((observed - size * p) ** 2 / variance))
    return HosmerLemeshow(
        statistic, freedom, float(stats.chi2.sf(statistic, freedom)), p.size, int(size.sum())
    )


def spiegelhalter(defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike) -> Spiegelhalter:
    """z = Σ(y−p)(1−2p) / √Σ(1−2p)²p(1−p), two-sided. Arrays are (n,). Source: Spiegelhalter 1986; Basel WP14.

    Raises NotMeasurable where every PD is 0, ½ or 1: the statistic has no variance there.
    """
    outcome, p = binary("defaulted", defaulted), probabilities("assigned_pd", assigned_pd)
    require_same_length(defaulted=outcome, assigned_pd=p)
    weight = 1 - 2 * p
    variance = float(np.sum(weight**2 * p * (1 - p)))
    if variance == 0:
        raise NotMeasurable("Cannot compute Spiegelhalter's z: every PD is 0, one half or 1.")
    z = float(np.sum((outcome - p) * weight)) / sqrt(variance)
    return Spiegelhalter(z, float(2 * special.ndtr(-abs(z))), outcome.size)


def _grades(
    assigned_pds: npt.ArrayLike, sizes: npt.ArrayLike, defaults: npt.ArrayLike
) -> tuple[Floats, Ints, Ints]:
    pds, n, bads = probabilities("PDs", assigned_pds), counts("sizes", sizes), counts("defaults", defaults)
    require_same_length(pds=pds, sizes=n, defaults=bads)
    if (bads > n).any():
        raise BadInput("Cannot use the grades: one has more defaults than obligors.")
    return pds, n, bads
