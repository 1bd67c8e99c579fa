"""Has the population moved since the reference was frozen? Effect sizes beside p-values."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import spatial, stats

from quant.arrays import Floats, Ints, numbers
from quant.errors import NotMeasurable
from quant.metrics.bins import FrozenBins
from quant.scalars import share


@dataclass(frozen=True, slots=True)
class PsiBin:
    """Shares as observed; `contribution` is computed after the floor."""

    name: str
    expected_share: float
    actual_share: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Psi:
    """Population stability index; if nothing moved, `critical` is exceeded with chance 1 − `confidence`."""

    value: float
    critical: float
    p_value: float
    confidence: float
    floor: float
    floored: int
    bins: tuple[PsiBin, ...]
    n_reference: int
    n_current: int


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """Homogeneity of two samples over the same bins; Cramér's V is the effect size."""

    statistic: float
    degrees_of_freedom: int
    p_value: float
    cramers_v: float
    n_reference: int
    n_current: int


@dataclass(frozen=True, slots=True)
class KsShift:
    """Largest distance between two empirical distributions, the effect size itself, with an asymptotic p."""

    value: float
    p_value: float
    n_reference: int
    n_current: int
    missing_reference: int
    missing_current: int


@dataclass(frozen=True, slots=True)
class JensenShannon:
    """Divergence in bits, 0 for equal and 1 for disjoint
    distributions; its square root is a distance. No p-value.
    """

    divergence: float
    distance: float
    n_reference: int
    n_current: int


def psi(reference: FrozenBins, current: npt.ArrayLike, *, confidence: float) -> Psi:
    """Σ(a−e)·ln(a/e) over the bins that either sample occupies, with χ²_{confidence,B−1}·(1/n+1/m).

    Also the CSI of one feature. current: (m,). Raises NotMeasurable where
    both samples fill one and the same bin only. Source: Yurdakul 2018.
    """
    names, e_counts, a_counts = _occupied(reference, current)
    n, m = int(e_counts.sum()), int(a_counts.sum())
    expected, actual = e_counts / n, a_counts / m
    e, a = np.maximum(expected, reference.floor), np.maximum(actual, reference.floor)
    parts = (a - e) * np.log(a / e)
    value, scale, freedom = float(parts.sum()), 1 / n + 1 / m, len(names) - 1
    critical = float(stats.chi2.ppf(share("confidence", confidence), freedom)) * scale
    return Psi(
        value=value,
        critical=critical,
        p_value=float(stats.chi2.sf(value / scale, freedom)),
        confidence=confidence,
        floor=reference.floor,
        floored=int((expected < reference.floor).sum() + (actual < reference.floor).sum()),
        bins=_psi_bins(names, expected, actual, parts),
        n_reference=n,
        n_current=m,
    )


def chi_square_shift(reference: FrozenBins, current: npt.ArrayLike) -> ChiSquare:
    """Pearson's χ² of the 2 × B table. current: (m,). Errors as for `psi`."""
    names, expected, actual = _occupied(reference, current)
    found = stats.chi2_contingency(np.vstack([expected, actual]), correction=False)
    total = int(expected.sum() + actual.sum())
    effect = float(np.sqrt(found.statistic / total))
    return ChiSquare(
        float(found.statistic),
        len(names) - 1,
        float(found.pvalue),
        effect,
        int(expected.sum()),
        int(actual.sum()),
    )


def ks_shift(reference: npt.ArrayLike, current: npt.ArrayLike) -> KsShift:
    """Two-sample Kolmogorov-Smirnov test of what is present; missing values are counted, not compared."""
    before, after = numbers("reference", reference), numbers("current", current)
    known, seen = before[~np.isnan(before)], after[~np.isnan(after)]
    if not known.size or not seen.size:
        raise NotMeasurable("Cannot compare the two samples: every value of one is missing.")
    found = stats.ks_2samp(known, seen, method="asymp")
    return KsShift(
        value=float(found.statistic),
        p_value=min(1.0, float(found.pvalue)),
        n_reference=known.size,
        n_current=seen.size,
        missing_reference=before.size - known.size,
        missing_current=after.size - seen.size,
    )


def jensen_shannon(reference: FrozenBins, current: npt.ArrayLike) -> JensenShannon:
    """Jensen-Shannon divergence over the frozen bins; needs no floor. current: (m,)."""
    _, expected, actual = _occupied(reference, current)
    distance = float(spatial.distance.jensenshannon(expected, actual, base=2))
    return JensenShannon(distance**2, distance, int(expected.sum()), int(actual.sum()))


def _occupied(reference: FrozenBins, current: npt.ArrayLike) -> tuple[list[str], Ints, Ints]:
    expected, actual = np.asarray(reference.counts, dtype=np.int64), reference.count(current)
    held = (expected + actual) > 0
    if held.sum() < 2:
        raise NotMeasurable("Cannot see a shift: both samples lie in one and the same bin.")
    names = [name for name, is_held in zip(reference.names, held.tolist(), strict=True) if is_held]
    return names, expected[held], actual[held]


def _psi_bins(names: list[str], expected: Floats, actual: Floats, parts: Floats) -> tuple[PsiBin, ...]:
    rows = zip(names, expected.tolist(), actual.tolist(), parts.tolist(), strict=True)
    return tuple(PsiBin(*row) for row in rows)
