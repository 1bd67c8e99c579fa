"""How far score and default go together, by the pairs of obligors that they order alike."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy import stats

from quant.arrays import Floats, binary, finite, require_both_classes, require_same_length
from quant.errors import NotMeasurable
from quant.metrics.delong import placements


@dataclass(frozen=True, slots=True)
class Association:
    """Kendall's τ_b, and Somers' D of default given the score: pairs tied in the score are left out of D, pairs tied in
    the outcome are not. Both have the same numerator, so the two-sided p, of no association, is that of either."""

    tau_b: float
    somers_d: float
    p_value: float
    n: int


def association(defaulted: npt.ArrayLike, score: npt.ArrayLike) -> Association:
    """τ_b = S/√(P_score·P_default), D = S/P_score, S = concordant − discordant, P = pairs not tied. O(n log n).

    defaulted: (n,) of 0/1; score: (n,), higher is riskier. The p is Kendall's, by normal theory corrected for ties
    (exact below a few dozen obligors without ties). Raises BadInput for malformed arrays, NotMeasurable for one class
    or equal scores. Source: Kendall 1945; Somers 1962; Basel WP14.
    """
    outcome, risk = binary("defaulted", defaulted), finite("score", score)
    require_same_length(defaulted=outcome, score=risk)
    require_both_classes(outcome)
    untied, differing = _untied_pairs(risk), float(outcome.sum()) * float((~outcome).sum())
    if not untied:
        raise NotMeasurable("Cannot order anybody: every score is the same. Use a score that differs.")
    surplus = (2 * placements(outcome, risk).area - 1) * differing
    p_value = float(stats.kendalltau(risk, outcome, variant="b").pvalue)
    return Association(surplus / sqrt(untied * differing), surplus / untied, p_value, risk.size)


def _untied_pairs(values: Floats) -> float:
    ties = np.unique(values, return_counts=True)[1].astype(np.float64)
    return (values.size * (values.size - 1.0) - float(np.sum(ties * (ties - 1)))) / 2
