"""Declaring a conflict."""

from __future__ import annotations

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals import selectors, subjects
from approvals.claims import let_go
from approvals.closing import lock_with_version
from approvals.models import ApprovalRequest, Recusal
from approvals.signoffs import require_open
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict
from mrm.settings import governance
from validation.signing import check_words


@unit_of_work
def recuse(*, actor: User, request: ApprovalRequest, why: str) -> Recusal:
    """Declare a conflict: from now on this person signs nothing under this request, and has it in hand no more. Refuses
    whoever has signed it, and a second declaration. It is kept and cannot be taken back."""
    permission = Permission(governance.ACTS[request.act].signs)
    require(actor=actor, permission=permission, model_slug=selectors.signing_slug_of(request))
    held = lock_with_version(request)
    require_open(held, "declare a conflict")
    _refuse_second_word(actor, held)
    check_words("/why", why)
    # By person: another account of theirs may have it in hand, and nobody could close the request after this.
    if held.claimed_by is not None and held.claimed_by.person_id == actor.person_id:
        let_go(actor, held)
    recusal = Recusal(
        request=held,
        user=actor,
        person=actor.person,
        printed_name=actor.name,
        why=why,
        at=clock.now(),
    )
    recusal.save(force_insert=True)
    facts = {"request": str(held.pk), "why": canonical.sha256(why.encode())}
    record(event=Event.RECUSAL_DECLARED, actor=actor, subject=subjects.of_request(held), facts=facts)
    return recusal


def _refuse_second_word(actor: User, request: ApprovalRequest) -> None:
    if any(actor.person_id in each.people for each in selectors.signed_of(request)):
        raise Conflict(f"{actor.name} has signed this request already; what is signed stays.")
    if actor.person_id in selectors.recused_of(request):
        raise Conflict(f"{actor.name} has declared a conflict here already.")
