"""What is measured of bookings, over which windows, as of when: a declaration, as frozen dataclasses.

As of. A booking counts if its day lies before the application's by more than `tolerance_days`: with a tolerance of 0
the day before is the last that counts. Days are compared and not times, because a bank books by the day; what is booked
on the day of the application may have come after it. The tolerance says how late a booking may still reach the source:
within it the table holds what nobody could see when the application came. Where the counting ends is the cut.

Windows. A window of w days holds the days from cut − w to cut − 1. They lie in one another.

Missing and zero. Without a booking in the longest window every feature is missing: nothing is known of this account.
Otherwise a shorter window without bookings has sums, counts and shares of 0, which is what happened. The balance floor
is missing there: no balance was told, and 0 would be an invention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from quant.features.plain import SchemaFault

# Up to it every whole number is a double of its own, so a sum means the same in SQL, in Python and in a JSON reader.
LARGEST: Final = 2**53 - 1
SLICE_DAYS: Final = 30
# 62 slices are as many as a signed 64-bit integer has bits to tell them apart.
MOST_DAYS: Final = 62 * SLICE_DAYS
MOST_TOLERANCE_DAYS: Final = 366
MOST_AGE_DAYS: Final = 3_660
_MOST_WINDOWS, _MOST_FEATURES, _MOST_CATEGORIES, _LONGEST_CATEGORY = 8, 300, 50, 100
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class MeasureKind(StrEnum):
    """INFLOW and OUTFLOW: sums of what came in and of what went out, both as positive amounts, of all bookings or of
    some categories. COUNT: bookings, of all or of some categories. RETURNED_PAYMENTS: bookings of the categories that
    say so. CATEGORY_SHARE: of what went out, the part of some categories. INCOME_REGULARITY: the part of the whole
    30-day slices of the window, counted back from the cut, with an inflow of some categories. BALANCE_FLOOR: the
    lowest balance told.

    Slices stand for months because months differ in length; a salary that comes 31 days after the last one can step
    over a slice, so a perfect payer may show 11 of 12.
    """

    INFLOW = "inflow"
    OUTFLOW = "outflow"
    COUNT = "count"
    RETURNED_PAYMENTS = "returned_payments"
    CATEGORY_SHARE = "category_share"
    INCOME_REGULARITY = "income_regularity"
    BALANCE_FLOOR = "balance_floor"


# The others are whole numbers; these two are quotients of two whole numbers, one division each.
QUOTIENTS: Final = frozenset({MeasureKind.CATEGORY_SHARE, MeasureKind.INCOME_REGULARITY})
_OF_CATEGORIES: Final = frozenset({*QUOTIENTS, MeasureKind.RETURNED_PAYMENTS})


@dataclass(frozen=True)
class Columns:
    """How the source calls what is read. `category` and `balance_minor` are empty where no measure needs them."""

    customer: str
    booked_on: str
    amount_minor: str
    category: str = ""
    balance_minor: str = ""

    def __post_init__(self) -> None:
        named = [name for name in vars(self).values() if name]
        if len(set(named)) != len(named) or not (self.customer and self.booked_on and self.amount_minor):
            raise SchemaFault("columns: customer, booked_on and amount_minor are named, each column once.")
        if any(len(name) > _LONGEST_CATEGORY or not name.isprintable() for name in named):
            raise SchemaFault(f"columns: printable names of up to {_LONGEST_CATEGORY} characters.")

    @property
    def by_meaning(self) -> Columns:
        """The same columns called by what they mean, as a request writes them."""
        return Columns(**{name: name if called else "" for name, called in vars(self).items()})


@dataclass(frozen=True)
class Measure:
    """One thing that is measured over each window. `categories` empty: all bookings, whatever their category."""

    name: str
    kind: MeasureKind
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SchemaFault("A measure is named by up to 40 small letters, digits and underscores.")
        if self.kind in _OF_CATEGORIES and not self.categories:
            raise SchemaFault(f"{self.name}: {self.kind} needs the categories it is about.")
        if self.kind is MeasureKind.BALANCE_FLOOR and self.categories:
            raise SchemaFault(f"{self.name}: a balance is that of the account, so it has no categories.")
        if len(self.categories) > _MOST_CATEGORIES or len(set(self.categories)) != len(self.categories):
            raise SchemaFault(f"{self.name}: up to {_MOST_CATEGORIES} categories, each once.")
        if any(len(name) > _LONGEST_CATEGORY or not name.isprintable() for name in self.categories):
            raise SchemaFault(f"{self.name}: categories of up to {_LONGEST_CATEGORY} printable characters.")


@dataclass(frozen=True)
class Feature:
    """A measure over a window: one column."""

    measure: Measure
    days: int

    @property
    def name(self) -> str:
        return f"{self.measure.name}_{self.days}d"


@dataclass(frozen=True)
class Definition:
    """`windows` are days, rising. `max_age_days` is for how long after its application a row of the look-up table may
    be used in its place."""

    columns: Columns
    windows: tuple[int, ...]
    measures: tuple[Measure, ...]
    tolerance_days: int
    max_age_days: int

    def __post_init__(self) -> None:
        rising = sorted({days for days in self.windows if 0 < days <= MOST_DAYS})
        if not 0 < len(rising) <= _MOST_WINDOWS or list(self.windows) != rising:
            raise SchemaFault(f"windows: 1 to {_MOST_WINDOWS} numbers of days, rising, up to {MOST_DAYS}.")
        if not 0 <= self.tolerance_days <= MOST_TOLERANCE_DAYS:
            raise SchemaFault(f"tolerance_days: 0 to {MOST_TOLERANCE_DAYS}.")
        if not 0 <= self.max_age_days <= MOST_AGE_DAYS:
            raise SchemaFault(f"max_age_days: 0 to {MOST_AGE_DAYS}.")
        names = [feature.name for feature in self.features]
        if not 0 < len(names) <= _MOST_FEATURES or len(set(names)) != len(names):
            raise SchemaFault(f"measures: 1 to {_MOST_FEATURES} features over all windows, each name once.")
        for measure in self.measures:
            self._check(measure)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The columns in their order: measure by measure, over each window."""
        return tuple(self._features())

    @property
    def longest(self) -> int:
        return self.windows[-1]

    def _features(self) -> Iterator[Feature]:
        for measure in self.measures:
            for days in self.windows:
                yield Feature(measure, days)

    def _check(self, measure: Measure) -> None:
        if measure.categories and not self.columns.category:
            raise SchemaFault(f"{measure.name} needs a column for the category.")
        if measure.kind is MeasureKind.BALANCE_FLOOR and not self.columns.balance_minor:
            raise SchemaFault(f"{measure.name} needs a column for the balance.")
        if measure.kind is MeasureKind.INCOME_REGULARITY and self.windows[0] < SLICE_DAYS:
            raise SchemaFault(f"{measure.name} needs windows of {SLICE_DAYS} days or more.")
