"""P&L that loans have really made, replayed under cut-offs: whole, period by period, and without looking ahead."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Floats, Ints, numbers, probabilities, require_same_length
from quant.economics import Bootstrap, percentile_interval, resampled_totals
from quant.errors import BadInput, NotMeasurable
from quant.intervals import Interval

_STANDARDISED = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Loans that were made, with what each has earned (money, NaN while it is unresolved) and its PD, all (n,)."""

    profit: Floats
    assigned_pd: Floats

    @property
    def resolved(self) -> Bools:
        return ~np.isnan(self.profit)

    @property
    def unresolved(self) -> int:
        return int(np.isnan(self.profit).sum())


@dataclass(frozen=True, slots=True)
class RealisedPoint:
    """Approving PD < cut-off: resolved loans approved, what they earned, bootstrap interval over loans."""

    cut_off: float
    approved: int
    profit: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class RealisedCurve:
    """`best` is chosen on this very sample, so its profit is optimistic: `walk_forward` is not. n counts resolved
    loans; `unresolved_approved` are the loans that each of `points` approves and whose result is not known."""

    points: tuple[RealisedPoint, ...]
    best: RealisedPoint
    n: int
    unresolved: int
    unresolved_approved: tuple[int, ...]
    bootstrap: Bootstrap


@dataclass(frozen=True, slots=True)
class Walk:
    """Periods begin on `starts` (day numbers, rising). A cut-off is chosen of `cut_offs` on loans decided more than
    `maturity_days` before; `fixed` is the one cut-off it is compared with."""

    starts: tuple[int, ...]
    cut_offs: tuple[float, ...]
    fixed: float
    maturity_days: int

    def __post_init__(self) -> None:
        if not self.starts or any(after <= before for before, after in pairwise(self.starts)):
            raise BadInput("Cannot walk forward: the starts of the periods must rise.")
        probabilities("cut_offs", self.cut_offs)

    @property
    def periods(self) -> tuple[tuple[int, int], ...]:
        """First day of each, and the first day after it."""
        return tuple(pairwise((*self.starts, np.iinfo(np.int64).max)))

    @property
    def limits(self) -> Floats:
        return np.unique(self.cut_offs)


@dataclass(frozen=True, slots=True)
class Step:
    """One period under the cut-off that had earned most on the loans known when the period began."""

    first_day: int
    cut_off: float
    learned_from: int
    n: int
    approved: int
    profit: float
    fixed_profit: float


@dataclass(frozen=True, slots=True)
class WalkForward:
    """`profit` is what choosing anew each period would have earned, `fixed_profit` one cut-off throughout, `hindsight`
    the best single cut-off of those tried, which nobody could have known."""

    steps: tuple[Step, ...]
    hindsight_cut_off: float
    hindsight: float

    @property
    def profit(self) -> float:
        return sum(step.profit for step in self.steps)

    @property
    def fixed_profit(self) -> float:
        return sum(step.fixed_profit for step in self.steps)


def book(profit: npt.ArrayLike, assigned_pd: npt.ArrayLike) -> Book:
    """Checks the two columns. BadInput where the profit is standardised (mean 0, deviation 1): it has lost its unit,
    and no absolute P&L follows from it. NotMeasurable where fewer than two loans are resolved."""
    earned, p = numbers("profit", profit), probabilities("assigned_pd", assigned_pd)
    require_same_length(profit=earned, assigned_pd=p)
    known = earned[~np.isnan(earned)]
    if known.size < 2:
        raise NotMeasurable("Fewer than two loans have a known result: there is no P&L to replay.")
    if abs(known.mean()) < _STANDARDISED and abs(known.std() - 1) < _STANDARDISED:
        raise BadInput(
            "Cannot compute P&L: the profit has mean 0 and deviation 1, so it is standardised. Pass money."
        )
    return Book(earned, p)


def realised_curve(loans: Book, *, cut_offs: npt.ArrayLike, bootstrap: Bootstrap) -> RealisedCurve:
    """Realised P&L of approving PD < cut-off for every cut-off in [0, 1], percentile bootstrap over resolved loans."""
    limits = np.unique(probabilities("cut_offs", cut_offs))
    kept = loans.resolved
    earned, slot = loans.profit[kept], _slots(loans.assigned_pd[kept], limits)
    band = resampled_totals(earned, slot, limits.size, bootstrap)
    approved, totals = _cumulated(slot, limits.size), _cumulated(slot, limits.size, earned)
    open_ones = _cumulated(_slots(loans.assigned_pd[~kept], limits), limits.size)
    points = tuple(
        RealisedPoint(
            float(limits[at]),
            int(approved[at]),
            float(totals[at]),
            percentile_interval(band[:, at], bootstrap.level),
        )
        for at in range(limits.size)
    )
    best = max(points, key=lambda point: point.profit)
    told = tuple(int(each) for each in open_ones)
    return RealisedCurve(points, best, earned.size, loans.unresolved, told, bootstrap)


def walk_forward(loans: Book, decided: npt.NDArray[np.int64], walk: Walk) -> WalkForward:
    """For each period, the cut-off that had earned most on the resolved loans that were mature when it began, applied
    to the loans of the period. decided: (n,) day numbers. A period before which nothing was known is left out.

    NotMeasurable where no period has anything to learn from.
    """
    require_same_length(profit=loans.profit, decided=decided)
    made = tuple(step for period in walk.periods if (step := _step(loans, decided, walk, period)) is not None)
    if not made:
        raise NotMeasurable(
            "No period begins after a resolved loan has matured: there is nothing to learn from."
        )
    totals = _totals(loans, loans.resolved & (decided >= made[0].first_day), walk.limits)
    best = int(np.argmax(totals))
    return WalkForward(made, float(walk.limits[best]), float(totals[best]))


def _step(loans: Book, decided: npt.NDArray[np.int64], walk: Walk, period: tuple[int, int]) -> Step | None:
    known = loans.resolved & (decided < period[0] - walk.maturity_days)
    now = loans.resolved & (decided >= period[0]) & (decided < period[1])
    if not known.any() or not now.any():
        return None
    cut_off = float(walk.limits[int(np.argmax(_totals(loans, known, walk.limits)))])
    earned, pds = loans.profit[now], loans.assigned_pd[now]
    return Step(
        first_day=period[0],
        cut_off=cut_off,
        learned_from=int(known.sum()),
        n=int(now.sum()),
        approved=int((pds < cut_off).sum()),
        profit=float(earned[pds < cut_off].sum()),
        fixed_profit=float(earned[pds < walk.fixed].sum()),
    )


def _totals(loans: Book, kept: Bools, limits: Floats) -> Floats:
    return _cumulated(_slots(loans.assigned_pd[kept], limits), limits.size, loans.profit[kept])


def _slots(pds: Floats, limits: Floats) -> Ints:
    """A loan of slot k is approved from the k-th cut-off on; slot c is never approved."""
    return np.searchsorted(limits, pds, side="right").astype(np.int64)


def _cumulated(slot: Ints, slots: int, weights: Floats | None = None) -> Floats:
    return np.cumsum(np.bincount(slot, weights, minlength=slots + 1)[:slots]).astype(np.float64)
