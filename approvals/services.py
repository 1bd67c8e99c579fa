"""Approval's verbs: ask for it, sign, void. The last signature that completes the quorum makes the move
itself."""

from __future__ import annotations

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from accounts.stepup import Proof
from approvals import selectors
from approvals.models import ApprovalRequest, RequestState, SignOff
from approvals.policy import SignVerdict, Standing, quorum_of, standing, why_not_sign
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed, WrongStage
from registry import subjects
from registry.lifecycle import Stage
from registry.models import ModelVersion
from registry.services import advance, lock_version
from validation.selectors import latest_conclusion, latest_run, shown
from validation.signing import Signature, confirm, signed_columns

_MOVE_OF = {Standing.GRANTED: "approve", Standing.REJECTED: "reject", Standing.RETURNED: "return"}
_STATE_OF = {
    Standing.GRANTED: RequestState.GRANTED,
    Standing.REJECTED: RequestState.REJECTED,
    Standing.RETURNED: RequestState.RETURNED,
}


def meaning_of(verdict: str) -> str:
    return f"signoff:{verdict}"


@unit_of_work
def open_request(*, actor: User, version: ModelVersion) -> ApprovalRequest:
    """Put a validated version before the approvers, bound to the evidence that was concluded on. Where its
    tier asks
    for no approver, the version is approved at once."""
    require(actor=actor, permission=Permission.VERSION_REQUEST, model_slug=version.risk_model.slug)
    held = lock_version(version)
    if held.stage != Stage.VALIDATED:
        raise WrongStage(f"Cannot request {held.label}: it is {held.stage.replace('_', ' ')}, not validated.")
    _void_stale(actor, held)
    if selectors.open_request_of(held) is not None:
        raise Conflict(f"A request for {held.label} is open already.")
    conclusion = latest_conclusion(held)
    held = advance(actor=actor, version=held, move="request")
    if (
        conclusion is None
    ):  # The gate has refused already; without its row in the table nothing would be bound.
        raise WrongStage(f"{held.label} has no signed conclusion.")
    request = ApprovalRequest(
        version=held,
        conclusion=conclusion,
        evidence_digest=conclusion.evidence_digest,
        quorum=quorum_of(held.risk_model.tier),
        opened_by=actor,
        opened_at=clock.now(),
    )
    request.save(force_insert=True)
    facts = {"request": str(request.pk), "evidence": request.evidence_digest, "quorum": request.quorum}
    record(event=Event.REQUEST_OPENED, actor=actor, subject=subjects.of_version(held), facts=facts)
    if request.quorum == 0:
        _settle(actor, request, Standing.GRANTED, "The tier asks for no approver.")
    return request


@unit_of_work
def sign_off(  # noqa: PLR0913 (a signature is made of exactly these)
    *,
    actor: User,
    request: ApprovalRequest,
    verdict: str,
    rationale: str,
    challenge: str,
    proof: Proof,
    shown_digest: str,
) -> SignOff:
    """Sign a request. Refuses insiders, a second signature of one person, a closed request and a stale
    view. The
    signature that completes the quorum approves; one that rejects or returns closes the request."""
    require(actor=actor, permission=Permission.REQUEST_SIGN, model_slug=request.version.risk_model.slug)
    if verdict not in set(SignVerdict):
        detail = f"One of {', '.join(SignVerdict)}."
        raise Invalid("There is no such verdict.", [FieldError("/verdict", "unknown", detail)])
    # Lock first, the version and then the request: two approvers may sign in the same second.
    version = lock_version(request.version)
    held = _lock(request, version)
    _require_open(held)
    _require_independent(actor, held)
    signature = Signature(meaning_of(verdict), rationale, challenge, proof, shown_digest)
    confirm(actor=actor, signature=signature, shown_now=shown(version).digest)
    columns = signed_columns(actor=actor, signature=signature, evidence_digest=held.evidence_digest)
    signoff = SignOff(request=held, verdict=verdict, **columns)
    signoff.save(force_insert=True)
    _record_signature(actor, held, signature, verdict)
    reached = standing(selectors.signed_of(held), selectors.insiders_of(held), held.quorum)
    if reached is not Standing.OPEN:
        _settle(actor, held, reached, rationale)
    return signoff


@unit_of_work
def void_requests(*, actor: User, version: ModelVersion) -> int:
    """Close the open request of a version whose evidence has moved on, and its sign-offs with it. Returns
    how many.
    No permission: it runs as the reaction to new evidence and grants nothing to anybody."""
    return _void_stale(actor, lock_version(version))


def _lock(request: ApprovalRequest, version: ModelVersion) -> ApprovalRequest:
    rows = ApprovalRequest.objects.select_for_update(of=("self",)).select_related("conclusion")
    held = rows.get(pk=request.pk)
    held.version = version
    return held


def _require_open(request: ApprovalRequest) -> None:
    version, run = request.version, latest_run(request.version)
    if request.state != RequestState.OPEN:
        raise WrongStage(f"Cannot sign: this request is {request.state}. {request.closed_why}".strip())
    if version.stage != Stage.IN_REVIEW:
        raise WrongStage(f"Cannot sign: {version.label} is {version.stage.replace('_', ' ')}, not in review.")
    if run is None or run.evidence_digest != request.evidence_digest:
        raise WrongStage(f"Cannot sign: there is newer evidence on {version.label} than this request names.")


def _require_independent(actor: User, request: ApprovalRequest) -> None:
    said = why_not_sign(actor.person_id, selectors.insiders_of(request), selectors.signed_of(request))
    if said is not None:
        raise NotAllowed(f"{actor.name} {said}. Ask another approver.")


def _settle(actor: User, request: ApprovalRequest, reached: Standing, why: str) -> None:
    """The version moves while the request is still open: the database counts the signatures under the open
    one."""
    advance(actor=actor, version=request.version, move=_MOVE_OF[reached], why=why)
    _close(actor, request, _STATE_OF[reached], why)


def _void_stale(actor: User, version: ModelVersion) -> int:
    request, run = selectors.open_request_of(version), latest_run(version)
    if request is None:
        return 0
    is_current = run is not None and run.evidence_digest == request.evidence_digest
    if is_current and version.stage == Stage.IN_REVIEW:
        return 0
    held = _lock(request, version)
    _close(actor, held, RequestState.VOID, "There is new evidence: the request and its sign-offs are void.")
    return 1


def _close(actor: User, request: ApprovalRequest, state: RequestState, why: str) -> None:
    request.state, request.closed_at, request.closed_why = state, clock.now(), why
    request.save(update_fields=["state", "closed_at", "closed_why"])
    event = Event.REQUEST_VOIDED if state == RequestState.VOID else Event.REQUEST_CLOSED
    facts = {"request": str(request.pk), "state": str(state), "evidence": request.evidence_digest}
    record(event=event, actor=actor, subject=subjects.of_version(request.version), facts=facts)


def _record_signature(actor: User, request: ApprovalRequest, signature: Signature, verdict: str) -> None:
    facts = {
        "request": str(request.pk),
        "verdict": verdict,
        "meaning": signature.meaning,
        "evidence": request.evidence_digest,
        "shown": signature.shown_digest,
        "rationale": canonical.sha256(signature.rationale.encode()),
    }
    record(
        event=Event.SIGNOFF_RECORDED, actor=actor, subject=subjects.of_version(request.version), facts=facts
    )
