"""The window in which loans are applied for. Days are whole numbers since 1970-01-01, months numbers from 0."""

import numpy as np

from quant.arrays import Bools, Floats, Ints
from training.simulator.truths import FIRST_MONTH, WINDOW_MONTHS, Truths

_FIRST = np.datetime64(FIRST_MONTH, "M")
_LAST_DUE_DAY = 28


def first_days(month: Ints) -> Ints:
    """The first day of each month of the window, also of months before and after it."""
    return np.asarray((_FIRST + month).astype("M8[D]").astype(np.int64))


_STARTS = first_days(np.arange(WINDOW_MONTHS + 1))
FIRST_DAY, LAST_DAY = int(_STARTS[0]), int(_STARTS[-1]) - 1


def month_of(day: Ints) -> Ints:
    """The month of the window in which each day lies."""
    return (day.astype("M8[D]").astype("M8[M]") - _FIRST).astype(np.int64)


def add_months(day: Ints, months: Ints) -> Ints:
    """The day so many months later, on the same day of the month, at most the 28th."""
    begun = day.astype("M8[D]").astype("M8[M]")
    place = np.minimum(day - begun.astype("M8[D]").astype(np.int64), _LAST_DUE_DAY - 1)
    return (begun + months).astype("M8[D]").astype(np.int64) + place


def application_days(draw: np.random.Generator, count: int, truths: Truths) -> Ints:
    """Days of application: the month by the seasonal volume, the day within it evenly."""
    weights = 1.0 + truths.volume * december_wave(np.arange(WINDOW_MONTHS))
    month = draw.choice(WINDOW_MONTHS, size=count, p=weights / weights.sum())
    length = np.diff(_STARTS)[month]
    return np.asarray(_STARTS[month] + np.floor(draw.random(count) * length).astype(np.int64))


def december_wave(month: Ints) -> Floats:
    """A cosine over the calendar year, 1 in December and −1 in June. The window begins with January."""
    return np.asarray(np.cos(2.0 * np.pi * (month % 12 - 11) / 12.0))


def in_shock(month: Ints, truths: Truths) -> Bools:
    return (month >= truths.shock.month) & (month < truths.shock.month + truths.shock.months)


def is_shifted(month: Ints, truths: Truths) -> Bools:
    return month >= truths.shift.month


def is_mature(month: Ints, truths: Truths) -> Bools:
    """Whether the window goes on for the months of maturity after the month of application."""
    return month + truths.maturity_months < WINDOW_MONTHS
