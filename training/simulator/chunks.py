"""One chunk of a portfolio, in arrays: everything that is true of its applicants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Bools, Floats, Ints
from training.simulator import applications, banking, bureau, calendar, people, repayment, risk
from training.simulator.plan import APPLICANTS_PER_CHUNK, Plan
from training.simulator.repayment import Outcomes
from training.simulator.risk import Facts, Features
from training.simulator.streams import Stream, generator
from training.simulator.truths import Truths, truths

CALLS_AFTER_DEFAULT, CALLS_OTHERWISE = 8.0, 0.3
_FIRST_APPLICATION, _FIRST_CUSTOMER = 100_000_000, 500_000_000
_BOOKINGS_PER_CHUNK = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """The facts as they were at each application, the bookings that came to pass, and what became of each loan."""

    plan: Plan
    number: int
    truths: Truths
    facts: Facts
    features: Features
    probability: Floats
    accounts: banking.Accounts
    outcomes: Outcomes

    @property
    def application_id(self) -> Ints:
        first = _FIRST_APPLICATION + self.number * APPLICANTS_PER_CHUNK
        return first + np.arange(self.facts.applications.size)

    def customer_id(self, customer: Ints) -> Ints:
        return _FIRST_CUSTOMER + self.number * APPLICANTS_PER_CHUNK + customer

    @property
    def transaction_id(self) -> Ints:
        return self.number * _BOOKINGS_PER_CHUNK + np.arange(self.accounts.customer.size)


def simulate(plan: Plan, number: int) -> Chunk:
    """The chunk of this number; it depends on the plan's seed, kind and portfolio and on the number alone."""
    made = truths(plan)
    known = _facts(plan, number, made)
    values = risk.features(known, made)
    probability = risk.probabilities(values, made)
    draw = generator(plan, number, Stream.REPAYMENT)
    became = repayment.outcomes(draw, known.applications, probability, made)
    last_defaults = _last_defaults(known, became)
    booked = banking.settled(known.accounts, last_defaults)
    return Chunk(plan, number, made, known, values, probability, booked, became)


def collection_calls(chunk: Chunk) -> Ints:
    """The planted leak: calls until the data were taken, which are many after a default that had happened by then."""
    became = chunk.outcomes
    default_day = calendar.add_months(chunk.facts.applications.day, became.months_to_default)
    has_happened = became.defaulted & (default_day <= calendar.LAST_DAY)
    draw = generator(chunk.plan, chunk.number, Stream.LEAK)
    return draw.poisson(np.where(has_happened, CALLS_AFTER_DEFAULT, CALLS_OTHERWISE))


def _facts(plan: Plan, number: int, made: Truths) -> Facts:
    who = people.people(generator(plan, number, Stream.PEOPLE), plan.applicants(number), made)
    asked = applications.applications(generator(plan, number, Stream.APPLICATIONS), who, made)
    answer = bureau.bureau(generator(plan, number, Stream.BUREAU), who, asked, made)
    booked = banking.accounts(generator(plan, number, Stream.BANKING), who, asked, made)
    return Facts(who, asked, answer, booked)


def _last_defaults(known: Facts, became: Outcomes) -> Bools:
    customer, last = banking.last_applications(known.people, known.applications)
    defaults = np.zeros(known.people.customer.size, dtype=np.bool_)
    defaults[customer] = became.defaulted[last]
    return defaults
