"""Signing a request. The last signature that completes the quorum makes the move itself."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals import selectors, subjects
from approvals.closing import lock_with_version, settle
from approvals.conditions import check_demands, set_conditions
from approvals.content import shown_of, why_stale
from approvals.models import ApprovalRequest, RequestState, SignOff
from approvals.policy import SignVerdict, Standing, standing
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from registry.models import ModelVersion
from validation.demands import Demand
from validation.signing import Signature, confirm, signed_columns


def meaning_of(verdict: str) -> str:
    return f"signoff:{verdict}"


@unit_of_work
def sign_off(  # noqa: PLR0913 (what is signed, by whom, for whom, on which terms)
    *,
    actor: User,
    request: ApprovalRequest,
    verdict: str,
    signature: Signature,
    on_behalf_of: User | None = None,
    conditions: Sequence[Demand] = (),
) -> SignOff:
    """Sign a request, in one's own name or in that of an approver for whom one stands in. Refuses insiders, a second
    signature of one person, a closed request and a stale view. The signature that completes the quorum grants; one
    that rejects or returns closes the request."""
    row = governance.ACTS[request.act]
    require(actor=actor, permission=Permission(row.signs), model_slug=selectors.signing_slug_of(request))
    _check_verdict(verdict, signature)
    check_demands(request.act, verdict, conditions)
    # Lock first, the version and then the request: two approvers may sign in the same second.
    held = lock_with_version(request)
    require_open(held, "sign")
    _require_independent(actor, held, on_behalf_of)
    confirm(actor=actor, signature=signature, shown_now=shown_of(held).digest)
    columns = signed_columns(actor=actor, signature=signature, evidence_digest=held.evidence_digest)
    behalf = None if on_behalf_of is None else on_behalf_of.person
    signoff = SignOff(request=held, verdict=verdict, on_behalf_of=behalf, **columns)
    signoff.save(force_insert=True)
    _record_signature(actor, signoff, on_behalf_of)
    set_conditions(actor, signoff, conditions)
    reached = standing(selectors.signed_of(held), selectors.insiders_of(held), held.owed)
    if reached is not Standing.OPEN:
        settle(actor, held, reached, signature.rationale)
    return signoff


def require_open(request: ApprovalRequest, verb: str) -> None:
    """`request` and its version are locked."""
    if request.state != RequestState.OPEN:
        raise WrongStage(f"Cannot {verb}: this request is {request.state}. {request.closed_why}".strip())
    require_stage(request.act, request.version, verb)
    stale = why_stale(request)
    if stale is not None:
        raise WrongStage(f"Cannot {verb}: {stale}.")


def require_stage(act: str, version: ModelVersion | None, verb: str) -> None:
    """The stages at which the act is asked and signed stand in its row."""
    stages = governance.ACTS[act].stages
    if version is not None and version.stage not in stages:
        wanted = " or ".join(stages).replace("_", " ")
        stage = version.stage.replace("_", " ")
        raise WrongStage(f"Cannot {verb}: {version.label} is {stage}, not {wanted}.")


def _check_verdict(verdict: str, signature: Signature) -> None:
    if verdict not in set(SignVerdict):
        detail = f"One of {', '.join(SignVerdict)}."
        raise Invalid("There is no such verdict.", [FieldError("/verdict", "unknown", detail)])
    if signature.meaning != meaning_of(verdict):
        raise NotAllowed("This signature was prepared for another decision. Prepare it for the one you give.")


def _require_independent(actor: User, request: ApprovalRequest, on_behalf_of: User | None) -> None:
    said = selectors.why_not(actor.person_id, request)
    if said is not None:
        raise NotAllowed(f"{actor.name} {said}. Ask another approver.")
    if on_behalf_of is None:
        return
    said = selectors.why_not_for(on_behalf_of, request, actor)
    if said is not None:
        raise NotAllowed(f"{said}. Sign in your own name, or ask another approver.")


def _record_signature(actor: User, signoff: SignOff, on_behalf_of: User | None) -> None:
    request = signoff.request
    facts = {
        "request": str(request.pk),
        "act": request.act,
        "verdict": signoff.verdict,
        "meaning": signoff.meaning,
        "evidence": request.evidence_digest,
        "shown": signoff.shown_digest,
        "rationale": canonical.sha256(signoff.rationale.encode()),
        "on_behalf_of": None if on_behalf_of is None else on_behalf_of.ledger_id,
    }
    event = Event.DISSENT_RECORDED if signoff.verdict == SignVerdict.DISSENT else Event.SIGNOFF_RECORDED
    record(event=event, actor=actor, subject=subjects.of_request(request), facts=facts)
