"""Reading approvals: requests, who has signed, who still may."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from approvals.models import ApprovalRequest, RequestState, SignOff
from approvals.policy import Insiders, Signed, SignVerdict, approvers, why_not_sign
from mrm.lib.errors import NotFound
from registry.models import ModelVersion


def insiders_of(request: ApprovalRequest) -> Insiders:
    version = request.version
    return Insiders(version.author_id, version.trainer_id, version.submitter_id, request.conclusion.person_id)


def signed_of(request: ApprovalRequest) -> list[Signed]:
    """In the order of signing; a sign-off on other evidence than the request's does not count."""
    rows = SignOff.objects.filter(request=request, evidence_digest=request.evidence_digest).order_by(
        "at", "id"
    )
    return [
        Signed(person, SignVerdict(verdict)) for person, verdict in rows.values_list("person_id", "verdict")
    ]


def open_request_of(version: ModelVersion) -> ApprovalRequest | None:
    rows = ApprovalRequest.objects.filter(version=version, state=RequestState.OPEN)
    return rows.select_related("version__risk_model", "conclusion").first()


def missing_signoffs(request: ApprovalRequest) -> int:
    return max(0, request.quorum - approvers(signed_of(request), insiders_of(request)))


def why_actor_cannot_sign(*, actor: User, request: ApprovalRequest) -> str | None:
    """What the page says instead of a button that would be refused; None shows the button."""
    slug = request.version.risk_model.slug
    if request.state != RequestState.OPEN:
        return f"This request is {request.state}."
    if not allows(actor=actor, permission=Permission.REQUEST_SIGN, model_slug=slug):
        return f"{actor.name} is no approver of {slug}."
    said = why_not_sign(actor.person_id, insiders_of(request), signed_of(request))
    return None if said is None else f"{actor.name} {said}."


def requests(*, actor: User) -> QuerySet[ApprovalRequest]:
    """All requests the actor may see, the newest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    rows = ApprovalRequest.objects.select_related(
        "version__risk_model", "version__policy", "conclusion__run", "opened_by__person"
    ).prefetch_related("signoffs__user__person")
    slugs = set(rows.values_list("version__risk_model__slug", flat=True).distinct())
    seen = [
        slug for slug in slugs if allows(actor=actor, permission=Permission.INVENTORY_READ, model_slug=slug)
    ]
    return rows.filter(version__risk_model__slug__in=seen).order_by("-opened_at", "id")


def open_requests(*, actor: User) -> QuerySet[ApprovalRequest]:
    return requests(actor=actor).filter(state=RequestState.OPEN)


def request(*, actor: User, request_id: uuid.UUID) -> ApprovalRequest:
    found = requests(actor=actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such approval request that you may see.")
    return found


def requests_of(*, actor: User, version: ModelVersion) -> QuerySet[ApprovalRequest]:
    return requests(actor=actor).filter(version=version)


def signoffs_of(*, actor: User, version: ModelVersion) -> list[SignOff]:
    """Every sign-off ever given on a version, with the state of its request: a void request voids its
    sign-offs."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    rows = SignOff.objects.filter(request__version=version).select_related("request", "user__person")
    return list(rows.order_by("at"))
