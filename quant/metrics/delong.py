"""Placements of DeLong, DeLong and Clarke-Pearson (1988), by midranks as in Sun and Xu (2014): O(n log n)."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from quant.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class Placements:
    """Per default, the non-defaults it outranks; per non-default,
    the defaults that outrank it. A tie counts one half.

    Kept as counts, not as shares: sums of half-integers are
    exact, so a variance that is zero comes out as zero.
    """

    of_defaults: Floats
    of_others: Floats

    @property
    def area(self) -> float:
        """The tie-aware Mann-Whitney estimate of the AUC."""
        return float(self.of_defaults.sum() / (self.of_defaults.size * self.of_others.size))

    @property
    def variance(self) -> float | None:
        """Var(V10)/D + Var(V01)/(N−D) with ddof 1; None where a class has fewer than two obligors."""
        bads, goods = self.of_defaults.size, self.of_others.size
        if min(bads, goods) < 2:
            return None
        return float(
            np.var(self.of_defaults, ddof=1) / goods**2 / bads
            + np.var(self.of_others, ddof=1) / bads**2 / goods
        )

    def minus(self, other: "Placements") -> "Placements":
        """Differences per obligor; their variance is DeLong's
        variance of the difference of two correlated areas.
        """
        return Placements(self.of_defaults - other.of_defaults, self.of_others - other.of_others)


def placements(defaulted: Bools, score: Floats) -> Placements:
    """Placements of a score in which higher means riskier. Expects both classes and equal lengths."""
    bad, good = score[defaulted], score[~defaulted]
    pooled = stats.rankdata(np.concatenate([bad, good]))
    outranked = pooled[: bad.size] - stats.rankdata(bad)
    outranking = bad.size - (pooled[bad.size :] - stats.rankdata(good))
    return Placements(outranked, outranking)
