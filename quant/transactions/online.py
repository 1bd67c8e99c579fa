"""The features of one application from the bookings of a request: plain Python integers, and a division at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quant.features.reading import Fault
from quant.transactions.definition import LARGEST, SLICE_DAYS, Definition, Measure, MeasureKind
from quant.transactions.reading import Booking, day_of, read

Value = int | float | None


@dataclass(frozen=True)
class Computed:
    """The features by name, in the order of the definition; None is missing. With a fault there are none."""

    features: dict[str, Value]
    faults: tuple[Fault, ...] = ()


def compute(definition: Definition, *, applied_on: object, bookings: object) -> Computed:
    """What `query` computes for a table, bit for bit.

    `applied_on` is an ISO date, `bookings` a list of objects with the columns of the definition: JSON as it was sent.
    Faults, all at once, each named by its place (`bookings/3/amount_minor`): what is no date or no whole number, more
    than 20,000 rows, rows of several customers, amounts of the longest window that add up, without their signs, to
    2^53 or more.
    """
    found, faults = read(definition, bookings)
    applied = day_of(applied_on)
    if applied is None:
        faults = [Fault("applied_on", "date", "Dates are written 2024-03-05, without a time zone."), *faults]
    if applied is None or faults:
        return Computed({}, tuple(faults))
    cut = applied - definition.tolerance_days
    known = [each for each in found if cut - definition.longest <= each.day < cut]
    if sum(abs(each.amount) for each in known) > LARGEST:
        words = "The amounts of the longest window add up to 2^53 minor units or more. Check their unit."
        return Computed({}, (Fault("bookings", "overflow", words),))
    if not known:
        return Computed({feature.name: None for feature in definition.features})
    within = {days: [each for each in known if each.day >= cut - days] for days in definition.windows}
    return Computed(
        {
            feature.name: _FORMULAS[feature.measure.kind](
                feature.measure, within[feature.days], _Frame(cut, feature.days)
            )
            for feature in definition.features
        }
    )


@dataclass(frozen=True)
class _Frame:
    cut: int
    days: int


def _inflow(measure: Measure, known: Sequence[Booking], _: _Frame) -> Value:
    return sum(each.amount for each in _of(measure, known) if each.amount > 0)


def _outflow(measure: Measure, known: Sequence[Booking], _: _Frame) -> Value:
    return sum(-each.amount for each in _of(measure, known) if each.amount < 0)


def _count(measure: Measure, known: Sequence[Booking], _: _Frame) -> Value:
    return len(_of(measure, known))


def _share(measure: Measure, known: Sequence[Booking], frame: _Frame) -> Value:
    """A share of nothing is 0: nothing of it went to these categories."""
    whole = sum(-each.amount for each in known if each.amount < 0)
    part = _outflow(measure, known, frame) or 0
    return part / whole if whole else 0.0


def _regularity(measure: Measure, known: Sequence[Booking], frame: _Frame) -> Value:
    slices = frame.days // SLICE_DAYS
    paid = {(frame.cut - 1 - each.day) // SLICE_DAYS for each in _of(measure, known) if each.amount > 0}
    return sum(place < slices for place in paid) / slices


def _floor(_: Measure, known: Sequence[Booking], __: _Frame) -> Value:
    return min((each.balance for each in known if each.balance is not None), default=None)


def _of(measure: Measure, known: Sequence[Booking]) -> list[Booking]:
    return [each for each in known if not measure.categories or each.category in measure.categories]


_FORMULAS: dict[MeasureKind, Callable[[Measure, Sequence[Booking], _Frame], Value]] = {
    MeasureKind.INFLOW: _inflow,
    MeasureKind.OUTFLOW: _outflow,
    MeasureKind.COUNT: _count,
    MeasureKind.RETURNED_PAYMENTS: _count,
    MeasureKind.CATEGORY_SHARE: _share,
    MeasureKind.INCOME_REGULARITY: _regularity,
    MeasureKind.BALANCE_FLOOR: _floor,
}
