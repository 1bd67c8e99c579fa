"""The tables of a chunk as they arrive: names, types and spellings of columns. `docs/simulator.md` describes each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from quant.arrays import Bools, Ints
from training.simulator import banking, spelling
from training.simulator.applications import DEVICES, MAIL_KINDS
from training.simulator.cash import CASH_KINDS, cash_flows
from training.simulator.chunks import Chunk, collection_calls
from training.simulator.people import REGIONS, SEXES
from training.simulator.streams import Stream, generator

if TYPE_CHECKING:
    import pyarrow as pa


def applications_table(chunk: Chunk) -> pa.Table:
    """One row an application: what was asked for and said."""
    import pyarrow as pa

    asked, who, lending = chunk.facts.applications, chunk.facts.people, chunk.truths.lending
    customer, written = who.customer, _written(chunk)
    columns = {
        "application_id": pa.array(chunk.application_id),
        "customer_id": pa.array(chunk.customer_id(customer)),
        "applied_at": pa.array(written["date"]),
        "hour": pa.array(asked.hour),
        "product": _words(asked.product, lending.products),
        "amount_minor": pa.array(asked.amount_minor),
        "term_months": pa.array(asked.term_months),
        "monthly_rate_bps": pa.array(asked.rate_bps),
        "declared_income": pa.array(written["income"], type=pa.string()),
        "employment": pa.array(written["employment"]),
        "occupation": pa.array(written["occupation"]),
        "mail_domain_kind": _words(asked.mail, MAIL_KINDS),
        "device": _words(asked.device, DEVICES),
        "birth_date": pa.array(spelling.dates(who.birth_day[customer], np.zeros_like(customer))),
        "sex": _words(who.sex[customer], SEXES),
        "region": _words(who.region[customer], REGIONS),
    }
    if lending.loan_to_value is not None:
        columns["collateral_minor"] = pa.array(asked.collateral_minor)
    if chunk.plan.has_leak:
        columns["collection_calls"] = pa.array(collection_calls(chunk))
    return pa.table(columns)


def bureau_table(chunk: Chunk) -> pa.Table:
    """One row for each application that the bureau knows; the others have none."""
    import pyarrow as pa

    answer = chunk.facts.bureau
    hit = answer.is_hit
    return pa.table(
        {
            "application_id": pa.array(chunk.application_id[hit]),
            "as_of": _days(answer.as_of_day[hit]),
            "inquiries_6m": pa.array(answer.inquiries[hit]),
            "arrears_count": pa.array(answer.arrears[hit]),
            "arrears_minor": pa.array(answer.arrears_minor[hit]),
            "oldest_account_months": pa.array(answer.oldest_account_months[hit]),
        }
    )


def transactions_table(chunk: Chunk) -> pa.Table:
    """One row a booking, sorted by customer and day."""
    import pyarrow as pa

    booked = chunk.accounts
    return pa.table(
        {
            "transaction_id": pa.array(chunk.transaction_id),
            "customer_id": pa.array(chunk.customer_id(booked.customer)),
            "booked_at": _days(booked.day),
            "amount_minor": pa.array(booked.amount_minor),
            "category": _words(booked.category, banking.CATEGORIES),
            "balance_after_minor": pa.array(banking.balances(booked)),
        }
    )


def outcomes_table(chunk: Chunk) -> pa.Table:
    """One row a loan; what is not known yet of a loan that is not mature is null."""
    import pyarrow as pa

    became, mature = chunk.outcomes, chunk.outcomes.is_mature
    is_paid = became.paid > 0
    known = {
        "default_12m": became.defaulted.astype(np.int64),
        "instalments_due": (became.schedule.due > 0).sum(axis=1),
        "instalments_paid": is_paid.sum(axis=1),
        "paid_minor": became.paid.sum(axis=1),
        "assigned_minor": became.assigned,
        "recovered_minor": became.recovered.sum(axis=1),
        "funding_cost_minor": became.funding_cost,
        "profit_minor": became.profit,
    }
    return pa.table(
        {
            "application_id": pa.array(chunk.application_id),
            "matured": pa.array(mature),
            "disbursed_minor": pa.array(became.disbursed),
            "instalment_minor": pa.array(became.schedule.instalment),
            "months_to_default": _nullable(became.months_to_default, mature & became.defaulted),
            **{name: _nullable(values, mature) for name, values in known.items()},
        }
    )


def cash_flows_table(chunk: Chunk) -> pa.Table:
    """One row for each disbursement, instalment, assignment and recovery that falls into the window."""
    import pyarrow as pa

    flows = cash_flows(chunk.facts.applications, chunk.outcomes)
    return pa.table(
        {
            "application_id": pa.array(chunk.application_id[flows.loan]),
            "kind": _words(flows.kind, CASH_KINDS),
            "due_on": _days(flows.due_day, flows.due_minor > 0),
            "due_minor": pa.array(flows.due_minor),
            "booked_on": _days(flows.booked_day, flows.is_booked),
            "booked_minor": pa.array(flows.booked_minor),
        }
    )


TABLES: dict[str, Callable[[Chunk], pa.Table]] = {
    "applications": applications_table,
    "bureau": bureau_table,
    "transactions": transactions_table,
    "outcomes": outcomes_table,
    "cash_flows": cash_flows_table,
}


def _written(chunk: Chunk) -> dict[str, list[str | None]]:
    """The cells that people and systems spell as they like."""
    asked, mess = chunk.facts.applications, chunk.truths.mess
    draw = generator(chunk.plan, chunk.number, Stream.SPELLING)
    date, income = (spelling.styles(draw, asked.size, mess.formats) for _ in range(2))
    group = spelling.styles(draw, asked.size, mess.spellings)
    job = spelling.styles(draw, asked.size, mess.formats)
    declared = spelling.money(asked.earned_minor, income)
    told = zip(declared, asked.income_blank.tolist(), strict=True)
    return {
        "date": [*spelling.dates(asked.day, date)],
        "income": [None if is_blank else amount for amount, is_blank in told],
        "employment": [*spelling.employments(asked.employment, group)],
        "occupation": [*spelling.jobs(asked.employment, asked.job, job)],
    }


def _words(codes: Ints, words: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(words))


def _days(day: Ints, known: Bools | None = None) -> pa.Array:
    import pyarrow as pa

    return pa.array(day.astype(np.int32), mask=None if known is None else ~known).cast(pa.date32())


def _nullable(values: Ints, known: Bools) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, mask=~known)
