"""Exceptions: one failed blocking check is let stand until a date, by quorum. What has lapsed closes the gates."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from approvals import subjects
from approvals.models import ApprovalRequest, ValidationException
from approvals.opening import ask_about
from approvals.policy import GRANT_EXCEPTION
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid
from mrm.settings import governance
from registry.lifecycle import Stage
from registry.models import ModelVersion
from validation.models import CheckResult
from validation.selectors import latest_run


@unit_of_work
def ask_exception(*, actor: User, result: CheckResult, until: dt.datetime, why: str) -> ApprovalRequest:
    """Ask that one failed blocking check may stand until a date. Refuses other results and a date too far."""
    version = result.run.version
    # Whoever may not ask is told so first; a request that is refused below vanishes with the refusal.
    more = {
        "why": why,
        "check": result.check_id,
        "result": str(result.pk),
        "result_digest": result.digest,
        "headline": result.headline,
        "until": clock.stamp(until),
    }
    request = ask_about(actor=actor, version=version, act=GRANT_EXCEPTION, more=more, part=result.check_id)
    if not result.blocks:
        raise Conflict("Only a failed blocking check needs an exception; nothing was asked.")
    newest = latest_run(version)
    if version.stage == Stage.IN_VALIDATION and (newest is None or newest.pk != result.run_id):
        raise Conflict("This result is not part of the newest evidence. Ask for the newest one.")
    longest = clock.now() + dt.timedelta(days=governance.EXCEPTION_DAYS)
    if not clock.now() < until <= longest:
        detail = f"After now, and at most {governance.EXCEPTION_DAYS} days from now."
        raise Invalid("An exception needs an end.", [FieldError("/until", "range", detail)])
    return request


def grant_exception(actor: User, request: ApprovalRequest, version: ModelVersion) -> None:
    """What the granted request lets happen, at once. Its date may have passed while it waited: then nothing is let
    stand."""
    until = dt.datetime.fromisoformat(request.content["until"])
    made = ValidationException(
        request=request,
        version=version,
        result_id=request.content["result"],
        check_id=request.content["check"],
        granted_at=clock.now(),
        until=until,
    )
    if made.has_lapsed:
        raise Conflict("The date of this exception has passed. Return it, so that another one is asked.")
    made.save(force_insert=True)
    facts = {"request": str(request.pk), "check": made.check_id, "until": clock.stamp(until)}
    record(event=Event.EXCEPTION_GRANTED, actor=actor, subject=subjects.of_request(request), facts=facts)
