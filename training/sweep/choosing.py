"""Which candidate is best, and why the others are not: one rule, here before any sweep was run.

The leader is the highest AUC on the validation part; a tie goes to the family that is simpler to explain, then to the
earlier one. It is compared on the test part, which chose nothing, with the incumbent, or where none answers with the
best candidate of the simplest family. Only a difference that its test finds (paired DeLong; paired bootstrap of
realised profit where the loans have one), adjusted by Holm over the tests, makes the leader the choice. A tie keeps
what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from quant.economics import Bootstrap
from quant.errors import NotMeasurable
from quant.intervals import Interval
from quant.metrics.discrimination import auc, auc_difference
from quant.metrics.multiple import holm
from quant.metrics.paired_profit import profit_difference

ALPHA = 0.05
# A resample of 10,000 loans takes about a tenth of a millisecond; the smallest p is then 1/2001.
RESAMPLES, SEED = 2000, 20260101


class Measure(StrEnum):
    """What two candidates are compared by on the test part."""

    AUC = "auc"
    PROFIT = "profit"


@dataclass(frozen=True)
class Contender:
    """`pds` (rows,) are of the test part, `validation_*` of the validation part. `rank` is its family's place from the
    simplest on; the incumbent has the rank −1 and no part in what the validation part says."""

    name: str
    rank: int
    validation_auc: float
    validation_pds: NDArray[np.float64]
    pds: NDArray[np.float64]


@dataclass(frozen=True)
class Money:
    """Realised profit (rows,) of the loans of each part, in one unit."""

    validation: NDArray[np.float64]
    test: NDArray[np.float64]


@dataclass(frozen=True)
class Compared:
    """`first` − `second` on the test part. `adjusted` is the p-value by Holm over the tests of one question."""

    measure: Measure
    first: float
    second: float
    difference: float
    interval: Interval | None
    p_value: float
    adjusted: float

    @property
    def is_better(self) -> bool:
        return self.difference > 0.0 and self.adjusted <= ALPHA

    @property
    def is_worse(self) -> bool:
        return self.difference < 0.0 and self.adjusted <= ALPHA


@dataclass(frozen=True)
class Choice:
    """`leader` won the validation part, `baseline` is what it had to beat, `chosen` is one of the two."""

    leader: str
    baseline: str
    chosen: str
    tests: tuple[Compared, ...]


def choose(
    contenders: Sequence[Contender],
    defaults: NDArray[np.float64],
    incumbent: Contender | None = None,
    money: Money | None = None,
) -> Choice:
    """`defaults` (rows,) of the test part. NotMeasurable without a contender."""
    if not contenders:
        raise NotMeasurable("No candidate could be trained: there is nothing to choose from.")
    leader = leader_of(contenders)
    simplest = min(each.rank for each in contenders)
    baseline = incumbent or leader_of([each for each in contenders if each.rank == simplest])
    if leader.name == baseline.name:
        return Choice(leader.name, baseline.name, leader.name, ())
    tests = compare(leader, baseline, defaults, money)
    better = any(test.is_better for test in tests) and not any(test.is_worse for test in tests)
    return Choice(leader.name, baseline.name, leader.name if better else baseline.name, tests)


def compare(
    first: Contender, second: Contender, defaults: NDArray[np.float64], money: Money | None = None
) -> tuple[Compared, ...]:
    """Every measure there is, adjusted over them."""
    made = [_by_auc(first, second, defaults)]
    if money is not None:
        made.append(_by_profit(first, second, money))
    adjusted = holm([test.p_value for test in made], family="leader against baseline").adjusted
    return tuple(_adjusted(test, p) for test, p in zip(made, adjusted, strict=True))


def against(
    chosen: Contender, others: Sequence[Contender], defaults: NDArray[np.float64]
) -> tuple[Compared, ...]:
    """Every other contender against the chosen one by AUC, adjusted over all of them: why each is not it."""
    made = [_by_auc(other, chosen, defaults) for other in others]
    if not made:
        return ()
    adjusted = holm([test.p_value for test in made], family="all against the chosen").adjusted
    return tuple(_adjusted(test, p) for test, p in zip(made, adjusted, strict=True))


def profitable_cut_off(pds: NDArray[np.float64], profit: NDArray[np.float64]) -> float:
    """The PD below which approving would have earned most (rows,) both; of equal ones the lowest, 0 where nobody
    earns."""
    order = np.argsort(pds, kind="stable")
    totals = np.cumsum(profit[order])
    ends = np.flatnonzero(np.append(np.diff(pds[order]) > 0.0, [True]))
    best = int(ends[np.argmax(totals[ends])])
    if totals[best] <= 0.0:
        return 0.0
    return float(np.nextafter(pds[order][best], np.inf))


def leader_of(contenders: Sequence[Contender]) -> Contender:
    """The highest AUC on the validation part; of equal ones the simpler family, then the first in declared order."""
    return min(contenders, key=lambda each: (-each.validation_auc, each.rank))


def _by_auc(first: Contender, second: Contender, defaults: NDArray[np.float64]) -> Compared:
    try:
        found = auc_difference(defaults, first.pds, second.pds)
    except NotMeasurable:
        areas = auc(defaults, first.pds).value, auc(defaults, second.pds).value
        return Compared(Measure.AUC, *areas, areas[0] - areas[1], None, 1.0, 1.0)
    return Compared(
        Measure.AUC, found.first, found.second, found.difference, found.interval, found.p_value, found.p_value
    )


def _by_profit(first: Contender, second: Contender, money: Money) -> Compared:
    """Each approves below its own best cut-off, which the validation part tells."""
    taken = [each.pds < profitable_cut_off(each.validation_pds, money.validation) for each in (first, second)]
    try:
        found = profit_difference(money.test, *taken, bootstrap=Bootstrap(RESAMPLES, SEED))
    except NotMeasurable:
        earned = float(money.test[taken[0]].sum())
        return Compared(Measure.PROFIT, earned, earned, 0.0, None, 1.0, 1.0)
    return Compared(
        Measure.PROFIT,
        found.first,
        found.second,
        found.difference,
        found.interval,
        found.p_value,
        found.p_value,
    )


def _adjusted(test: Compared, p_value: float) -> Compared:
    return Compared(
        test.measure, test.first, test.second, test.difference, test.interval, test.p_value, p_value
    )
