"""Approval's verbs: ask for an act, sign, void. Each stands in a file of its own; callers use this one.

An approval only grants. The owner of the object executes after asking `granted`."""

from __future__ import annotations

from approvals.closing import void_requests
from approvals.opening import open_act, open_request
from approvals.selectors import granted
from approvals.signoffs import meaning_of, sign_off

__all__ = ["granted", "meaning_of", "open_act", "open_request", "sign_off", "void_requests"]
