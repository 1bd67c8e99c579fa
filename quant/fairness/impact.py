"""Adverse impact ratio: how often a group is approved, relative to the reference group."""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt

import numpy.typing as npt
from scipy import special, stats

from quant.errors import BadInput, NotMeasurable
from quant.fairness.groups import Comparison, GroupCount, count_approved, require_reference
from quant.intervals import Interval, normal_quantile

SMALL_CELL = 5.0
"""Expected count below which the normal approximation gives way to Fisher's exact test (Cochran 1954)."""


class RateTest(StrEnum):
    POOLED_Z = "pooled_z"
    FISHER_EXACT = "fisher_exact"


@dataclass(frozen=True, slots=True)
class AdverseImpact:
    """One group against the reference. `p_value` is two-sided
    and that of `test`; `z` is always the pooled one.

    The interval is on the log ratio (Katz 1978); None where
    it does not exist: nobody, or everybody in both, approved.
    """

    group: GroupCount
    reference: GroupCount
    ratio: float
    interval: Interval | None
    z: float
    p_value: float
    test: RateTest
    is_sufficient: bool


@dataclass(frozen=True, slots=True)
class ImpactByGroup:
    """Every group but the reference, in the order of their names."""

    comparison: Comparison
    readings: tuple[AdverseImpact, ...]


def adverse_impact_ratio(
    group: GroupCount, reference: GroupCount, *, comparison: Comparison
) -> AdverseImpact:
    """Ratio of selection rates with two-proportion z, or Fisher's exact p if an expected cell is below 5.

    Raises BadInput for impossible counts, NotMeasurable
    where a group is empty or the reference has no approval.
    """
    _require_counts(group, reference)
    p_value, test = rates_p(group, reference)
    return AdverseImpact(
        group=group,
        reference=reference,
        ratio=group.approved * reference.n / (group.n * reference.approved),
        interval=_log_ratio_interval(group, reference, comparison.level),
        z=_pooled_z(group, reference),
        p_value=p_value,
        test=test,
        is_sufficient=min(group.n, reference.n) >= comparison.minimum_n,
    )


def rates_p(group: GroupCount, reference: GroupCount) -> tuple[float, RateTest]:
    """Two-sided p of two equal rates, each of at least one obligor: pooled z, or Fisher's exact test where an expected
    cell is below 5."""
    if _least_expected(group, reference) < SMALL_CELL:
        return _fisher_p(group, reference), RateTest.FISHER_EXACT
    return float(2 * special.ndtr(-abs(_pooled_z(group, reference)))), RateTest.POOLED_Z


def adverse_impact_by_group(
    approved: npt.ArrayLike, groups: npt.ArrayLike, *, comparison: Comparison
) -> ImpactByGroup:
    """`adverse_impact_ratio` of every group against the declared reference.

    approved: (n,) of 0/1, 1 = approved; groups: (n,) names. A group below the minimum is measured and marked
    insufficient. Raises NotMeasurable where the reference is absent or never approved.
    """
    counted = {count.group: count for count in count_approved(approved, groups)}
    require_reference(tuple(counted), comparison.reference)
    reference = counted.pop(comparison.reference)
    readings = (adverse_impact_ratio(group, reference, comparison=comparison) for group in counted.values())
    return ImpactByGroup(comparison, tuple(readings))


def _require_counts(group: GroupCount, reference: GroupCount) -> None:
    for side in (group, reference):
        if side.n < 1:
            raise NotMeasurable(f'Cannot take the ratio: "{side.group}" has no member.')
        if not 0 <= side.approved <= side.n:
            raise BadInput(f'Cannot take the ratio: "{side.group}" has {side.approved} approved of {side.n}.')
    if reference.approved == 0:
        raise NotMeasurable(
            f'Cannot take the ratio: nobody of the reference "{reference.group}" is approved.'
        )


def _pooled_z(group: GroupCount, reference: GroupCount) -> float:
    pooled = (group.approved + reference.approved) / (group.n + reference.n)
    error = sqrt(pooled * (1 - pooled) * (1 / group.n + 1 / reference.n))
    gap = group.approved / group.n - reference.approved / reference.n
    return gap / error if error else 0.0


def _fisher_p(group: GroupCount, reference: GroupCount) -> float:
    table = [[side.approved, side.n - side.approved] for side in (group, reference)]
    return float(stats.fisher_exact(table).pvalue)


def _least_expected(group: GroupCount, reference: GroupCount) -> float:
    approved = group.approved + reference.approved
    total = group.n + reference.n
    return min(group.n, reference.n) * min(approved, total - approved) / total


def _log_ratio_interval(group: GroupCount, reference: GroupCount, level: float) -> Interval | None:
    if group.approved == 0:
        return None
    variance = sum(1 / side.approved - 1 / side.n for side in (group, reference))
    if variance <= 0:
        return None
    centre = log(group.approved * reference.n / (group.n * reference.approved))
    margin = normal_quantile(level) * sqrt(variance)
    return Interval(exp(centre - margin), exp(centre + margin), level)
