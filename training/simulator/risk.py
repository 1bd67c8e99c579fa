"""From what is true of an application to its probability of default.

Every feature is a function of what stands in the tables, so whoever reads the tables well can have them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Bools, Floats, Ints
from training.simulator import banking, calendar
from training.simulator.applications import DEVICES, EMPLOYMENTS, MAIL_KINDS, Applications
from training.simulator.banking import Accounts
from training.simulator.bureau import NOT_REPORTED_ACCOUNT, NOT_REPORTED_INQUIRIES, Bureau
from training.simulator.people import DAYS_A_YEAR, REGIONS, SEXES, People
from training.simulator.truths import (
    ARREARS_CAP,
    INQUIRIES_CAP,
    NIGHT_ENDS_HOUR,
    RETURNED_CAP,
    TYPICAL_ACCOUNT_YEARS,
    TYPICAL_INCOME_MINOR,
    TYPICAL_LOAN_TO_VALUE,
    YOUNG_YEARS,
    Lending,
    Truths,
)

Features = dict[str, Floats]
_EMPLOYMENT_NAMES = {
    "employment_public": "public_servant",
    "employment_self": "self_employed",
    "employment_informal": "informal",
    "employment_retired": "retired",
    "employment_unemployed": "unemployed",
}


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of the applications of one chunk at the moment of each application."""

    people: People
    applications: Applications
    bureau: Bureau
    accounts: Accounts


def features(facts: Facts, truths: Truths) -> Features:
    """(n,) floats by name: the declared features, then those that only a planted portfolio gives a weight."""
    asked = facts.applications
    made = _said(asked, truths.lending) | _reported(facts.bureau) | _banked(facts)
    return {
        name: np.asarray(values, dtype=np.float64)
        for name, values in (made | _planted(facts, truths)).items()
    }


def weights(truths: Truths) -> dict[str, float]:
    """The coefficient of every feature, in a fixed order, which is the order of summation."""
    odds = {(group.attribute, group.group): group.log_odds for group in truths.groups}
    return {effect.feature: effect.coefficient for effect in truths.effects} | {
        "region_north": odds["region", "north"],
        "age_under_25": odds["age", "under_25"],
        "sex_female": odds["sex", "female"],
        "season": truths.season,
        "shock": truths.shock.log_odds,
    }


def probabilities(made: Features, truths: Truths) -> Floats:
    """The probability of default within the horizon."""
    log_odds = np.full(made["log_income"].size, truths.intercept)
    for name, weight in weights(truths).items():
        log_odds += weight * made[name]
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def is_young(facts: Facts) -> Bools:
    """Younger than 25 on the day of application, counted in years of 365.25 days."""
    lived = facts.applications.day - facts.people.birth_day[facts.people.customer]
    return np.asarray(lived < YOUNG_YEARS * DAYS_A_YEAR)


def _said(asked: Applications, lending: Lending) -> dict[str, Floats | Bools]:
    income = np.log(asked.earned_minor / TYPICAL_INCOME_MINOR)
    groups = {
        feature: asked.employment == EMPLOYMENTS.index(group) for feature, group in _EMPLOYMENT_NAMES.items()
    }
    said: dict[str, Floats | Bools] = {
        "log_income": np.where(asked.income_blank, 0.0, income),
        "income_blank": asked.income_blank,
        **groups,
        "mail_temporary": asked.mail == MAIL_KINDS.index("temporary"),
        "mail_company": asked.mail == MAIL_KINDS.index("company"),
        "night_application": asked.hour < NIGHT_ENDS_HOUR,
        "device_ios": asked.device == DEVICES.index("ios"),
        "log_amount": np.log(asked.amount_minor / lending.amount_minor),
        "term_years": (asked.term_months - np.mean(lending.terms)) / 12.0,
        "rate_points": (asked.rate_bps - lending.rate_bps) / 100.0,
    }
    return said | _secured(asked, lending)


def _secured(asked: Applications, lending: Lending) -> dict[str, Floats]:
    if lending.loan_to_value is None:
        return {}
    return {"loan_to_value": asked.amount_minor / asked.collateral_minor - TYPICAL_LOAN_TO_VALUE}


def _reported(answer: Bureau) -> dict[str, Floats | Bools | Ints]:
    """What a cell does not say counts as nothing: no row and sentinels are zero."""
    inquired = answer.is_hit & (answer.inquiries != NOT_REPORTED_INQUIRIES)
    dated = answer.is_hit & (answer.oldest_account_months != NOT_REPORTED_ACCOUNT)
    return {
        "bureau_none": ~answer.is_hit,
        "inquiries": np.where(inquired, np.minimum(answer.inquiries, INQUIRIES_CAP), 0),
        "arrears": np.where(answer.is_hit, np.minimum(answer.arrears, ARREARS_CAP), 0),
        "account_years": np.where(dated, answer.oldest_account_months / 12.0 - TYPICAL_ACCOUNT_YEARS, 0.0),
    }


def _banked(facts: Facts) -> dict[str, Floats | Bools | Ints]:
    """Windows of days before the day of application; that day itself is not in them."""
    booked, key = facts.accounts, facts.accounts.key
    year, half, quarter = (_window(facts, key, days) for days in (banking.YEAR_DAYS, 180, 90))
    spent = np.maximum(-booked.amount_minor, 0)
    gambled = np.where(booked.category == banking.GAMBLING, spent, 0)
    outflow = _within(spent, year)
    salaries = _within(booked.category == banking.SALARY, year)
    returned = _within(booked.category == banking.RETURNED_PAYMENT, half)
    return {
        "returned_180d": np.minimum(returned, RETURNED_CAP),
        "gambling_tenths_365d": 10.0 * _within(gambled, year) / np.maximum(outflow, 1),
        "salary_regularity_365d": np.minimum(salaries / 12.0, 1.0),
        "overdrawn_90d": _lowest(banking.balances(booked), quarter) < 0,
    }


def _planted(facts: Facts, truths: Truths) -> dict[str, Floats | Bools]:
    month = facts.applications.month
    who = facts.people.customer
    return {
        "region_north": facts.people.region[who] == REGIONS.index("north"),
        "age_under_25": is_young(facts),
        "sex_female": facts.people.sex[who] == SEXES.index("female"),
        "season": calendar.december_wave(month),
        "shock": calendar.in_shock(month, truths),
    }


def _window(facts: Facts, key: Ints, days: int) -> tuple[Ints, Ints]:
    """Of each application, the first row of its account in the window and the first row after it."""
    who, day = facts.people.customer, facts.applications.day
    begins = np.searchsorted(key, banking.moment(who, day - days))
    ends = np.searchsorted(key, banking.moment(who, day))
    return begins.astype(np.int64), ends.astype(np.int64)


def _within(values: Ints | Bools, window: tuple[Ints, Ints]) -> Ints:
    """Sums over the rows of each window."""
    running = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(values, dtype=np.int64)])
    begins, ends = window
    return np.asarray(running[ends] - running[begins])


def _lowest(values: Ints, window: tuple[Ints, Ints]) -> Ints:
    """The smallest value of each window; zero where it has no row."""
    begins, ends = window
    padded = np.append(values, 0)
    lowest = np.minimum.reduceat(padded, np.column_stack([begins, ends]).ravel())[::2]
    return np.where(ends > begins, lowest, 0)
