"""A snapshot that breaks two blocking rules, and asking that one be let stand."""

from __future__ import annotations

import datetime as dt

from approvals.models import ApprovalRequest
from approvals.services import ask_snapshot_exception
from mrm.lib import clock
from registry.models import DatasetSnapshot
from tests.registry import built

RULE = "no_constant_input"


def spoiled_snapshot(dana) -> DatasetSnapshot:
    """A column that is the same for everybody, and one that tells the outcome."""
    table = built.card_table(600).assign(SAME=1)
    table["AFTERWARDS"] = table["DEFAULT"] * 5
    return built.frozen_snapshot(dana, csv=table.to_csv(index=False).encode())


def asked_to_stand(
    actor, snapshot, rule: str = RULE, days: float = 30, why: str = "It will vary."
) -> ApprovalRequest:
    until = clock.now() + dt.timedelta(days=days)
    return ask_snapshot_exception(actor=actor, snapshot=snapshot, rule=rule, until=until, why=why)
