"""How much of the uncertainty about default the grades take away."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from quant.arrays import Floats, counts, require_same_length
from quant.errors import BadInput, NotMeasurable


@dataclass(frozen=True, slots=True)
class EntropyRatio:
    """0: the grades say nothing; 1: they say everything. The p is of grades that say nothing."""

    value: float
    p_value: float
    grades: int
    n: int


def entropy_ratio(sizes: npt.ArrayLike, defaults: npt.ArrayLike) -> EntropyRatio:
    """CIER = 1 − Σ(n_k/N)·H(D_k/n_k)/H(D/N), H the entropy of a rate. sizes, defaults: (K,); empty grades are left out.

    2N times the entropy taken away, in nats, is the likelihood ratio statistic of equal rates: χ² with K−1 degrees of
    freedom. Raises BadInput for malformed counts, NotMeasurable for one class or fewer than two grades with an
    obligor. Source: Keenan and Sobehart 1999; Basel WP14.
    """
    n, bads = counts("sizes", sizes), counts("defaults", defaults)
    require_same_length(sizes=n, defaults=bads)
    if (bads > n).any():
        raise BadInput("Cannot use the grades: one has more defaults than obligors.")
    held, total = n > 0, int(n.sum())
    if held.sum() < 2:
        raise NotMeasurable("Cannot measure what the grades say: fewer than two hold an obligor.")
    if not 0 < bads.sum() < total:
        raise NotMeasurable("Cannot measure what the grades say: all obligors have one outcome. Use both.")
    whole = float(_entropy(np.array([bads.sum() / total]))[0])
    within = float(np.average(_entropy(bads[held] / n[held]), weights=n[held]))
    taken = max(0.0, whole - within)
    p_value = float(stats.chi2.sf(2 * total * taken, int(held.sum()) - 1))
    return EntropyRatio(taken / whole, p_value, int(held.sum()), total)


def _entropy(rates: Floats) -> Floats:
    return np.asarray(special.entr(rates) + special.entr(1 - rates), dtype=np.float64)
