"""A clean portfolio raises no alarm beyond the nominal rate; the same alarms ring on a planted one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

from training.simulator import calendar, people, risk
from training.simulator.applications import EMPLOYMENTS
from training.simulator.chunks import simulate
from training.simulator.plan import Kind, Plan, Portfolio
from training.simulator.tables import TABLES

SEEDS = (1, 2, 3, 4, 5)
LOANS = 2_000
NOMINAL = 0.05
SURE = 0.999


def score(values, book, chance):
    """The score test of one more feature beside the true odds: standard normal where it carries nothing."""
    mature = book.of("outcomes", "is_mature")
    missed = book.of("outcomes", "defaulted")[mature] - chance[mature]
    weight = chance[mature] * (1 - chance[mature])
    centred = values[mature] - np.average(values[mature], weights=weight)
    return (centred * missed).sum() / np.sqrt((centred**2 * weight).sum())


def others(book):
    """What no portfolio gives a weight beyond what is declared."""
    asked = {name: book.of("applications", name) for name in ("product", "job", "hour", "month", "day")}
    return (
        {f"{name} squared": values.astype(float) ** 2 for name, values in asked.items()}
        | {f"region {code}": book.of_people("region") == code for code in range(len(people.REGIONS))}
        | {f"day of the week {day}": asked["day"] % 7 == day for day in range(7)}
        | {"thrift": book.of_people("thrift"), "standing": book.of_people("standing")}
    )


def alarms(tests):
    return sum(abs(each) > stats.norm.isf(NOMINAL / 2) for each in tests), len(tests)


def within_nominal(tests):
    rung, asked = alarms(tests)
    return rung <= stats.binom.ppf(SURE, asked, NOMINAL)


@pytest.mark.parametrize("portfolio", [Portfolio.CLEAN, Portfolio.NOISE])
def test_nothing_carries_more_than_what_is_declared(book, portfolio):
    made = [book(Kind.MICRO, portfolio, loans=LOANS, seed=seed) for seed in SEEDS]
    tests = [
        score(values.astype(float), each, each.probability)
        for each in made
        for values in (each.features | others(each)).values()
        if values.std() > 0
    ]
    assert len(tests) > 200
    assert within_nominal(tests)


def test_without_coefficients_every_loan_has_the_same_odds(book):
    made = book(Kind.MICRO, Portfolio.NOISE, loans=LOANS)
    assert np.unique(made.probability).size == 1
    assert set(risk.weights(made.truths).values()) == {0.0}


def test_the_same_alarms_ring_where_something_is_planted(book):
    made = book(Kind.MICRO)
    weights = risk.weights(made.truths)
    for feature in ("shock", "region_north", "age_under_25", "income_blank", "season"):
        log_odds = np.log(made.probability / (1 - made.probability))
        without = 1 / (1 + np.exp(-(log_odds - weights[feature] * made.features[feature])))
        assert score(made.features[feature], made, without) > stats.norm.isf((1 - SURE) / 2)


def gap(first, second):
    """A difference of means, in standard errors."""
    return (first.mean() - second.mean()) / np.sqrt(first.var() / first.size + second.var() / second.size)


def test_nobody_else_comes_later_in_a_clean_portfolio(book):
    """Ages are left out, and how long accounts exist, which ages bound: both move with time in any population."""
    moving = {"season", "shock", "age_under_25", "account_years"}
    tests = []
    for seed in SEEDS:
        made = book(Kind.MICRO, Portfolio.CLEAN, loans=LOANS, seed=seed)
        after = calendar.is_shifted(made.of("applications", "month"), made.truths)
        shown = [values for name, values in made.features.items() if name not in moving]
        for values in [*shown, made.of_people("thrift")]:
            groups = (values[made.is_first & members].astype(float) for members in (after, ~after))
            tests.append(gap(*groups))
    assert within_nominal(tests)


def test_incomes_of_a_clean_portfolio_are_the_same_in_every_group(book):
    tests = []
    for seed in SEEDS:
        made = book(Kind.MICRO, Portfolio.CLEAN, loans=LOANS, seed=seed)
        income = np.log(made.of("applications", "earned_minor"))
        for attribute, groups in (("sex", people.SEXES), ("region", people.REGIONS)):
            for code in range(1, len(groups)):
                members = (made.is_first & (made.of_people(attribute) == each) for each in (code, 0))
                tests.append(gap(*(income[each] for each in members)))
    assert within_nominal(tests)


def test_a_clean_portfolio_is_tidy():
    chunk = simulate(Plan(2_000, 1, Kind.VEHICLE, Portfolio.CLEAN), 0)
    asked, answers = TABLES["applications"](chunk).to_pandas(), TABLES["bureau"](chunk).to_pandas()
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) for cell in asked.applied_at)
    assert all(re.fullmatch(r"\d+\.\d{2}", cell) for cell in asked.declared_income.dropna())
    assert asked.employment.nunique() == len(EMPLOYMENTS)
    assert "collection_calls" not in asked
    assert not ((answers.inquiries_6m == 999) | (answers.oldest_account_months == -1)).any()
    assert (chunk.facts.bureau.as_of_day <= chunk.facts.applications.day).all()
    assert not chunk.accounts.only_after_default.any()
