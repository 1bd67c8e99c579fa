"""What the policy's cut-off gets right and wrong."""

from dataclasses import dataclass

import numpy.typing as npt

from quant.arrays import binary, finite, require_same_length
from quant.intervals import Proportion, proportion


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts at one cut-off. Positive = predicted to default
    = PD at or above it, so that PD below it is approved.

    A ratio over nobody is None: precision when nobody is predicted to default, recall when nobody did.
    """

    cut_off: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    precision: Proportion | None
    recall: Proportion | None

    @property
    def n(self) -> int:
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def accuracy(self) -> float:
        return (self.true_positives + self.true_negatives) / self.n

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where there is neither a default nor an alarm."""
        relevant = 2 * self.true_positives + self.false_positives + self.false_negatives
        return 2 * self.true_positives / relevant if relevant else None


def confusion(
    defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, *, cut_off: float, level: float = 0.95
) -> Confusion:
    """Confusion counts with Wilson intervals of precision and recall.

    defaulted: (n,) of 0/1; assigned_pd: (n,), same unit as cut_off. Raises BadInput for malformed arrays.
    """
    outcome, risk = binary("defaulted", defaulted), finite("assigned_pd", assigned_pd)
    require_same_length(defaulted=outcome, assigned_pd=risk)
    alarm = risk >= cut_off
    caught, alarms, bads = int((alarm & outcome).sum()), int(alarm.sum()), int(outcome.sum())
    return Confusion(
        cut_off=cut_off,
        true_positives=caught,
        false_positives=alarms - caught,
        false_negatives=bads - caught,
        true_negatives=outcome.size - alarms - bads + caught,
        precision=proportion(caught, alarms, level) if alarms else None,
        recall=proportion(caught, bads, level) if bads else None,
    )
