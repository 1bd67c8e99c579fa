"""Break-glass: a suspended version back into force for hours, by two people. A finding opens by itself."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from approvals import subjects
from approvals.models import ApprovalRequest, Emergency
from approvals.opening import ask_about
from approvals.policy import BREAK_GLASS
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import FieldError, Invalid
from mrm.settings import governance
from registry.models import ModelVersion
from validation.findings import Raised, open_finding_by_rule
from validation.models import Severity

MOST_HOURS = governance.ACTS[BREAK_GLASS].holds_hours


@unit_of_work
def ask_break_glass(*, actor: User, version: ModelVersion, hours: int, why: str) -> ApprovalRequest:
    """Ask that a suspended version be put back into force for some hours. One approver who is somebody else signs."""
    request = ask_about(actor=actor, version=version, act=BREAK_GLASS, more={"why": why, "hours": hours})
    if not 1 <= hours <= MOST_HOURS:
        detail = f"From 1 to {MOST_HOURS} hours."
        raise Invalid("An emergency needs an end.", [FieldError("/hours", "range", detail)])
    return request


def begin(actor: User, request: ApprovalRequest, version: ModelVersion) -> None:
    """What the granted request lets happen, at once: the hours count from the signature."""
    moment = clock.now()
    made = Emergency(
        request=request,
        version=version,
        begins_at=moment,
        until=min(moment + dt.timedelta(hours=request.content["hours"]), request.holds_until or moment),
    )
    made.save(force_insert=True)
    facts = {"request": str(request.pk), "until": clock.stamp(made.until)}
    record(event=Event.EMERGENCY_BEGUN, actor=actor, subject=subjects.of_request(request), facts=facts)


@unit_of_work
def open_emergency_findings(*, actor: User, version: ModelVersion) -> int:
    """The finding of every break-glass grant of a version, each once. Returns how many were opened. No permission: it
    runs as the reaction to the grant."""
    opened = 0
    for emergency in Emergency.objects.filter(version=version).select_related("request"):
        raised = Raised(
            title=f"Break-glass use from {emergency.begins_at:%Y-%m-%d %H:%M:%S} UTC",
            text=(
                f"{version.label} was put back into force while suspended, until"
                f" {emergency.until:%Y-%m-%d %H:%M} UTC. Reason given: {emergency.request.content['why']}"
            ),
            severity=Severity.HIGH,
        )
        if open_finding_by_rule(actor=actor, version=version, raised=raised) is not None:
            opened += 1
    return opened
