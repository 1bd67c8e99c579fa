"""Cash flows: exact to the minor unit, and silent about what has not happened yet."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from training.simulator import calendar, repayment
from training.simulator.chunks import simulate
from training.simulator.plan import APPLICANTS_PER_CHUNK, Kind, Plan
from training.simulator.tables import TABLES

LAST_DAY = dt.date(2024, 12, 31)


@pytest.fixture(scope="module", params=list(Kind))
def loans(request):
    """A chunk of each kind with its applications, outcomes and cash flows as frames."""
    chunk = simulate(Plan(APPLICANTS_PER_CHUNK, 2, request.param), 0)
    frames = [
        TABLES[name](chunk).to_pandas(integer_object_nulls=True)
        for name in ("applications", "outcomes", "cash_flows")
    ]
    return chunk, *frames


def test_profit_is_what_came_in_less_what_went_out_and_the_funding_for_each_loan(loans):
    _, _, outcomes, flows = loans
    mature = outcomes[outcomes.matured].set_index("application_id")
    kept = flows.groupby("application_id").booked_minor.sum().reindex(mature.index)
    assert len(mature) > 1_000
    assert (kept - mature.funding_cost_minor == mature.profit_minor).all()
    told = mature.paid_minor + mature.assigned_minor + mature.recovered_minor - mature.disbursed_minor
    assert (told - mature.funding_cost_minor == mature.profit_minor).all()


def share(amount, bps):
    """Basis points of an amount, rounded half up."""
    return (amount * bps + 5000) // 10_000


def lived(asked, told, lending):
    """One loan, month by month: what was paid, what is assigned at the end, what the funding cost."""
    owed, paid, cost = asked.amount_minor, 0, 0
    missed = told.months_to_default - 2 if told.default_12m else 13
    for month in range(1, min(12, asked.term_months, missed - 1) + 1):
        cost += share(owed, lending.funding_bps)
        settlement = owed + share(owed, asked.monthly_rate_bps)
        instalment = settlement if month == asked.term_months else min(told.instalment_minor, settlement)
        owed, paid = settlement - instalment, paid + instalment
    if not told.default_12m:
        return paid, owed, cost
    months_until_written_off = told.months_to_default + lending.recovery_months - missed + 1
    return paid, 0, cost + months_until_written_off * share(owed, lending.funding_bps)


def test_every_loan_is_what_a_loop_over_its_months_makes_of_it(loans):
    chunk, asked, outcomes, _ = loans
    pairs = list(zip(asked.itertuples(), outcomes.itertuples(), strict=True))
    mature = [(row, told) for row, told in pairs if told.matured]
    assert len({told.default_12m for _, told in mature}) == 2
    for row, told in mature:
        assert lived(row, told, chunk.truths.lending) == (
            told.paid_minor,
            told.assigned_minor,
            told.funding_cost_minor,
        )


def test_a_loan_that_is_not_mature_has_no_outcome(loans):
    _, _, outcomes, _ = loans
    censored = outcomes[~outcomes.matured]
    assert 0.2 < len(censored) / len(outcomes) < 0.5
    known = ["application_id", "matured", "disbursed_minor", "instalment_minor"]
    assert censored.drop(columns=known).isna().all(axis=None)
    assert outcomes[outcomes.matured].drop(columns="months_to_default").notna().all(axis=None)


def test_maturity_is_the_stated_number_of_months_before_the_end(loans):
    chunk, _, outcomes, _ = loans
    month = chunk.facts.applications.month
    assert (outcomes.matured == (month + chunk.truths.maturity_months <= 47)).all()


def test_nothing_is_booked_or_due_after_the_window(loans):
    _, _, _, flows = loans
    assert flows.booked_on.dropna().max() <= LAST_DAY
    assert flows.due_on.dropna().max() <= LAST_DAY
    assert (flows.booked_on.isna() == (flows.booked_minor == 0)).all()


def test_every_flow_of_a_mature_loan_lies_before_its_maturity(loans):
    chunk, _, outcomes, flows = loans
    day = chunk.facts.applications.day
    end = calendar.add_months(day, np.full(day.size, chunk.truths.maturity_months))
    booked = flows[flows.application_id.isin(outcomes.application_id[outcomes.matured])].dropna(
        subset=["booked_on"]
    )
    place = booked.application_id.to_numpy() - outcomes.application_id[0]
    assert (booked.booked_on.to_numpy().astype("M8[D]").astype(np.int64) <= end[place]).all()


def test_defaults_come_within_twelve_months_after_a_missed_instalment(loans):
    _, _, outcomes, flows = loans
    defaulted = outcomes[outcomes.default_12m == 1]
    assert defaulted.months_to_default.between(3, 12).all()
    assert outcomes[outcomes.default_12m == 0].months_to_default.isna().all()
    instalments = flows[(flows.kind == "INSTALMENT") & flows.application_id.isin(defaulted.application_id)]
    unpaid = instalments[instalments.booked_minor == 0].groupby("application_id").size()
    assert unpaid.reindex(defaulted.application_id).between(1, 3).all()


def test_no_more_is_recovered_than_was_owed(loans):
    chunk, *_ = loans
    became = chunk.outcomes
    owed = repayment._owed_at_default(became.schedule, became.first_missed)
    assert (became.recovered.sum(axis=1) <= owed).all()
    assert (became.recovered[~became.defaulted] == 0).all()
    assert 0 < (became.recovered[became.defaulted].sum(axis=1) == 0).mean() < 1


def test_the_instalments_discounted_at_the_price_are_the_amount():
    """Sum of instalment × (1 + i)^−k over the term; rounding of each instalment moves it by half a unit a month."""
    amount, rate, term = (
        np.array([2_500_000, 150_000, 99_999]),
        np.array([220, 900, 1]),
        np.array([48, 3, 12]),
    )
    level = repayment.instalments(amount, rate, term)
    worth = [
        sum(one / (1 + bps / 10_000) ** k for k in range(1, n + 1))
        for one, bps, n in zip(level, rate, term, strict=True)
    ]
    assert (np.abs(worth - amount) <= term / 2).all()


def test_a_known_schedule_clears_to_nothing():
    """1000.00 at 10 % a month over 3 months: 402.11 a month, the last 402.13."""
    made = repayment.schedule(np.array([100_000]), np.array([1_000]), np.array([3]))
    assert made.due[0, :4].tolist() == [40_211, 40_211, 40_213, 0]
    assert made.opening[0, :4].tolist() == [100_000, 69_789, 36_557, 0]
    assert made.closing.tolist() == [0]
