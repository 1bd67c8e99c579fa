"""Approval's verbs: ask for an act, take it in hand, declare a conflict, sign, withdraw, void. Each stands in a file of
its own; callers use this one.

An approval only grants. The owner of the object executes after asking `granted`."""

from __future__ import annotations

from approvals.caps import Terms, ask_pre_validation_use
from approvals.claims import claim, release
from approvals.closing import void_requests
from approvals.conditions import meet_condition
from approvals.delegations import delegate, end_delegation
from approvals.emergencies import ask_break_glass
from approvals.exceptions import ask_exception
from approvals.opening import ask_for, open_act, open_request
from approvals.overlays import Adjustment, ask_overlay
from approvals.recusals import recuse
from approvals.selectors import granted
from approvals.signoffs import meaning_of, sign_off
from approvals.snapshot_exceptions import ask_snapshot_exception
from approvals.withdrawing import withdraw
from validation.demands import Demand

__all__ = [
    "Adjustment",
    "Demand",
    "Terms",
    "ask_break_glass",
    "ask_exception",
    "ask_for",
    "ask_overlay",
    "ask_pre_validation_use",
    "ask_snapshot_exception",
    "claim",
    "delegate",
    "end_delegation",
    "granted",
    "meaning_of",
    "meet_condition",
    "open_act",
    "open_request",
    "recuse",
    "release",
    "sign_off",
    "void_requests",
    "withdraw",
]
