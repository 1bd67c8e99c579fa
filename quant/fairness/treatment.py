"""Treatment equality: how the two kinds of error stand to each other in a group, beside the reference."""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from quant.arrays import binary, require_same_length
from quant.fairness.groups import Comparison, checked, require_reference
from quant.intervals import Interval, normal_quantile


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """Of n: who repaid and was not approved (false negatives), who defaulted and was (false positives)."""

    group: str
    turned_away: int
    let_in: int
    n: int

    @property
    def ratio(self) -> float | None:
        """None where nobody who defaulted was approved."""
        return self.turned_away / self.let_in if self.let_in else None


@dataclass(frozen=True, slots=True)
class ErrorRatio:
    """`value` is the ratio of the group over that of the reference; its interval is on the logarithm (Woolf 1955).

    `own` is the interval of the group's own ratio. A number or an interval is
    None where a count it needs is 0. `is_sufficient` needs the minimum and all four counts.
    """

    group: ErrorCounts
    reference: ErrorCounts
    own: Interval | None
    value: float | None
    interval: Interval | None
    is_sufficient: bool


def error_ratios(
    defaulted: npt.ArrayLike, approved: npt.ArrayLike, groups: npt.ArrayLike, *, comparison: Comparison
) -> tuple[ErrorRatio, ...]:
    """False negatives over false positives of every group, against the declared reference (Berk et al. 2018).

    As for equalised odds, the positive class is "repaid" and its prediction is "approved". All arrays are (n,).
    Raises BadInput for malformed arrays, NotMeasurable where the reference has no member.
    """
    favourable, named = checked(approved, groups)
    bad = binary("defaulted", defaulted)
    require_same_length(defaulted=bad, approved=favourable)
    require_reference(named.names, comparison.reference)
    turned_away, let_in = (
        np.bincount(named.place[kind], minlength=len(named.names)).tolist()
        for kind in (~bad & ~favourable, bad & favourable)
    )
    rows = zip(named.names, turned_away, let_in, named.sizes.tolist(), strict=True)
    counted = {row[0]: ErrorCounts(*row) for row in rows}
    reference = counted.pop(comparison.reference)
    return tuple(_against(group, reference, comparison) for group in counted.values())


def _against(group: ErrorCounts, reference: ErrorCounts, comparison: Comparison) -> ErrorRatio:
    cells = (group.turned_away, group.let_in, reference.turned_away, reference.let_in)
    value = (
        group.turned_away * reference.let_in / (group.let_in * reference.turned_away) if all(cells) else None
    )
    return ErrorRatio(
        group=group,
        reference=reference,
        own=_log_interval(group.ratio, cells[:2], comparison.level),
        value=value,
        interval=_log_interval(value, cells, comparison.level),
        is_sufficient=value is not None and min(group.n, reference.n) >= comparison.minimum_n,
    )


def _log_interval(value: float | None, cells: tuple[int, ...], level: float) -> Interval | None:
    """Counts of a multinomial: the variance of a log ratio is the sum of their reciprocals."""
    if value is None or not all(cells):
        return None
    margin = normal_quantile(level) * sqrt(sum(1 / cell for cell in cells))
    return Interval(exp(log(value) - margin), exp(log(value) + margin), level)
