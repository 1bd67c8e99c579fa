"""Two sets of PDs of the same obligors, compared by what each says of every outcome."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from quant import intervals
from quant.arrays import Bools, Floats, binary, probabilities, require_same_length
from quant.errors import NotMeasurable
from quant.intervals import Interval


class Score(StrEnum):
    """A proper score of one outcome: lower is better."""

    BRIER = "brier"
    LOG_LOSS = "log_loss"


@dataclass(frozen=True, slots=True)
class ScoreDifference:
    """Mean score of `first` − `second` over n obligors; two-sided p. No interval where every obligor scores alike."""

    first: float
    second: float
    difference: float
    interval: Interval | None
    p_value: float
    n: int


def score_difference(
    defaulted: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    score: Score,
    level: float = 0.95,
) -> ScoreDifference:
    """Mean of the n paired differences with its normal interval; the standard error is their own, s/√n.

    defaulted: (n,) of 0/1; first, second: (n,) PDs; the log loss is in nats and nothing is clipped. Raises BadInput for
    malformed arrays, NotMeasurable where the log loss is infinite or the differences have no spread and are not zero.
    Source: Diebold and Mariano 1995, for obligors that are independent of each other.
    """
    outcome = binary("defaulted", defaulted)
    one, other = probabilities("first", first), probabilities("second", second)
    require_same_length(defaulted=outcome, first=one, second=other)
    ours, theirs = _scored(score, outcome, one), _scored(score, outcome, other)
    change = ours - theirs
    error = _error(change)
    mean = float(change.mean())
    return ScoreDifference(
        first=float(ours.mean()),
        second=float(theirs.mean()),
        difference=mean,
        interval=intervals.normal(mean, error, level) if error else None,
        p_value=float(2 * special.ndtr(-abs(mean / error))) if error else 1.0,
        n=change.size,
    )


def _scored(score: Score, outcome: Bools, pds: Floats) -> Floats:
    if score is Score.BRIER:
        return np.asarray((pds - outcome) ** 2, dtype=np.float64)
    given = np.where(outcome, pds, 1 - pds)
    impossible = int((given == 0).sum())
    if impossible:
        raise NotMeasurable(
            f"The log loss is infinite: {impossible} outcomes had been given probability 0. Cap the PDs."
        )
    return np.asarray(-np.log(given), dtype=np.float64)


def _error(change: Floats) -> float:
    """Zero is an answer only where nothing differs at all."""
    if not change.any():
        return 0.0
    if change.size < 2 or not np.ptp(change):
        raise NotMeasurable("Cannot compare the two scores: their difference has no sampling variance here.")
    return float(change.std(ddof=1)) / sqrt(change.size)
