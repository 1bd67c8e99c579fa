"""Bank transactions: a year before, some weeks after, and nothing but the date says which is which."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.simulator import banking, risk
from training.simulator.chunks import simulate
from training.simulator.plan import APPLICANTS_PER_CHUNK, Plan


@pytest.fixture(scope="module")
def chunk():
    return simulate(Plan(APPLICANTS_PER_CHUNK, 1), 0)


def test_every_applicant_has_a_year_of_transactions_before(chunk):
    windows = risk._window(chunk.facts, chunk.facts.accounts.key, banking.YEAR_DAYS)
    rows = windows[1] - windows[0]
    first = chunk.facts.applications.day - chunk.facts.accounts.day[windows[0]]
    assert 250 < rows.mean() < 400
    assert rows.min() > 150
    assert np.quantile(first, 0.01) > banking.YEAR_DAYS - 20


def test_transactions_after_the_application_are_marked_by_their_date_only(chunk, table):
    booked = table("transactions")
    assert list(booked.columns) == [
        "transaction_id",
        "customer_id",
        "booked_at",
        "amount_minor",
        "category",
        "balance_after_minor",
    ]
    last = chunk.facts.applications.day[
        banking.last_applications(chunk.facts.people, chunk.facts.applications)[1]
    ]
    ends = np.flatnonzero(np.diff(chunk.accounts.customer, append=-1))
    until = chunk.accounts.day[ends]
    assert ((until > last) & (until <= last + banking.AFTER_DAYS)).mean() > 0.99


def test_what_comes_later_changes_no_feature(chunk):
    """Also not what is booked on the day of application: windows end before it."""
    facts = chunk.facts
    customer, last = banking.last_applications(facts.people, facts.applications)
    day = np.full(facts.people.customer.size, np.iinfo(np.int64).max)
    day[customer] = facts.applications.day[last]
    later = facts.accounts.day >= day[facts.accounts.customer]
    amounts = np.where(
        later, np.random.default_rng(1).permutation(facts.accounts.amount_minor), facts.accounts.amount_minor
    )
    shuffled = replace(
        facts,
        accounts=replace(
            facts.accounts, amount_minor=amounts, category=np.where(later, 0, facts.accounts.category)
        ),
    )
    again = risk.features(shuffled, chunk.truths)
    for name, values in chunk.features.items():
        is_last = np.isin(np.arange(values.size), last)
        np.testing.assert_array_equal(again[name][is_last], values[is_last])
    assert later.sum() > 10_000


def test_what_comes_later_tells_of_the_default(chunk):
    facts, booked = chunk.facts, chunk.accounts
    customer, last = banking.last_applications(facts.people, facts.applications)
    day = np.full(facts.people.customer.size, np.iinfo(np.int64).max)
    day[customer] = facts.applications.day[last]
    returned = (booked.category == banking.RETURNED_PAYMENT) & (booked.day > day[booked.customer])
    counts = np.bincount(booked.customer[returned], minlength=day.size)[customer]
    defaulted = chunk.outcomes.defaulted[last]
    gap = counts[defaulted].mean() - counts[~defaulted].mean()
    error = np.sqrt(counts[defaulted].var() / defaulted.sum() + counts[~defaulted].var() / (~defaulted).sum())
    assert abs(gap - chunk.truths.returned_after_default) < 3 * error
    assert gap > 3 * error


def test_every_balance_is_the_one_before_and_the_amount(table):
    booked = table("transactions")
    same = booked.customer_id.diff() == 0
    moved = booked.balance_after_minor.diff()[same]
    assert (moved == booked.amount_minor[same]).all()
    assert (booked.amount_minor != 0).all()
    assert booked.transaction_id.is_unique
    assert booked.sort_values(["customer_id", "booked_at"], kind="stable").index.equals(booked.index)


def test_an_account_begins_with_what_it_held(chunk):
    booked, after = chunk.accounts, banking.balances(chunk.accounts)
    first = np.flatnonzero(np.diff(booked.customer, prepend=-1))
    assert (after[first] - booked.amount_minor[first] == booked.opening_minor[booked.customer[first]]).all()


def test_signs_follow_the_category(table):
    booked = table("transactions")
    incoming = booked.category.isin(["SALARY", "TRANSFER_IN"])
    assert ((booked.amount_minor > 0) == incoming).all()
    assert set(booked.category.unique()) == set(banking.CATEGORIES)


def test_some_customers_come_again_with_one_account(table):
    asked = table("applications")
    again = asked.customer_id.duplicated().mean()
    assert abs(again - 0.15) < 3 * np.sqrt(0.15 * 0.85 / len(asked))
    assert set(asked.customer_id) == set(table("transactions").customer_id)
