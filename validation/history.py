"""What the checks over time share: periods of the day of decision, and what each loan has earned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from validation.sample import Sample, required
from validation.standard import RealisedRules, Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.realised import Book


@dataclass(frozen=True)
class Quarters:
    """The quarter of each row as a place in `names` (rows,), −1 without a day; `starts` are day numbers."""

    place: NDArray[np.int64]
    names: tuple[str, ...]
    starts: tuple[int, ...]


def days_of(sample: Sample) -> NDArray[np.float64]:
    """NotMeasurable where no day of the decision is declared, or not one can be read."""
    import numpy as np

    days = required(sample.decided_on, sample.absent.days)
    if np.isnan(days).all():
        raise NotMeasurable("No day of a decision can be read.")
    return days


def quarters_of(sample: Sample) -> Quarters:
    """Calendar quarters in which somebody was decided on, in their order."""
    import numpy as np

    days = days_of(sample)
    known = ~np.isnan(days)
    firsts = np.full(len(days), -1, dtype=np.int64)
    distinct, back = np.unique(days[known].astype(np.int64), return_inverse=True)
    firsts[known] = np.array([_first_of_quarter(int(day)) for day in distinct], dtype=np.int64)[back]
    starts = np.unique(firsts[known])
    place = np.where(known, np.searchsorted(starts, firsts), -1)
    return Quarters(place, tuple(_named(int(each)) for each in starts), tuple(int(each) for each in starts))


def realised_rules(standard: Standard) -> RealisedRules:
    return required(
        standard.realised, "The standard names no realised result, so historical P&L is not replayed."
    )


def realised_book(sample: Sample, rules: RealisedRules) -> Book:
    """What the loans have earned; NotMeasurable without such a result, or where it is no money."""
    from quant.errors import BadInput
    from quant.realised import book

    told = sample.absent.realised or (
        f"No result named {rules.profit} is kept with these rows. Declare what each loan has earned."
    )
    kept = required(sample.realised, told)
    if rules.profit not in kept.columns:
        raise NotMeasurable(told)
    try:
        return book(kept[rules.profit].to_numpy(dtype="float64", na_value=float("nan")), sample.probabilities)
    except BadInput as refusal:
        raise NotMeasurable(str(refusal)) from None


def _first_of_quarter(day: int) -> int:
    on = date.fromordinal(day)
    return date(on.year, 3 * ((on.month - 1) // 3) + 1, 1).toordinal()


def _named(first_day: int) -> str:
    on = date.fromordinal(first_day)
    return f"{on.year} Q{(on.month - 1) // 3 + 1}"
