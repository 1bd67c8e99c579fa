"""On a simulated portfolio, where those who default have payments returned after applying: features that look ahead tell
them apart, ours hold nothing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quant.features.cleaning.dates import read_date
from quant.transactions.definition import Columns, Definition, Measure, MeasureKind
from tests.training.feature_views import viewed
from training.simulator.plan import Kind, Plan
from training.simulator.portfolio import generate

RETURNED = Measure("returned", MeasureKind.RETURNED_PAYMENTS, ("RETURNED_PAYMENT",))
SALARY = Measure("salary", MeasureKind.INFLOW, ("SALARY",))
OURS = Definition(
    Columns("customer_id", "booked_at", "amount_minor", "category"), (30, 365), (RETURNED, SALARY), 0, 30
)
COLUMNS = {"key": "application_id", "customer": "customer_id", "applied_on": "on"}
AHEAD_DAYS = 31
