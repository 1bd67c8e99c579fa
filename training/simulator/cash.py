"""The movements of money of every loan, as far as the window sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quant.arrays import Bools, Ints
from training.simulator import calendar
from training.simulator.applications import Applications
from training.simulator.repayment import Outcomes
from training.simulator.truths import HORIZON_MONTHS

CASH_KINDS = ("DISBURSEMENT", "INSTALMENT", "ASSIGNMENT", "RECOVERY")
DISBURSEMENT, INSTALMENT, ASSIGNMENT, RECOVERY = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class CashFlows:
    """Sorted by loan, which is a place in the chunk. Minor units; `booked_minor` is negative for what was disbursed.

    What was due and never came has no booking. Recoveries were not due at a date: their `due_minor` is zero.
    """

    loan: Ints
    kind: Ints
    due_day: Ints
    due_minor: Ints
    booked_day: Ints
    booked_minor: Ints

    @property
    def is_booked(self) -> Bools:
        return np.asarray(self.booked_minor != 0)


_Part = tuple[Ints, Ints, Ints, Ints, Ints, Ints]


def cash_flows(asked: Applications, became: Outcomes) -> CashFlows:
    """Whatever was due or booked by the last day of the window."""
    parts = (
        _disbursed(asked),
        _instalments(asked, became),
        _assigned(asked, became),
        _recovered(asked, became),
    )
    loan, kind, due_day, due, booked_day, booked = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    booked = np.where(booked_day <= calendar.LAST_DAY, booked, 0)
    seen = ((due > 0) & (due_day <= calendar.LAST_DAY)) | (booked != 0)
    order = np.flatnonzero(seen)[np.argsort(loan[seen], kind="stable")]
    return CashFlows(loan[order], kind[order], due_day[order], due[order], booked_day[order], booked[order])


def _disbursed(asked: Applications) -> _Part:
    none = np.zeros_like(asked.day)
    kind = np.full_like(asked.day, DISBURSEMENT)
    return np.arange(asked.size), kind, asked.day, none, asked.day, -asked.amount_minor


def _instalments(asked: Applications, became: Outcomes) -> _Part:
    """After a default nothing more falls due: what is owed is called in."""
    month = np.arange(1, HORIZON_MONTHS + 1)
    falls_due = ~became.defaulted[:, None] | (month <= became.months_to_default[:, None])
    loan, place = np.nonzero((became.schedule.due > 0) & falls_due)
    due_day = calendar.add_months(asked.day[loan], month[place])
    booked_day = due_day + became.late_days[loan, place]
    kind = np.full_like(loan, INSTALMENT)
    return loan, kind, due_day, became.schedule.due[loan, place], booked_day, became.paid[loan, place]


def _assigned(asked: Applications, became: Outcomes) -> _Part:
    loan = np.flatnonzero(became.assigned)
    day = calendar.add_months(asked.day[loan], np.full_like(loan, HORIZON_MONTHS))
    amount = became.assigned[loan]
    return loan, np.full_like(loan, ASSIGNMENT), day, amount, day, amount


def _recovered(asked: Applications, became: Outcomes) -> _Part:
    loan, place = np.nonzero(became.recovered)
    day = calendar.add_months(asked.day[loan], became.recovery_months[loan, place])
    kind, none = np.full_like(loan, RECOVERY), np.zeros_like(loan)
    return loan, kind, day, none, day, became.recovered[loan, place]
