"""Search of a less discriminatory cut-off among declared ones, with what it costs. The order of the score stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, binary, probabilities, require_same_length
from quant.coded import Coded, coded
from quant.economics import CostMatrix, Loans, scenario
from quant.errors import BadInput, NotMeasurable
from quant.fairness.groups import Comparison, GroupCount, Grouping, require_reference
from quant.fairness.impact import AdverseImpact, adverse_impact_ratio
from quant.intervals import Proportion, proportion


@dataclass(frozen=True, slots=True)
class Money:
    """The same loans in the same order, and the stated costs."""

    book: Loans
    costs: CostMatrix


@dataclass(frozen=True, slots=True)
class WayToApprove:
    """What one set of approvals means. `cut_off` is None for the policy itself.

    `worst` is the lowest ratio of a group that reaches the minimum: None where there is none, or where a
    reference has nobody approved. `bad_rate`: of the approved. `profit`: None without money.
    """

    cut_off: float | None
    approval: Proportion
    worst: AdverseImpact | None
    bad_rate: Proportion | None
    profit: float | None

    @property
    def ratio(self) -> float | None:
        return None if self.worst is None else self.worst.ratio


@dataclass(frozen=True, slots=True)
class CutOffSearch:
    """`fairer` has the best worst ratio among those that are better than the policy's and cost at most
    `profit_cost` of its profit. None where none does, or where profit is not known.

    It was chosen on this very sample, so both its numbers are optimistic.
    """

    policy: WayToApprove
    declared: tuple[WayToApprove, ...]
    fairer: WayToApprove | None
    profit_cost: float


def search_cut_offs(  # noqa: PLR0913 (the obligors, who is compared, what is tried and what it may cost)
    defaulted: npt.ArrayLike,
    assigned_pd: npt.ArrayLike,
    approved: npt.ArrayLike,
    *,
    groupings: Sequence[Grouping],
    cut_offs: Sequence[float],
    profit_cost: float,
    money: Money | None,
) -> CutOffSearch:
    """Approving PD < cut-off for every declared cut-off, beside what the policy approves. Arrays are (n,).

    Raises BadInput for malformed arrays or no cut-off, NotMeasurable where the policy's own ratios are not.
    """
    bad, pds, own = (
        binary("defaulted", defaulted),
        probabilities("assigned_pd", assigned_pd),
        binary("approved", approved),
    )
    require_same_length(defaulted=bad, assigned_pd=pds, approved=own)
    if not cut_offs:
        raise BadInput("Cannot search for a cut-off: none is declared.")
    groups = [_Counted.of(each) for each in groupings]
    policy = _way(None, own, bad, groups, money)
    if policy.worst is None:
        raise NotMeasurable("Cannot search for a cut-off: the policy's own ratios are not measurable here.")
    limits = np.unique(probabilities("cut_offs", list(cut_offs))).tolist()
    declared = tuple(_way(limit, pds < limit, bad, groups, money) for limit in limits)
    return CutOffSearch(policy, declared, _fairer(policy, declared, profit_cost), profit_cost)


def _way(
    cut_off: float | None, approved: Bools, bad: Bools, groups: Sequence["_Counted"], money: Money | None
) -> WayToApprove:
    n = int(approved.sum())
    return WayToApprove(
        cut_off=cut_off,
        approval=proportion(n, approved.size),
        worst=_worst(approved, groups),
        bad_rate=proportion(int((approved & bad).sum()), n) if n else None,
        profit=None if money is None else scenario(money.book, approved, costs=money.costs).profit,
    )


def _worst(approved: Bools, groups: Sequence["_Counted"]) -> AdverseImpact | None:
    """None as soon as one attribute cannot be measured: a worst ratio of the others would look better."""
    try:
        readings = [reading for each in groups for reading in each.readings(approved)]
    except NotMeasurable:
        return None
    sufficient = [reading for reading in readings if reading.is_sufficient]
    return min(sufficient, key=lambda reading: reading.ratio, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """A grouping whose names are read once, however many cut-offs are tried."""

    kept: Bools
    named: Coded
    sizes: tuple[int, ...]
    comparison: Comparison

    @classmethod
    def of(cls, given: Grouping) -> "_Counted":
        named = coded("groups", given.names)
        require_reference(named.names, given.comparison.reference)
        return cls(given.kept, named, tuple(named.sizes.tolist()), given.comparison)

    def readings(self, approved: Bools) -> list[AdverseImpact]:
        names = self.named.names
        yes = np.bincount(self.named.place[approved[self.kept]], minlength=len(names)).tolist()
        counts = {
            name: GroupCount(name, int(ones), n) for name, ones, n in zip(names, yes, self.sizes, strict=True)
        }
        reference = counts.pop(self.comparison.reference)
        return [
            adverse_impact_ratio(group, reference, comparison=self.comparison) for group in counts.values()
        ]


def _fairer(
    policy: WayToApprove, declared: tuple[WayToApprove, ...], profit_cost: float
) -> WayToApprove | None:
    if policy.profit is None or policy.ratio is None:
        return None
    # A share of a loss is no allowance: a policy that loses money may not lose more.
    least = policy.profit - profit_cost * max(policy.profit, 0.0)
    kept = [
        (way.ratio, way)
        for way in declared
        if way.ratio is not None
        and way.ratio > policy.ratio
        and way.profit is not None
        and way.profit >= least
    ]
    return max(kept, key=lambda pair: pair[0])[1] if kept else None
