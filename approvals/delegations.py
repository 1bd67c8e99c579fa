"""Standing in for an approver. A delegation gives nobody a permission: roles are granted by a second person, and a
delegate is an approver already. It says in whose name they may sign, and until when."""

from __future__ import annotations

import datetime as dt

from accounts.access import reach, require
from accounts.models import Person, User, UserKind
from accounts.permissions import Permission
from approvals import selectors
from approvals.models import Delegation
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from validation.signing import check_words


@unit_of_work
def delegate(*, actor: User, to: User, until: dt.datetime, why: str) -> Delegation:
    """Let another approver sign in one's name from now until then. Refuses oneself, who is no approver, a second one at
    a time, a period that is too long, and a chain: whoever stands in for somebody has nobody stand in for them."""
    require(actor=actor, permission=Permission.REQUEST_SIGN)
    # Lock both people, in one order: two delegations at once could close a circle.
    people = Person.objects.select_for_update().filter(pk__in=[actor.person_id, to.person_id])
    list(people.order_by("pk"))
    moment = clock.now()
    _refuse_unfit(actor, to)
    _check_period(moment, until)
    check_words("/why", why)
    made = Delegation(delegator=actor, delegate=to, starts_at=moment, ends_at=until, why=why)
    made.save(force_insert=True)
    facts = {"to": to.ledger_id, "until": clock.stamp(until), "why": canonical.sha256(why.encode())}
    record(event=Event.DELEGATION_GIVEN, actor=actor, subject=_subject(made), facts=facts)
    return made


@unit_of_work
def end_delegation(*, actor: User, delegation: Delegation) -> Delegation:
    """End a delegation now: either of the two may. What was signed in its time stays."""
    held = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("delegator", "delegate")
        .get(pk=delegation.pk)
    )
    if actor.person_id not in {held.delegator.person_id, held.delegate.person_id}:
        raise NotAllowed("Only who gave this delegation, or who has it, ends it.")
    if held.ended_at is not None or held.ends_at <= clock.now():
        raise WrongStage("This delegation has ended already.")
    held.ended_at, held.ended_by = clock.now(), actor
    held.save(update_fields=["ended_at", "ended_by"])
    record(event=Event.DELEGATION_ENDED, actor=actor, subject=_subject(held), facts={})
    return held


def _refuse_unfit(actor: User, to: User) -> None:
    if to.person_id == actor.person_id:
        raise NotAllowed("Nobody stands in for themselves. Name another approver.")
    reached = reach(actor=to, permission=Permission.REQUEST_SIGN)
    if to.kind != UserKind.PERSON or (reached is not None and not reached):
        raise NotAllowed(f"{to.name} is no approver. A delegation gives nobody a role: name an approver.")
    standing = selectors.delegations_now(actor.person_id, to.person_id)
    if any(actor.person_id == each.delegator.person_id for each in standing):
        raise Conflict("Somebody stands in for you already. End that delegation first.")
    if any(actor.person_id == each.delegate.person_id for each in standing):
        raise Conflict("You stand in for somebody: that is not passed on. End that delegation first.")
    if any(to.person_id == each.delegator.person_id for each in standing):
        raise Conflict(f"{to.name} has somebody stand in for them, so does not stand in for you.")


def _check_period(moment: dt.datetime, until: dt.datetime) -> None:
    longest = moment + dt.timedelta(days=governance.DELEGATION_DAYS)
    if not moment < until <= longest:
        detail = f"After now, and at most {governance.DELEGATION_DAYS} days from now."
        raise Invalid("A delegation needs an end.", [FieldError("/until", "range", detail)])


def _subject(delegation: Delegation) -> Subject:
    return Subject("delegation", str(delegation.pk))
