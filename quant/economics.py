"""Scenario P&L of approving, under a stated cost matrix. None of it is a cash flow that anyone has booked."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Floats, Ints, binary, finite, probabilities, require_same_length
from quant.errors import BadInput
from quant.intervals import Interval, Proportion, proportion


class CostBasis(StrEnum):
    """Printed wherever a number made from the matrix is printed."""

    ASSUMED = "assumed cost matrix"


@dataclass(frozen=True, slots=True)
class CostMatrix:
    """Approved and repaid earns margin × exposure; approved and defaulted loses LGD × exposure.

    Both are shares of the exposure over the horizon of the default flag; declining costs nothing.
    """

    margin: float
    loss_given_default: float
    basis: CostBasis = CostBasis.ASSUMED

    def __post_init__(self) -> None:
        if not (0 <= self.margin < np.inf and 0 <= self.loss_given_default <= 1):
            raise BadInput(
                "Cannot use the cost matrix: the margin is at least 0, the loss given default in [0, 1]."
            )


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How many times the obligors are drawn again, from which seed, for intervals of which level."""

    resamples: int
    seed: int
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.resamples < 2 or not 0 < self.level < 1:
            raise BadInput("Cannot resample: it takes two resamples or more, and a level between 0 and 1.")


@dataclass(frozen=True, slots=True, eq=False)
class Loans:
    """Outcomes and exposures (money, one unit for all) of n obligors. Made by `loans`, which checks them."""

    defaulted: Bools
    exposure: Floats

    @property
    def n(self) -> int:
        return self.defaulted.size


@dataclass(frozen=True, slots=True)
class Scenario:
    """What approving some of the obligors would have earned. `bad_rate` is None where nobody is approved."""

    n: int
    approved: int
    defaults: int
    bad_rate: Proportion | None
    income: float
    loss: float
    basis: CostBasis

    @property
    def approval_rate(self) -> float:
        return self.approved / self.n

    @property
    def profit(self) -> float:
        return self.income - self.loss


@dataclass(frozen=True, slots=True)
class ProfitPoint:
    """Approving every PD below the cut-off, with a bootstrap interval of the profit."""

    cut_off: float
    scenario: Scenario
    interval: Interval


@dataclass(frozen=True, slots=True)
class ProfitCurve:
    """Intervals hold point by point. `best` is chosen on this very sample, so its profit is optimistic."""

    points: tuple[ProfitPoint, ...]
    best: ProfitPoint
    costs: CostMatrix
    bootstrap: Bootstrap
    n: int


@dataclass(frozen=True, slots=True)
class SwapSet:
    """Two policies on the same obligors; `profit_change` = swapped in − swapped out, bootstrap interval."""

    swap_in: Scenario
    swap_out: Scenario
    kept_in: Scenario
    kept_out: int
    profit_change: float
    interval: Interval
    costs: CostMatrix
    bootstrap: Bootstrap
    n: int


def loans(defaulted: npt.ArrayLike, exposure: npt.ArrayLike | float) -> Loans:
    """defaulted: (n,) of 0/1; exposure: (n,) or one number for all, in money.

    Raises BadInput for a negative exposure: standardised money
    has lost its unit, and no absolute P&L follows from it.
    """
    outcome = binary("defaulted", defaulted)
    money = np.full(outcome.size, exposure) if np.ndim(exposure) == 0 else np.asarray(exposure)
    amount = finite("exposure", money)
    require_same_length(defaulted=outcome, exposure=amount)
    if amount.min() < 0:
        raise BadInput("Cannot compute P&L: an exposure is negative, as in standardised data. Pass money.")
    return Loans(outcome, amount)


def scenario(book: Loans, approved: npt.ArrayLike, *, costs: CostMatrix) -> Scenario:
    """Scenario P&L of one set of approvals. approved: (n,) of 0/1."""
    favourable = binary("approved", approved)
    require_same_length(defaulted=book.defaulted, approved=favourable)
    good, bad = favourable & ~book.defaulted, favourable & book.defaulted
    n, bads = int(favourable.sum()), int(bad.sum())
    return Scenario(
        n=book.n,
        approved=n,
        defaults=bads,
        bad_rate=proportion(bads, n) if n else None,
        income=costs.margin * float(book.exposure[good].sum()),
        loss=costs.loss_given_default * float(book.exposure[bad].sum()),
        basis=costs.basis,
    )


def profit_curve(
    book: Loans,
    assigned_pd: npt.ArrayLike,
    *,
    cut_offs: npt.ArrayLike,
    costs: CostMatrix,
    bootstrap: Bootstrap,
) -> ProfitCurve:
    """Scenario P&L of approving PD < cut-off for every cut-off, with a percentile bootstrap over obligors.

    assigned_pd: (n,); cut_offs: (c,) in [0, 1], any order,
    repeats dropped. Same seed, same band. Memory is O(n + c).
    """
    p, limits = probabilities("assigned_pd", assigned_pd), np.unique(probabilities("cut_offs", cut_offs))
    require_same_length(defaulted=book.defaulted, assigned_pd=p)
    # An obligor of slot k is approved from the k-th cut-off on; slot c is never approved.
    slot = np.searchsorted(limits, p, side="right").astype(np.int64)
    band = resampled_totals(_profits(book, costs), slot, limits.size, bootstrap)
    points = tuple(
        ProfitPoint(
            cut_off, scenario(book, p < cut_off, costs=costs), percentile_interval(draws, bootstrap.level)
        )
        for cut_off, draws in zip(limits.tolist(), band.T, strict=True)
    )
    best = max(points, key=lambda point: point.scenario.profit)
    return ProfitCurve(points, best, costs, bootstrap, book.n)


def swap_set(
    book: Loans,
    *,
    incumbent: npt.ArrayLike,
    challenger: npt.ArrayLike,
    costs: CostMatrix,
    bootstrap: Bootstrap,
) -> SwapSet:
    """Whom the challenger approves and the incumbent declines,
    and the reverse. Both are (n,) of 0/1, 1 = approved.
    """
    before, after = binary("incumbent", incumbent), binary("challenger", challenger)
    require_same_length(defaulted=book.defaulted, incumbent=before, challenger=after)
    came, went = after & ~before, before & ~after
    change = _profits(book, costs) * (came.astype(np.float64) - went)
    draws = resampled_totals(change, np.zeros(book.n, dtype=np.int64), 1, bootstrap)[:, 0]
    return SwapSet(
        swap_in=scenario(book, came, costs=costs),
        swap_out=scenario(book, went, costs=costs),
        kept_in=scenario(book, before & after, costs=costs),
        kept_out=int((~before & ~after).sum()),
        profit_change=float(change.sum()),
        interval=percentile_interval(draws, bootstrap.level),
        costs=costs,
        bootstrap=bootstrap,
        n=book.n,
    )


def _profits(book: Loans, costs: CostMatrix) -> Floats:
    return book.exposure * np.where(book.defaulted, -costs.loss_given_default, costs.margin)


def resampled_totals(profits: Floats, slot: Ints, slots: int, bootstrap: Bootstrap) -> Floats:
    """Total profit per resample and per cut-off: (resamples,
    slots). The loop is over resamples, to bound memory.
    """
    rng = np.random.default_rng(bootstrap.seed)
    n, totals = profits.size, np.empty((bootstrap.resamples, slots), dtype=np.float64)
    for row in totals:
        drawn = rng.integers(n, size=n)
        row[:] = np.cumsum(np.bincount(slot[drawn], profits[drawn], minlength=slots + 1)[:slots])
    return totals


def percentile_interval(draws: Floats, level: float) -> Interval:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)
