"""Conditions: set by the validator who concludes or an approver who approves with them, met by a validator's
signature."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals import subjects
from approvals.content import shown_of_condition
from approvals.models import ApprovalRequest, Condition, Fulfilment, RequestState, SignOff
from approvals.policy import CONDITIONAL, SignVerdict
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, NotAllowed, WrongStage
from registry.services import lock_version
from validation import demands as demanding
from validation.demands import Demand
from validation.signing import Signature, confirm, refuse_insider, signed_columns

MET = "condition:met"


@unit_of_work
def meet_condition(*, actor: User, condition: Condition, signature: Signature) -> Fulfilment:
    """Sign that a condition is met; one that was overdue opens the gates again. Refuses its owner, whoever made the
    version, a condition of a request that was not granted, and a stale view."""
    slug = condition.version.risk_model.slug
    require(actor=actor, permission=Permission.CONDITION_MEET, model_slug=slug)
    version = lock_version(condition.version)
    held = Condition.objects.select_related("request", "owner__person").get(pk=condition.pk)
    _refuse_unready(held)
    refuse_insider(actor=actor, version=version, act="sign that its condition is met")
    if held.owner.person_id == actor.person_id:
        raise NotAllowed(f"{actor.name} owns this condition. Another validator says that it is met.")
    if signature.meaning != MET:
        raise NotAllowed("This signature was prepared for something else.")
    confirm(actor=actor, signature=signature, shown_now=shown_of_condition(held).digest)
    columns = signed_columns(actor=actor, signature=signature, evidence_digest=held.request.evidence_digest)
    fulfilment = Fulfilment(condition=held, **columns)
    fulfilment.save(force_insert=True)
    facts = {
        "condition": str(held.pk),
        "shown": signature.shown_digest,
        "rationale": canonical.sha256(signature.rationale.encode()),
    }
    record(event=Event.CONDITION_MET, actor=actor, subject=subjects.of_condition(held), facts=facts)
    return fulfilment


def check_demands(act: str, verdict: str, demands: Sequence[Demand]) -> None:
    """An approval with conditions names them; every other word has none."""
    if verdict != SignVerdict.APPROVE_WITH_CONDITIONS:
        demanding.refuse_demands(demands)
        return
    if act not in CONDITIONAL:
        raise Invalid(
            "This act takes no conditions.", [FieldError("/verdict", "unknown", "Approve or reject.")]
        )
    demanding.check_demands(demands)


def set_conditions(actor: User, signoff: SignOff, demands: Sequence[Demand]) -> None:
    """Those of an approver, with the signature."""
    version = signoff.request.version
    if version is None:
        return
    for demand in demands:
        condition = Condition(
            request=signoff.request,
            signoff=signoff,
            version=version,
            words=demand.words,
            owner=demand.owner or version.risk_model.owner,
            due_at=demand.due_at,
        )
        _set(actor, condition)


def carry_conditions(actor: User, request: ApprovalRequest) -> None:
    """Those of the validator's conclusion, with the request that puts it before the approvers."""
    if request.version is None or request.conclusion is None:
        return
    for demand in request.conclusion.demands.select_related("owner"):
        condition = Condition(
            request=request,
            demand=demand,
            version=request.version,
            words=demand.words,
            owner=demand.owner,
            due_at=demand.due_at,
        )
        _set(actor, condition)


def _set(actor: User, condition: Condition) -> None:
    condition.save(force_insert=True)
    facts = {
        "condition": str(condition.pk),
        "request": str(condition.request_id),
        "words": canonical.sha256(condition.words.encode()),
        "due_at": clock.stamp(condition.due_at),
    }
    record(event=Event.CONDITION_SET, actor=actor, subject=subjects.of_condition(condition), facts=facts)


def _refuse_unready(condition: Condition) -> None:
    if condition.request.state != RequestState.GRANTED:
        raise WrongStage(f"This condition binds nobody: its request is {condition.request.state}.")
    if condition.is_met:
        raise WrongStage("This condition is met already.")
