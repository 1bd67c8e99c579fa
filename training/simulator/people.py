"""Customers of one chunk: who they are whatever they apply for. Some come again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Floats, Ints
from training.simulator import calendar
from training.simulator.truths import Truths

SEXES = ("female", "male")
REGIONS = ("southeast", "south", "northeast", "north")
COMES_AGAIN_SHARE = 0.15
DAYS_A_YEAR = 365.25
_YOUNGEST_YEARS, _AGE_RANGE_YEARS = 18.0, 52.0


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """One place per application of the chunk; `customer` (n,) says whose it is, the other arrays are by customer.

    `standing` is a uniform number that places a customer among the kinds of employment, `thrift` multiplies what they
    spend, `income_noise` is added to the logarithm of what they earn.
    """

    customer: Ints
    sex: Ints
    region: Ints
    birth_day: Ints
    standing: Floats
    income_noise: Floats
    thrift: Floats


def people(draw: np.random.Generator, count: int, truths: Truths) -> People:
    """Customers for `count` applications."""
    return People(
        customer=_customers(draw, count),
        sex=draw.choice(len(SEXES), size=count, p=_shares("sex", SEXES, truths)),
        region=draw.choice(len(REGIONS), size=count, p=_shares("region", REGIONS, truths)),
        birth_day=_birth_days(draw, count),
        standing=draw.random(count),
        income_noise=draw.normal(0.0, 0.4, count),
        thrift=np.exp(draw.normal(0.0, 0.12, count)),
    )


def by_group(attribute: str, names: tuple[str, ...], amounts: dict[tuple[str, str], float]) -> Floats:
    """What each group of an attribute is given, in the order of its codes."""
    return np.array([amounts[attribute, name] for name in names])


def _customers(draw: np.random.Generator, count: int) -> Ints:
    """Whoever comes again takes the place of one who applied once."""
    again = draw.random(count) < COMES_AGAIN_SHARE
    again[0] = False
    places = np.arange(count)
    once = places[~again]
    return np.where(again, once[draw.integers(0, once.size, count)], places)


def _shares(attribute: str, names: tuple[str, ...], truths: Truths) -> Floats:
    shares = {(group.attribute, group.group): group.share or 0.0 for group in truths.groups}
    return by_group(attribute, names, shares)


def _birth_days(draw: np.random.Generator, count: int) -> Ints:
    years = _YOUNGEST_YEARS + _AGE_RANGE_YEARS * draw.beta(1.3, 2.4, count)
    return calendar.FIRST_DAY - np.ceil(years * DAYS_A_YEAR).astype(np.int64)
