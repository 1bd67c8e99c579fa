"""Exceptions for data: one failed quality rule of a snapshot is let stand until a date, by quorum. Training asks."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from approvals import subjects
from approvals.content import asked_of_snapshot
from approvals.models import ApprovalRequest, SnapshotException
from approvals.opening import open_act
from approvals.policy import SNAPSHOT_EXCEPTION
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid
from mrm.settings import governance
from registry.models import DatasetSnapshot
from registry.quality import failed_rules
from validation.signing import check_words


@unit_of_work
def ask_snapshot_exception(
    *, actor: User, snapshot: DatasetSnapshot, rule: str, until: dt.datetime, why: str
) -> ApprovalRequest:
    """Ask that one failed quality rule of a snapshot may stand until a date. Refuses other rules, empty words and a
    date too far."""
    words = {each.key: each.text for each in failed_rules(snapshot)}
    content = asked_of_snapshot(
        SNAPSHOT_EXCEPTION,
        snapshot,
        rule=rule,
        headline=words.get(rule, ""),
        until=clock.stamp(until),
        why=why,
    )
    # Whoever may not ask is told so first; a request that is refused below vanishes with the refusal.
    request = open_act(
        actor=actor,
        act=SNAPSHOT_EXCEPTION,
        subject=f"{snapshot.pk}/{rule}",
        content=content,
        snapshot=snapshot,
    )
    check_words("/why", why)
    if rule not in words:
        raise Conflict("Only a failed blocking rule needs an exception; nothing was asked.")
    longest = clock.now() + dt.timedelta(days=governance.EXCEPTION_DAYS)
    if not clock.now() < until <= longest:
        detail = f"After now, and at most {governance.EXCEPTION_DAYS} days from now."
        raise Invalid("An exception needs an end.", [FieldError("/until", "range", detail)])
    return request


def grant_snapshot_exception(actor: User, request: ApprovalRequest, snapshot: DatasetSnapshot) -> None:
    """What the granted request lets happen, at once. Its date may have passed while it waited: then nothing is let
    stand."""
    made = SnapshotException(
        request=request,
        snapshot=snapshot,
        rule=request.content["rule"],
        granted_at=clock.now(),
        until=dt.datetime.fromisoformat(request.content["until"]),
    )
    if made.has_lapsed:
        raise Conflict("The date of this exception has passed. Return it, so that another one is asked.")
    made.save(force_insert=True)
    facts = {"request": str(request.pk), "rule": made.rule, "until": clock.stamp(made.until)}
    record(event=Event.SNAPSHOT_EXCEPTED, actor=actor, subject=subjects.of_request(request), facts=facts)
