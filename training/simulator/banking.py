"""Bank accounts: a year of transactions before a customer's first application, and some weeks after their last.

One account a customer. Everything is drawn flat over all customers of a chunk, sorted once by customer and day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Bools, Floats, Ints
from training.simulator import calendar
from training.simulator.applications import Applications
from training.simulator.people import People
from training.simulator.truths import Truths

YEAR_DAYS, AFTER_DAYS = 365, 30
CATEGORIES = (
    "SALARY", "TRANSFER_IN", "RENT", "UTILITIES", "LOAN_REPAYMENT", "FEE", "GROCERIES", "TRANSPORT", "LEISURE",
    "HEALTH", "CASH", "TRANSFER_OUT", "GAMBLING", "RETURNED_PAYMENT",
)  # fmt: skip
SALARY, TRANSFER_IN, RENT, UTILITIES, LOAN_REPAYMENT, FEE = range(6)
GAMBLING, RETURNED_PAYMENT = CATEGORIES.index("GAMBLING"), CATEGORIES.index("RETURNED_PAYMENT")
_RETURN_CHARGE_MINOR, _FEE_MINOR = 2_500, 1_990
# By employment: the chance that a month's salary is booked as one.
REGULARITIES = (0.97, 0.99, 0.55, 0.4, 0.98, 0.15)
_MONTHLY = np.array([SALARY, RENT, UTILITIES, LOAN_REPAYMENT, FEE])
_FEE_PLACE = 4
# More than there are days, and bookings of a chunk; together with its customers they fit into 63 bits.
_DAY_STEPS, _ROW_STEPS = 100_000, 10_000_000
_Part = tuple[Ints, Ints, Ints, Ints]  # customer, day, category, amount of each booking


@dataclass(frozen=True)
class Habit:
    """Bookings at any day: how many a year, and their mean as a share of a monthly income."""

    category: int
    a_year: float
    share_of_income: float
    spread: float


_HABITS = (
    Habit(CATEGORIES.index("GROCERIES"), 80.0, 0.036, 0.5),
    Habit(CATEGORIES.index("TRANSPORT"), 48.0, 0.016, 0.4),
    Habit(CATEGORIES.index("LEISURE"), 30.0, 0.026, 0.6),
    Habit(CATEGORIES.index("HEALTH"), 12.0, 0.04, 0.7),
    Habit(CATEGORIES.index("CASH"), 24.0, 0.06, 0.4),
    Habit(CATEGORIES.index("TRANSFER_OUT"), 24.0, 0.06, 0.6),
)


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Bookings sorted by customer and day. `amount_minor` is negative for what goes out; `opening_minor`, by customer,
    is what an account held before its first booking.

    `only_after_default` marks bookings that happen to customers whose last loan defaults, and to nobody else.
    """

    customer: Ints
    day: Ints
    category: Ints
    amount_minor: Ints
    only_after_default: Bools
    opening_minor: Ints

    @property
    def key(self) -> Ints:
        """Customer and day as one number in the order of the rows."""
        return moment(self.customer, self.day)


@dataclass(frozen=True, slots=True, eq=False)
class _Holders:
    """By customer, for those who have an account: spans in days (first, and how many), and what they live on."""

    customer: Ints
    first_day: Ints
    span_days: Ints
    last_application: Ints
    income_minor: Floats
    regularity: Floats
    thrift: Floats


def moment(customer: Ints, day: Ints) -> Ints:
    return customer * _DAY_STEPS + day


def accounts(
    draw: np.random.Generator, people: People, applications: Applications, truths: Truths
) -> Accounts:
    """All bookings of the customers of one chunk."""
    holders = _holders(people, applications)
    parts = [
        _monthly(draw, holders),
        _habits(draw, holders),
        _troubles(draw, holders),
    ]
    extra = _after_default(draw, holders, truths)
    customer, day, category, amount = (np.concatenate(column) for column in zip(*parts, extra, strict=True))
    late = np.zeros(customer.size, dtype=np.bool_)
    late[customer.size - extra[0].size :] = True
    order = _order(moment(customer, day))
    opening = np.zeros(people.customer.size, dtype=np.int64)
    opening[holders.customer] = np.rint(holders.income_minor * draw.gamma(2.0, 0.5, holders.customer.size))
    return Accounts(customer[order], day[order], category[order], amount[order], late[order], opening)


def settled(booked: Accounts, defaulted: Bools) -> Accounts:
    """The bookings that happened. `defaulted` is by customer: whether their last loan did."""
    happened = ~booked.only_after_default | defaulted[booked.customer]
    return Accounts(
        booked.customer[happened],
        booked.day[happened],
        booked.category[happened],
        booked.amount_minor[happened],
        booked.only_after_default[happened],
        booked.opening_minor,
    )


def balances(booked: Accounts) -> Ints:
    """The balance after each booking, in minor units."""
    if not booked.customer.size:
        return np.zeros(0, dtype=np.int64)
    running = np.cumsum(booked.amount_minor)
    begins = np.flatnonzero(np.diff(booked.customer, prepend=-1))
    before = running[begins] - booked.amount_minor[begins]
    rows = np.diff(begins, append=booked.customer.size)
    return np.asarray(running - np.repeat(before, rows) + booked.opening_minor[booked.customer])


def last_applications(people: People, applications: Applications) -> tuple[Ints, Ints]:
    """The customers of a chunk, and the place of the last application of each."""
    order = np.lexsort((applications.day, people.customer))
    whose = people.customer[order]
    is_last = np.append(np.diff(whose) != 0, True)
    return whose[is_last], order[is_last]


def _holders(people: People, applications: Applications) -> _Holders:
    customer, last = last_applications(people, applications)
    first = np.full(people.customer.size, np.iinfo(np.int64).max)
    np.minimum.at(first, people.customer, applications.day)
    first_day = first[customer] - YEAR_DAYS
    return _Holders(
        customer=customer,
        first_day=first_day,
        span_days=applications.day[last] + AFTER_DAYS + 1 - first_day,
        last_application=applications.day[last],
        income_minor=applications.earned_minor[last].astype(np.float64),
        regularity=np.array(REGULARITIES)[applications.employment[last]],
        thrift=people.thrift[customer],
    )


def _monthly(draw: np.random.Generator, holders: _Holders) -> _Part:
    """Salary, rent, utilities, another lender's instalment and the bank's fee: once a month, where they happen."""
    count = holders.customer.size
    begins = calendar.month_of(holders.first_day)
    months = calendar.month_of(holders.first_day + holders.span_days - 1) - begins + 1
    who = np.repeat(np.arange(count), months)
    month = begins[who] + np.arange(who.size) - np.repeat(np.cumsum(months) - months, months)
    shares = _monthly_shares(draw, holders)
    chances = np.ones_like(shares)
    chances[:, SALARY] = holders.regularity
    due = draw.integers(0, 28, (count, len(_MONTHLY)))
    happens = (draw.random((who.size, len(_MONTHLY))) < chances[who]) & (shares[who] != 0.0)
    day = calendar.first_days(month)[:, None] + due[who]
    last_day = holders.first_day + holders.span_days
    happens &= (day >= holders.first_day[who][:, None]) & (day < last_day[who][:, None])
    row, place = np.nonzero(happens)
    holder = who[row]
    amount = holders.income_minor[holder] * shares[holder, place] * np.exp(draw.normal(0.0, 0.03, row.size))
    amount = np.where(place == _FEE_PLACE, -_FEE_MINOR, amount)
    return holders.customer[holder], day[row, place], _MONTHLY[place], _whole(amount)


def _monthly_shares(draw: np.random.Generator, holders: _Holders) -> Floats:
    """(customers, kinds) shares of a monthly income, negative for what goes out; zero where a customer has no such."""
    count = holders.customer.size
    shares = np.empty((count, len(_MONTHLY)))
    shares[:, 0] = 1.0
    shares[:, 1] = -0.24 * (draw.random(count) < 0.6)
    shares[:, 2] = -0.07
    shares[:, 3] = -0.12 * (draw.random(count) < 0.4)
    shares[:, 4] = -1.0
    return shares


def _habits(draw: np.random.Generator, holders: _Holders) -> _Part:
    """What is spent and received at any day. Whoever has no regular salary is paid by transfers instead."""
    count = holders.customer.size
    a_year = np.empty((count, len(_HABITS) + 1))
    a_year[:, :-1] = [habit.a_year for habit in _HABITS]
    a_year[:, -1] = 6.0 + 30.0 * (1.0 - holders.regularity)
    mean = np.empty_like(a_year)
    mean[:, :-1] = -np.outer(holders.thrift, [habit.share_of_income for habit in _HABITS])
    mean[:, -1] = 12.0 * (1.0 - holders.regularity) / a_year[:, -1] + 0.02
    spread = np.array([*(habit.spread for habit in _HABITS), 0.4])
    category = np.array([*(habit.category for habit in _HABITS), TRANSFER_IN])
    holder, kind = _happen(draw, a_year * holders.span_days[:, None] / YEAR_DAYS)
    noise = np.exp(spread[kind] * draw.standard_normal(holder.size) - spread[kind] ** 2 / 2.0)
    amount = holders.income_minor[holder] * mean[holder, kind] * noise
    return holders.customer[holder], _any_day(draw, holders, holder), category[kind], _whole(amount)


def _troubles(draw: np.random.Generator, holders: _Holders) -> _Part:
    """Gambling of a quarter of the customers, and payments that bounce, for which the bank charges."""
    count = holders.customer.size
    a_year = np.empty((count, 2))
    a_year[:, 0] = draw.gamma(1.5, 20.0, count) * (draw.random(count) < 0.25)
    a_year[:, 1] = draw.gamma(0.6, 2.5, count)
    holder, kind = _happen(draw, a_year * holders.span_days[:, None] / YEAR_DAYS)
    stake = holders.income_minor[holder] * 0.03 * np.exp(draw.normal(-0.18, 0.6, holder.size))
    amount = np.where(kind == 0, -stake, -_RETURN_CHARGE_MINOR)
    category = np.array([GAMBLING, RETURNED_PAYMENT])[kind]
    return holders.customer[holder], _any_day(draw, holders, holder), category, _whole(amount)


def _after_default(draw: np.random.Generator, holders: _Holders, truths: Truths) -> _Part:
    """Payments that bounce in the weeks after the last application, of those who will default."""
    expected = np.full((holders.customer.size, 1), truths.returned_after_default)
    holder, _ = _happen(draw, expected)
    day = holders.last_application[holder] + draw.integers(1, AFTER_DAYS + 1, holder.size)
    category = np.full(holder.size, RETURNED_PAYMENT)
    return holders.customer[holder], day, category, np.full(holder.size, -_RETURN_CHARGE_MINOR)


def _happen(draw: np.random.Generator, expected: Floats) -> tuple[Ints, Ints]:
    """Poisson events: the row and the column of each, for expected counts of (rows, columns)."""
    counts = draw.poisson(expected).ravel()
    place = np.repeat(np.arange(counts.size), counts)
    row, column = np.divmod(place, expected.shape[1])
    return row, column


def _order(key: Ints) -> Ints:
    """The places of sorted keys, equal ones as they came: quicker than a stable argsort."""
    return np.asarray(np.sort(key * _ROW_STEPS + np.arange(key.size)) % _ROW_STEPS)


def _any_day(draw: np.random.Generator, holders: _Holders, holder: Ints) -> Ints:
    offset = np.floor(draw.random(holder.size) * holders.span_days[holder]).astype(np.int64)
    return np.asarray(holders.first_day[holder] + offset)


def _whole(amount: Floats) -> Ints:
    """Minor units, never zero: a bank books no booking of nothing."""
    rounded = np.rint(amount).astype(np.int64)
    return np.where(rounded == 0, np.where(amount < 0.0, -1, 1), rounded)
