"""What a credit bureau answers: a row for most applicants, sentinels in some cells, a clock that is sometimes late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Bools, Floats, Ints
from training.simulator.applications import Applications
from training.simulator.people import DAYS_A_YEAR, People
from training.simulator.truths import Truths

HIT_SHARE = 0.82
NOT_REPORTED_INQUIRIES, NOT_REPORTED_ACCOUNT = 999, -1
LATE_AT_MOST_DAYS = 5
_FULL_AGE_YEARS = 18.0


@dataclass(frozen=True, slots=True, eq=False)
class Bureau:
    """(n,) arrays as they are sent, for every application; rows exist where `is_hit` only."""

    is_hit: Bools
    as_of_day: Ints
    inquiries: Ints
    arrears: Ints
    arrears_minor: Ints
    oldest_account_months: Ints


def bureau(draw: np.random.Generator, people: People, applications: Applications, truths: Truths) -> Bureau:
    """An answer for each application. `as_of_day` is up to 3 days before it; a late clock says up to 5 days after."""
    count, mess = applications.size, truths.mess
    arrears = np.minimum(draw.poisson(0.35, count), 9)
    inquiries = np.minimum(draw.negative_binomial(1.2, 0.4, count), 60)
    oldest = np.floor(np.minimum(draw.exponential(80.0, count), _adult_months(people, applications)))
    late = draw.random(count) < mess.late_clock
    before = draw.integers(0, 4, count)
    after = draw.integers(1, LATE_AT_MOST_DAYS + 1, count)
    unreported = draw.random(count) < mess.sentinel_inquiries
    undated = draw.random(count) < mess.sentinel_account
    return Bureau(
        is_hit=draw.random(count) < HIT_SHARE,
        as_of_day=applications.day + np.where(late, after, -before),
        inquiries=np.where(unreported, NOT_REPORTED_INQUIRIES, inquiries),
        arrears=arrears,
        arrears_minor=arrears * np.rint(np.exp(draw.normal(10.5, 0.8, count))).astype(np.int64),
        oldest_account_months=np.where(undated, NOT_REPORTED_ACCOUNT, oldest.astype(np.int64)),
    )


def _adult_months(people: People, applications: Applications) -> Floats:
    lived_days = applications.day - people.birth_day[people.customer]
    return np.asarray((lived_days / DAYS_A_YEAR - _FULL_AGE_YEARS) * 12.0)
