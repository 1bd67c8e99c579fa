"""What became of the money: instalments, defaults, recoveries, and what a loan earned, to the minor unit.

A loan that still lives after the horizon is assigned at par to a fund, as lenders of this field do, so every mature
loan is closed and what it earned is final. Payments of a loan that defaults end with the first missed instalment; it
defaults two months after that, and what is recovered comes in at most two payments before it is written off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Bools, Floats, Ints
from training.simulator import calendar
from training.simulator.applications import Applications
from training.simulator.truths import HORIZON_MONTHS, Lending, Truths

MONTHS_TO_DEFAULT = 2  # from the first missed instalment to 90 days past due
LATE_SHARE, LATE_AT_MOST_DAYS = 0.2, 29
_BASIS = 10_000
_RECOVERED_FIRST = (2, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """(n, 12): what is owed at the beginning of each month of the horizon, and the instalment due at its end."""

    instalment: Ints
    opening: Ints
    due: Ints
    closing: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """(n,) and (n, 12) arrays. Months from 1 after the application, 0 where there is none; money in minor units.

    `profit = paid + assigned + recovered − disbursed − funding_cost` for each loan, exactly.
    """

    is_mature: Bools
    defaulted: Bools
    first_missed: Ints
    months_to_default: Ints
    schedule: Schedule
    late_days: Ints
    paid: Ints
    assigned: Ints
    recovered: Ints
    recovery_months: Ints
    disbursed: Ints
    funding_cost: Ints

    @property
    def profit(self) -> Ints:
        received = self.paid.sum(axis=1) + self.assigned + self.recovered.sum(axis=1)
        return np.asarray(received - self.disbursed - self.funding_cost)


def instalments(amount_minor: Ints, rate_bps: Ints, term_months: Ints) -> Ints:
    """The level instalment, rounded: amount × i / (1 − (1 + i)^−n) with i a month."""
    rate = rate_bps / _BASIS
    return np.rint(amount_minor * rate / (1.0 - (1.0 + rate) ** -term_months)).astype(np.int64)


def schedule(amount_minor: Ints, rate_bps: Ints, term_months: Ints) -> Schedule:
    """Interest of a month is what is owed × rate, rounded half up; the last instalment clears the rest."""
    level = instalments(amount_minor, rate_bps, term_months)
    opening, due = (np.zeros((amount_minor.size, HORIZON_MONTHS), dtype=np.int64) for _ in range(2))
    owed = amount_minor.copy()
    for month in range(1, HORIZON_MONTHS + 1):
        settlement = owed + part(owed, rate_bps)
        opening[:, month - 1] = owed
        due[:, month - 1] = np.where(month < term_months, np.minimum(level, settlement), settlement)
        owed = settlement - due[:, month - 1]
    return Schedule(level, opening, due, owed)


def part(amount_minor: Ints, bps: Ints | int) -> Ints:
    """A share in basis points of a positive amount, rounded half up, in whole numbers throughout."""
    return np.asarray((amount_minor * bps + _BASIS // 2) // _BASIS)


def outcomes(draw: np.random.Generator, asked: Applications, probability: Floats, truths: Truths) -> Outcomes:
    """What becomes of every loan of a chunk, also of those the window does not see to their end."""
    count, lending = asked.size, truths.lending
    plan = schedule(asked.amount_minor, asked.rate_bps, asked.term_months)
    defaulted = draw.random(count) < probability
    last_to_miss = np.minimum(HORIZON_MONTHS - MONTHS_TO_DEFAULT, asked.term_months)
    missed = np.where(defaulted, 1 + np.floor(draw.random(count) * last_to_miss).astype(np.int64), 0)
    late = np.where(draw.random((count, HORIZON_MONTHS)) < LATE_SHARE, 1, 0)
    late *= draw.integers(1, LATE_AT_MOST_DAYS + 1, (count, HORIZON_MONTHS))
    owed = _owed_at_default(plan, missed)
    return Outcomes(
        is_mature=calendar.is_mature(asked.month, truths),
        defaulted=defaulted,
        first_missed=missed,
        months_to_default=np.where(defaulted, missed + MONTHS_TO_DEFAULT, 0),
        schedule=plan,
        late_days=late,
        paid=np.where(_is_paid(missed), plan.due, 0),
        assigned=np.where(defaulted, 0, plan.closing),
        recovered=_recovered(draw, owed, lending),
        recovery_months=_recovery_months(draw, missed, lending),
        disbursed=asked.amount_minor,
        funding_cost=_funding(plan, missed, owed, lending),
    )


def _is_paid(missed: Ints) -> Bools:
    month = np.arange(1, HORIZON_MONTHS + 1)
    return np.asarray((missed[:, None] == 0) | (month < missed[:, None]))


def _owed_at_default(plan: Schedule, missed: Ints) -> Ints:
    """What was owed when the first instalment was missed; zero for loans that do not default."""
    rows = np.arange(missed.size)
    return np.where(missed > 0, plan.opening[rows, np.maximum(missed, 1) - 1], 0)


def _recovered(draw: np.random.Generator, owed: Ints, lending: Lending) -> Ints:
    """(n, 2): two thirds first, the rest later, together never more than what was owed."""
    share = draw.beta(*lending.recovery_shape, owed.size)
    share *= draw.random(owed.size) >= lending.recovery_none_share
    total = np.floor(owed * share).astype(np.int64)
    first = total * _RECOVERED_FIRST[0] // _RECOVERED_FIRST[1]
    return np.column_stack([first, total - first])


def _recovery_months(draw: np.random.Generator, missed: Ints, lending: Lending) -> Ints:
    """(n, 2) months after the application: the first recovery in the first half of the time, the second after it."""
    half = lending.recovery_months // 2
    first = draw.integers(1, half + 1, missed.size)
    second = draw.integers(half + 1, lending.recovery_months + 1, missed.size)
    return np.column_stack([first, second]) + missed[:, None] + MONTHS_TO_DEFAULT


def _funding(plan: Schedule, missed: Ints, owed: Ints, lending: Lending) -> Ints:
    """What is owed at the beginning of each month × funding rate; of a default, until it is written off."""
    monthly = np.where(_is_paid(missed), part(plan.opening, lending.funding_bps), 0).sum(axis=1)
    stuck = 1 + MONTHS_TO_DEFAULT + lending.recovery_months
    return np.asarray(monthly + np.where(missed > 0, stuck * part(owed, lending.funding_bps), 0))
