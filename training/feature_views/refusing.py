"""What is wrong with the tables of a view, in words: every reason at once, with counts and never a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mrm.lib.errors import Blocked
from quant.transactions.definition import LARGEST
from quant.transactions.query import Facts
from registry.frames.files import Kind
from training.feature_views.days import UnreadDays
from training.feature_views.declared import APPLICATIONS, BOOKINGS, AskedView
from training.feature_views.reading import Readable

_KEYS = frozenset({Kind.INTEGER, Kind.TEXT})


def refuse(faults: Sequence[str]) -> None:
    if faults:
        raise Blocked("The tables do not fit the definition.", faults)


def of_columns(asked: AskedView, tables: Mapping[str, Readable]) -> list[str]:
    columns, own = asked.definition.columns, asked.columns
    wanted = [
        (BOOKINGS, columns.customer, _KEYS),
        (BOOKINGS, columns.booked_on, {Kind.TEXT}),
        (BOOKINGS, columns.amount_minor, {Kind.INTEGER}),
        (BOOKINGS, columns.category, {Kind.TEXT, Kind.EMPTY}),
        (BOOKINGS, columns.balance_minor, {Kind.INTEGER, Kind.EMPTY}),
        (APPLICATIONS, own.key, _KEYS),
        (APPLICATIONS, own.customer, _KEYS),
        (APPLICATIONS, own.applied_on, {Kind.TEXT}),
        *((source.name, name, set(Kind)) for source in asked.sources for name in source.only),
    ]
    faults = []
    for table, name, kinds in wanted:
        found = tables[table].kind(name) if name else None
        if name and found is None:
            faults.append(f"{table} has no column {name!a}.")
        if found is not None and found not in kinds:
            allowed = " or ".join(sorted(kinds - {Kind.EMPTY}))
            faults.append(
                f"{table}: {name!a} is {found} and has to be {allowed} (amounts are whole minor units, dates are"
                " written 2024-03-05). Say in `kinds` what it is, or correct the source."
            )
    left, right = tables[BOOKINGS].kind(columns.customer), tables[APPLICATIONS].kind(own.customer)
    if left in _KEYS and right in _KEYS and left is not right:
        faults.append(
            f"The customer is {left} in {BOOKINGS} and {right} in {APPLICATIONS}. Say in `kinds` what it is."
        )
    return faults


def of_applicants(
    asked: AskedView, *, without_key: int, with_shared_key: int, without_day: int, unread: UnreadDays
) -> list[str]:
    column = f"{asked.columns.applied_on!a}"
    told = (
        (without_key, "have no key"),
        (with_shared_key, "share a key with another row; the key must tell rows apart"),
        (
            unread.ambiguous,
            f"have a date with two readings in {column}; leave day_first or month_first out of `day_formats`",
        ),
        (unread.impossible, f"have a day in {column} that no calendar has; correct the source"),
        (
            without_day - unread.ambiguous - unread.impossible,
            f"have no date in {column}; dates are written 2024-03-05, without a zone; say in `day_formats` what"
            " else is meant",
        ),
    )
    return [f"{count} rows of {APPLICATIONS} {words}." for count, words in told if count]


def of_bookings(asked: AskedView, parts: Sequence[Facts]) -> list[str]:
    columns = asked.definition.columns
    limit = f"is no whole number up to {LARGEST}"
    told = (
        (
            sum(each.no_day for each in parts),
            f"have no date in {columns.booked_on!a}; dates are written 2024-03-05",
        ),
        (sum(each.bad_amounts for each in parts), f"have an amount that is missing or {limit}"),
        (sum(each.bad_balances for each in parts), f"have a balance that {limit}"),
    )
    faults = [f"{count} bookings of applicants {words}." for count, words in told if count]
    if large := sum(each.too_large for each in parts):
        faults.append(
            f"The amounts of {large} applications add up to 2^53 minor units or more. Check their unit."
        )
    return faults
