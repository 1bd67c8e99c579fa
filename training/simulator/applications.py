"""What applicants ask for and say, before anybody has misspelt it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Bools, Floats, Ints
from training.simulator import calendar
from training.simulator.people import REGIONS, SEXES, People, by_group
from training.simulator.truths import TYPICAL_INCOME_MINOR, Lending, Truths

EMPLOYMENTS = ("salaried", "public_servant", "self_employed", "informal", "retired", "unemployed")
MAIL_KINDS = ("free", "company", "temporary", "own")
DEVICES = ("android", "ios", "desktop")
JOBS_EACH = 5
MAIL_SHARES, DEVICE_SHARES = (0.78, 0.12, 0.05, 0.05), (0.6, 0.22, 0.18)
# By employment. Informal work has a share that shifts; the others have these of what it leaves.
OTHER_SHARES = (0.5, 0.13, 0.2, 0.0, 0.1, 0.07)
LOG_INCOMES = (0.1, 0.45, 0.05, -0.25, -0.1, -0.5)
_OWN_NOISE = 0.1
# The hours of a day: few apply at night.
_HOUR_WEIGHTS = np.array(
    [2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 8, 8, 8, 8, 7, 7, 6, 6, 6, 5, 4, 3], dtype=float
)


@dataclass(frozen=True, slots=True, eq=False)
class Applications:
    """(n,) arrays. Days since 1970, months of the window from 0, money in minor units, rates in basis points a month.

    `earned_minor` is known to nobody: what is declared of it is blank where `income_blank`. Codes are places in the
    tuples of this module and of `people`.
    """

    day: Ints
    month: Ints
    hour: Ints
    product: Ints
    amount_minor: Ints
    term_months: Ints
    rate_bps: Ints
    collateral_minor: Ints
    earned_minor: Ints
    income_blank: Bools
    employment: Ints
    job: Ints
    mail: Ints
    device: Ints

    @property
    def size(self) -> int:
        return self.day.size


def applications(draw: np.random.Generator, people: People, truths: Truths) -> Applications:
    """One application for each place of `people`."""
    count, lending = people.customer.size, truths.lending
    day = calendar.application_days(draw, count, truths)
    month = calendar.month_of(day)
    employment = _employment(people, month, truths)
    amount = _positive(lending.amount_minor * np.exp(draw.normal(0.0, lending.amount_spread, count)))
    return Applications(
        day=day,
        month=month,
        hour=draw.choice(24, size=count, p=_HOUR_WEIGHTS / _HOUR_WEIGHTS.sum()),
        product=draw.integers(0, len(lending.products), count),
        amount_minor=amount,
        term_months=draw.choice(np.array(lending.terms), size=count),
        rate_bps=_rates(draw, count, lending),
        collateral_minor=_collateral(draw, amount, lending),
        earned_minor=_earned(draw, people, month, employment, truths),
        income_blank=draw.random(count) < truths.mess.income_blank,
        employment=employment,
        job=draw.integers(0, JOBS_EACH, count),
        mail=draw.choice(len(MAIL_KINDS), size=count, p=MAIL_SHARES),
        device=draw.choice(len(DEVICES), size=count, p=DEVICE_SHARES),
    )


def _employment(people: People, month: Ints, truths: Truths) -> Ints:
    """A customer keeps their standing; the shares around it move with the shift."""
    shift = truths.shift
    informal = np.where(
        calendar.is_shifted(month, truths), shift.informal_share_after, shift.informal_share_before
    )
    shares = np.outer(1.0 - informal, OTHER_SHARES)
    shares[:, EMPLOYMENTS.index("informal")] = informal
    bounds = np.cumsum(shares, axis=1)[:, :-1]
    return np.asarray((people.standing[people.customer][:, None] >= bounds).sum(axis=1), dtype=np.int64)


def _earned(draw: np.random.Generator, people: People, month: Ints, employment: Ints, truths: Truths) -> Ints:
    """Minor units a month."""
    gaps = {(group.attribute, group.group): group.log_income for group in truths.groups}
    who = people.customer
    logarithm = (
        np.array(LOG_INCOMES)[employment]
        + by_group("sex", SEXES, gaps)[people.sex[who]]
        + by_group("region", REGIONS, gaps)[people.region[who]]
        + truths.shift.log_income * calendar.is_shifted(month, truths)
        + people.income_noise[who]
        + draw.normal(0.0, _OWN_NOISE, who.size)
    )
    return _positive(TYPICAL_INCOME_MINOR * np.exp(logarithm))


def _rates(draw: np.random.Generator, count: int, lending: Lending) -> Ints:
    drawn = np.rint(draw.normal(lending.rate_bps, lending.rate_spread_bps, count)).astype(np.int64)
    return np.clip(drawn, lending.rate_bps // 3, 2 * lending.rate_bps)


def _collateral(draw: np.random.Generator, amount: Ints, lending: Lending) -> Ints:
    """What the vehicle is worth; zero where nothing is pledged."""
    if lending.loan_to_value is None:
        return np.zeros_like(amount)
    share = np.clip(draw.beta(*lending.loan_to_value, amount.size), 0.1, 0.95)
    return _positive(amount / share)


def _positive(values: Floats) -> Ints:
    return np.maximum(np.rint(values), 1.0).astype(np.int64)
