"""The bookings of one request, read strictly: every fault at once, and none of them repeats a value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from quant.features.reading import Fault
from quant.transactions.definition import LARGEST, Definition

# Every feature walks the bookings once, so this bounds how long a request computes, however short its rows are written.
# It is ten a day over the longest window there may be.
MOST_ROWS: Final = 20_000
_MOST_FAULTS: Final = 100
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# A time of day may follow and is not looked at: a bank books by the day. One with a zone is refused, because
# the day would depend on it.
DAY_PATTERN: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?"
_DAY: Final = re.compile(DAY_PATTERN, re.ASCII)
_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Booking:
    """`day` counts from 1970, amounts are minor units, negative for what goes out."""

    day: int
    amount: int
    category: str | None
    balance: int | None


def day_of(raw: object) -> int | None:
    """Days since 1970 of an ISO date between 1900 and 2199; None for anything else."""
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        return None
    try:
        read = date.fromisoformat(raw[:10])
    except ValueError:
        return None
    return days_since_1970(read) if FIRST_DAY <= read <= LAST_DAY else None


def days_since_1970(day: date) -> int:
    return day.toordinal() - _EPOCH


def read(definition: Definition, rows: object) -> tuple[list[Booking], list[Fault]]:
    """The bookings and what is wrong with them; with a fault the bookings are void. Members that the definition does
    not name are not read."""
    if not isinstance(rows, Sequence) or isinstance(rows, (str, bytes)):
        return [], [Fault("bookings", "type", "The bookings are a list of objects.")]
    if len(rows) > MOST_ROWS:
        return [], [Fault("bookings", "too_many", f"At most {MOST_ROWS} bookings are read at once.")]
    faults: list[Fault] = _strangers(definition, rows)
    bookings = []
    for place, row in enumerate(rows):
        if len(faults) >= _MOST_FAULTS:
            break
        if not isinstance(row, Mapping):
            faults.append(Fault(f"bookings/{place}", "type", "A booking is an object."))
            continue
        bookings.append(_booking(definition, row, f"bookings/{place}", faults))
    return bookings, faults[:_MOST_FAULTS]


def _strangers(definition: Definition, rows: Sequence[object]) -> list[Fault]:
    """Where rows say whose they are, they are one customer's."""
    name = definition.columns.customer
    told = {repr(row[name]) for row in rows if isinstance(row, Mapping) and row.get(name) is not None}
    words = "The bookings are those of several customers; send those of the applicant."
    return [Fault(f"bookings/{name}", "several", words)] if len(told) > 1 else []


def _booking(
    definition: Definition, row: Mapping[object, object], where: str, faults: list[Fault]
) -> Booking:
    columns = definition.columns
    day = day_of(row.get(columns.booked_on))
    if day is None:
        faults.append(
            Fault(
                f"{where}/{columns.booked_on}", "date", "Dates are written 2024-03-05, without a time zone."
            )
        )
    amount = _whole(row.get(columns.amount_minor))
    if amount is None:
        faults.append(Fault(f"{where}/{columns.amount_minor}", "integer", _AMOUNT))
    balance = raw = row.get(columns.balance_minor) if columns.balance_minor else None
    if raw is not None and (balance := _whole(raw)) is None:
        faults.append(Fault(f"{where}/{columns.balance_minor}", "integer", _AMOUNT))
    category = row.get(columns.category) if columns.category else None
    if category is not None and not isinstance(category, str):
        faults.append(Fault(f"{where}/{columns.category}", "type", "A category is a text."))
    return Booking(
        day or 0,
        amount or 0,
        category if isinstance(category, str) else None,
        balance if isinstance(balance, int) else None,
    )


_AMOUNT: Final = "An amount is a whole number of minor units, below 2^53."


def _whole(raw: object) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > LARGEST:
        return None
    return raw
