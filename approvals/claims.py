"""Taking a request in hand, so that others see who has it and since when. A claim hinders nobody from signing."""

from __future__ import annotations

import datetime as dt

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals import selectors, subjects
from approvals.closing import lock_with_version
from approvals.models import ApprovalRequest
from approvals.signoffs import require_open
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, NotAllowed
from mrm.settings import governance


@unit_of_work
def claim(*, actor: User, request: ApprovalRequest) -> ApprovalRequest:
    """Take a request in hand until governance.CLAIM_HOURS have passed; one's own claim is prolonged. Refuses whoever
    may not sign it, and while somebody else has it."""
    _require_signer(actor, request)
    held = lock_with_version(request)
    require_open(held, "take it")
    said = selectors.why_not(actor.person_id, held)
    if said is not None:
        raise NotAllowed(f"{actor.name} {said}, and does not take it in hand.")
    if held.claimed_by is not None and held.is_claimed and held.claimed_by_id != actor.pk:
        raise Conflict(f"{held.claimed_by.name} has it in hand. Ask them, or wait until the claim lapses.")
    moment = clock.now()
    held.claimed_by, held.claimed_at = actor, moment
    held.claimed_until = moment + dt.timedelta(hours=governance.CLAIM_HOURS)
    held.save(update_fields=["claimed_by", "claimed_at", "claimed_until"])
    facts = {"request": str(held.pk), "until": clock.stamp(held.claimed_until)}
    record(event=Event.REQUEST_CLAIMED, actor=actor, subject=subjects.of_request(held), facts=facts)
    return held


@unit_of_work
def release(*, actor: User, request: ApprovalRequest) -> ApprovalRequest:
    """Give a request back that one had in hand. Refuses everybody else."""
    _require_signer(actor, request)
    held = lock_with_version(request)
    require_open(held, "give it back")
    if held.claimed_by_id != actor.pk:
        raise Conflict("You do not have this request in hand.")
    let_go(actor, held)
    return held


def let_go(actor: User, request: ApprovalRequest) -> None:
    """`request` is locked and in the hand of the actor's person."""
    request.claimed_by = request.claimed_at = request.claimed_until = None
    request.save(update_fields=["claimed_by", "claimed_at", "claimed_until"])
    facts = {"request": str(request.pk)}
    record(event=Event.REQUEST_RELEASED, actor=actor, subject=subjects.of_request(request), facts=facts)


def _require_signer(actor: User, request: ApprovalRequest) -> None:
    permission = Permission(governance.ACTS[request.act].signs)
    require(actor=actor, permission=permission, model_slug=selectors.signing_slug_of(request))
