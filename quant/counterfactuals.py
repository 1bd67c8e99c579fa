"""The least change of what applicants can change that turns the answer, found by trying."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Floats
from quant.errors import BadInput

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Dial:
    """An input that applicants can change, and the values it is tried at, rising and distinct."""

    name: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if any(after <= before for before, after in zip(self.values, self.values[1:], strict=False)):
            raise BadInput(f"Cannot try {self.name}: its values must rise.")

    def steps(self, before: float, after: float) -> float:
        """How far apart two values are, as a share of the dial's own values between them."""
        if len(self.values) < 2:
            return 1.0
        places = np.searchsorted(self.values, [before, after])
        return float(abs(places[1] - places[0]) or 1) / (len(self.values) - 1)


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: float
    after: float
    cost: float


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Changes that together turn the answer, in the order of the dials. `cost` adds up how far each dial is turned."""

    changes: tuple[Change, ...]

    @property
    def cost(self) -> float:
        return sum(change.cost for change in self.changes)

    def apply(self, applicant: Values) -> dict[str, float]:
        return {**applicant, **{change.name: change.after for change in self.changes}}


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Of each candidate (candidates,): whether it is accepted, and its PD."""

    accepted: Bools
    assigned_pd: Floats


@dataclass(frozen=True, slots=True)
class Effort:
    """How many dials may be turned at once, and from how many of the best partial answers the next is tried."""

    most_changes: int = 3
    beam: int = 12


Judge = Callable[[Sequence[Values]], Judged]


def search(
    applicant: Values, dials: Sequence[Dial], judge: Judge, *, effort: Effort
) -> Counterfactual | None:
    """The cheapest answer found with the fewest changes; None where none is found within the effort.

    One change is tried at every value of every dial, so a single change is never missed; more of them are tried from
    the partial answers with the lowest PDs, so a cheaper pair may be. Each is then turned back while it still holds.
    """
    partial: list[tuple[Change, ...]] = [()]
    for _ in range(effort.most_changes):
        tried = [(*made, change) for made in partial for change in _next(applicant, dials, made)]
        if not tried:
            return None
        judged = judge([_changed(applicant, made) for made in tried])
        found = [Counterfactual(made) for made, is_in in zip(tried, judged.accepted, strict=True) if is_in]
        if found:
            cheapest = min(found, key=lambda each: each.cost)
            return _turned_back(applicant, dials, judge, cheapest)
        order = np.argsort(judged.assigned_pd, kind="stable")[: effort.beam]
        partial = [tried[at] for at in order]
    return None


def _next(applicant: Values, dials: Sequence[Dial], made: tuple[Change, ...]) -> list[Change]:
    """Every value of every dial that is not turned yet, but the applicant's own."""
    turned = {change.name for change in made}
    return [
        Change(dial.name, applicant[dial.name], value, dial.steps(applicant[dial.name], value))
        for dial in dials
        if dial.name not in turned and not np.isnan(applicant[dial.name])
        for value in dial.values
        if value != applicant[dial.name]
    ]


def _turned_back(
    applicant: Values, dials: Sequence[Dial], judge: Judge, found: Counterfactual
) -> Counterfactual:
    """Each change made as small as the others allow, one after the other, until none gets smaller."""
    by_name = {dial.name: dial for dial in dials}
    while True:
        smaller = [
            replace(
                found, changes=tuple(other if each.name == other.name else each for each in found.changes)
            )
            for change in found.changes
            for other in _next(applicant, [by_name[change.name]], ())
            if other.cost < change.cost
        ]
        if not smaller:
            return _ordered(found, dials)
        judged = judge([_changed(applicant, each.changes) for each in smaller])
        kept = [each for each, is_in in zip(smaller, judged.accepted, strict=True) if is_in]
        if not kept:
            return _ordered(found, dials)
        found = min(kept, key=lambda each: each.cost)


def _ordered(found: Counterfactual, dials: Sequence[Dial]) -> Counterfactual:
    place = {dial.name: at for at, dial in enumerate(dials)}
    return Counterfactual(tuple(sorted(found.changes, key=lambda change: place[change.name])))


def _changed(applicant: Values, made: Sequence[Change]) -> dict[str, float]:
    return {**applicant, **{change.name: change.after for change in made}}


def quantile_values(values: npt.ArrayLike, count: int) -> tuple[float, ...]:
    """Up to `count` distinct values of a population (n,), lowest to highest, missing ones left out: what a dial is
    tried at."""
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if known.size == 0:
        return ()
    return tuple(np.unique(np.quantile(known, np.linspace(0, 1, count), method="nearest")).tolist())
