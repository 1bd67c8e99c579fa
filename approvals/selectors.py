"""Reading approvals: requests, who has signed, who still may, what is granted."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.access import EVERY_MODEL, allows, in_force, reach, require
from accounts.models import User, UserKind
from accounts.permissions import Permission
from approvals.in_force import VersionStanding, standing_of
from approvals.models import (
    ApprovalRequest,
    Cap,
    Condition,
    Delegation,
    Overlay,
    Recusal,
    RequestState,
    SignOff,
    SnapshotException,
    ValidationException,
)
from approvals.policy import (
    APPROVE_VERSION,
    Insiders,
    Signed,
    SignVerdict,
    approvers,
    why_not_sign,
)
from mrm.lib import clock
from mrm.lib.errors import NotFound
from mrm.settings import governance
from registry.models import DatasetSnapshot, ModelVersion
from registry.selectors import visible_snapshots
from validation.signing import insider_role

__all__ = ["VersionStanding", "granted", "standing_of"]


def granted(*, act: str, digest: str) -> ApprovalRequest | None:
    """The grant of exactly this, while it may be used; None refuses. What the owner of an object asks before it
    executes: the digest is that of the content which was put before the signers."""
    rows = ApprovalRequest.objects.filter(act=act, digest=digest, state=RequestState.GRANTED)
    return rows.filter(holds_until__gt=clock.now()).order_by("-closed_at").first()


def grant_for(version: ModelVersion, act: str) -> ApprovalRequest | None:
    """The grant of an act over this version as it stands now, still usable."""
    since = clock.stamp(version.stage_since)
    rows = ApprovalRequest.objects.filter(act=act, version=version, state=RequestState.GRANTED)
    digests = [row.digest for row in rows if row.content["since"] == since]
    return next((found for digest in digests if (found := granted(act=act, digest=digest))), None)


def excepted_results(version: ModelVersion) -> set[uuid.UUID]:
    """Results of checks that are let stand now."""
    rows = ValidationException.objects.filter(version=version, until__gt=clock.now())
    return set(rows.values_list("result_id", flat=True))


def excepted_rules(snapshot: DatasetSnapshot) -> set[str]:
    """Quality rules of a snapshot that are let stand now."""
    rows = SnapshotException.objects.filter(snapshot=snapshot, until__gt=clock.now())
    return set(rows.values_list("rule", flat=True))


def lapsed_rules(snapshot: DatasetSnapshot) -> set[str]:
    """Quality rules that were let stand, and are not any more."""
    rows = SnapshotException.objects.filter(snapshot=snapshot, until__lte=clock.now())
    return set(rows.values_list("rule", flat=True)) - excepted_rules(snapshot)


def exceptions_of_snapshot(*, actor: User, snapshot: DatasetSnapshot) -> QuerySet[SnapshotException]:
    """Every exception that was granted on a snapshot, lapsed ones as well, the newest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    rows = SnapshotException.objects.filter(snapshot=snapshot).select_related("request__opened_by__person")
    return rows.order_by("-granted_at", "id")


def requests_on_snapshot(*, actor: User, snapshot: DatasetSnapshot) -> list[ApprovalRequest]:
    """What is asked about a snapshot and not decided yet."""
    return list(open_requests(actor=actor).filter(snapshot=snapshot))


def insiders_of(request: ApprovalRequest) -> Insiders:
    """The people whom the act's row excludes."""
    version, conclusion = request.version, request.conclusion
    parts = {"opener": request.opened_by.person_id}
    if version is not None:
        parts |= {"author": version.author_id, "trainer": version.trainer_id}
        parts |= {} if version.submitter_id is None else {"submitter": version.submitter_id}
    if conclusion is not None:
        parts["validator"] = conclusion.person_id
    if request.snapshot is not None:
        parts["importer"] = request.snapshot.imported_by.person_id
    excluded = governance.ACTS[request.act].excluded
    return Insiders(**{part: person for part, person in parts.items() if part in excluded})


def signed_of(request: ApprovalRequest) -> list[Signed]:
    """In the order of signing; a sign-off on other evidence than the request's does not count."""
    rows = SignOff.objects.filter(request=request, evidence_digest=request.evidence_digest).order_by(
        "at", "id"
    )
    return [
        Signed(person, SignVerdict(verdict), behalf)
        for person, verdict, behalf in rows.values_list("person_id", "verdict", "on_behalf_of_id")
    ]


def recused_of(request: ApprovalRequest) -> set[uuid.UUID]:
    return set(Recusal.objects.filter(request=request).values_list("person_id", flat=True))


def why_not(person: uuid.UUID, request: ApprovalRequest) -> str | None:
    """Why this person signs nothing under this request, or None."""
    return why_not_sign(person, insiders_of(request), signed_of(request), recused_of(request))


def delegations_now(*people: uuid.UUID) -> list[Delegation]:
    """What stands now between these people and anybody."""
    moment = clock.now()
    rows = Delegation.objects.filter(starts_at__lte=moment, ends_at__gt=moment, ended_at=None)
    rows = rows.filter(Q(delegator__person__in=people) | Q(delegate__person__in=people))
    return list(rows.select_related("delegator__person", "delegate__person").order_by("ends_at", "id"))


def delegators_of(actor: User) -> list[User]:
    """In whose name this person may sign now."""
    standing = delegations_now(actor.person_id)
    return [each.delegator for each in standing if each.delegate.person_id == actor.person_id]


def delegations(*, actor: User) -> list[Delegation]:
    """One's own, given and had, the newest first."""
    require(actor=actor, permission=Permission.REQUEST_SIGN)
    person = actor.person_id
    rows = Delegation.objects.filter(Q(delegator__person=person) | Q(delegate__person=person))
    return list(rows.select_related("delegator__person", "delegate__person").order_by("-starts_at")[:100])


def delegation(*, actor: User, delegation_id: uuid.UUID) -> Delegation:
    found = next((each for each in delegations(actor=actor) if each.pk == delegation_id), None)
    if found is None:
        raise NotFound("There is no such delegation of yours.")
    return found


def other_approvers(*, actor: User) -> list[User]:
    """Who could stand in for this person."""
    roles = [role for role, held in governance.ROLES.items() if Permission.REQUEST_SIGN in held]
    rows = User.objects.filter(is_active=True, kind=UserKind.PERSON, grants__role__in=roles)
    found = rows.filter(grants__revoked_at=None).exclude(person=actor.person_id)
    people = found.select_related("person").distinct().order_by("username")[:200]
    return [each for each in people if reach(actor=each, permission=Permission.REQUEST_SIGN) != frozenset()]


def why_not_for(whom: User, request: ApprovalRequest, actor: User) -> str | None:
    """Why the actor does not sign in this other person's name, or None."""
    if whom.person_id not in {each.person_id for each in delegators_of(actor)}:
        return f"{actor.name} does not stand in for {whom.name} now"
    permission = Permission(governance.ACTS[request.act].signs)
    if not allows(actor=whom, permission=permission, model_slug=signing_slug_of(request)):
        return f"{whom.name} is no approver here, so nobody signs for them"
    said = why_not(whom.person_id, request)
    return None if said is None else f"{whom.name} {said}"


def slug_of(request: ApprovalRequest) -> str | None:
    """The model that a request is about; None asks for a permission over no model in particular."""
    return None if request.version is None else request.version.risk_model.slug


def signing_slug_of(request: ApprovalRequest) -> str | None:
    """A snapshot serves every model, so whoever approves for one of them does not sign about it."""
    return EVERY_MODEL if request.snapshot_id is not None else slug_of(request)


def open_request(*, act: str, subject: str) -> ApprovalRequest | None:
    rows = ApprovalRequest.objects.filter(act=act, subject=subject, state=RequestState.OPEN)
    return rows.select_related("opened_by__person").first()


def open_requests_of(version: ModelVersion) -> list[ApprovalRequest]:
    rows = ApprovalRequest.objects.filter(version=version, state=RequestState.OPEN)
    return list(
        rows.select_related("version__risk_model", "conclusion", "opened_by__person").order_by("opened_at")
    )


def open_request_of(version: ModelVersion, act: str = APPROVE_VERSION) -> ApprovalRequest | None:
    return next((each for each in open_requests_of(version) if each.act == act), None)


def missing_signoffs(request: ApprovalRequest) -> int:
    return max(0, request.owed - approvers(signed_of(request), insiders_of(request)))


def why_actor_cannot_sign(*, actor: User, request: ApprovalRequest) -> str | None:
    """What the page says instead of a button that would be refused; None shows the button."""
    slug, permission = signing_slug_of(request), Permission(governance.ACTS[request.act].signs)
    if request.state != RequestState.OPEN:
        return f"This request is {request.state}."
    if not allows(actor=actor, permission=permission, model_slug=slug):
        return f"{actor.name} is no approver of {slug or 'this'}."
    said = why_not(actor.person_id, request)
    return None if said is None else f"{actor.name} {said}."


def waiting_for(*, actor: User) -> QuerySet[ApprovalRequest]:
    """Open requests that this person could sign now, the oldest first."""
    person = actor.person_id
    rows = ApprovalRequest.objects.filter(_signable(actor), state=RequestState.OPEN)
    for part, column in _PARTS.items():
        acts = [act for act, row in governance.ACTS.items() if part in row.excluded]
        rows = rows.exclude(act__in=acts, **{column: person})
    for said in (SignOff, Recusal):
        rows = rows.exclude(Exists(said.objects.filter(request=OuterRef("pk"), person=person)))
    rows = rows.exclude(Exists(SignOff.objects.filter(request=OuterRef("pk"), on_behalf_of=person)))
    return rows.select_related("version__risk_model", "snapshot", "opened_by__person").order_by(
        "opened_at", "id"
    )


def signers_of(request: ApprovalRequest) -> list[User]:
    """Whom an open request waits for: everybody who could sign it now. The same answer as `waiting_for`, asked the
    other way round."""
    if request.state != RequestState.OPEN:
        return []
    permission = governance.ACTS[request.act].signs
    roles = [role for role, held in governance.ROLES.items() if permission in held]
    grants = in_force().filter(role__in=roles, model_slug__in={EVERY_MODEL, slug_of(request) or EVERY_MODEL})
    rows = User.objects.filter(is_active=True, kind=UserKind.PERSON, pk__in=grants.values("user_id"))
    insiders, signed, recused = insiders_of(request), signed_of(request), recused_of(request)
    found = rows.select_related("person").order_by("username")
    return [each for each in found if why_not_sign(each.person_id, insiders, signed, recused) is None]


_PARTS = {
    "author": "version__author",
    "trainer": "version__trainer",
    "submitter": "version__submitter",
    "validator": "conclusion__person",
    "opener": "opened_by__person",
    "importer": "snapshot__imported_by__person",
}


def _signable(actor: User) -> Q:
    """The acts whose row names a permission that this actor holds, for the models it reaches."""
    found = Q(pk__in=[])
    for permission in sorted({row.signs for row in governance.ACTS.values()}):
        slugs = reach(actor=actor, permission=Permission(permission))
        acts = [act for act, row in governance.ACTS.items() if row.signs == permission]
        found |= Q(act__in=acts) & (Q() if slugs is None else Q(version__risk_model__slug__in=slugs))
    return found


_OF_CONDITION = ("owner__person", "signoff", "demand__conclusion", "fulfilment")


def requests(*, actor: User) -> QuerySet[ApprovalRequest]:
    """All requests the actor may see, the newest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    rows = ApprovalRequest.objects.select_related(
        "version__risk_model",
        "version__policy",
        "snapshot__imported_by",
        "conclusion__run",
        "opened_by__person",
        "claimed_by__person",
    ).prefetch_related(
        "signoffs__user__person",
        "signoffs__on_behalf_of",
        "recusals",
        # In one query, whoever set them: a list asks as often for many as for few.
        Prefetch("conditions", Condition.objects.select_related(*_OF_CONDITION)),
    )
    slugs = reach(actor=actor, permission=Permission.INVENTORY_READ)
    # A request about no version is about the whole house: whoever reads one model only does not see it, unless it is
    # about a snapshot that they see.
    snapshots = visible_snapshots(actor=actor).values("pk")
    seen = Q() if slugs is None else Q(version__risk_model__slug__in=slugs) | Q(snapshot__in=snapshots)
    return rows.filter(seen).order_by("-opened_at", "id")


def open_requests(*, actor: User) -> QuerySet[ApprovalRequest]:
    return requests(actor=actor).filter(state=RequestState.OPEN)


def request(*, actor: User, request_id: uuid.UUID) -> ApprovalRequest:
    found = requests(actor=actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such approval request that you may see.")
    return found


def requests_of(*, actor: User, version: ModelVersion) -> QuerySet[ApprovalRequest]:
    return requests(actor=actor).filter(version=version)


def conditions(*, actor: User) -> QuerySet[Condition]:
    """Conditions of granted requests that the actor may see, the earliest due first."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    slugs = reach(actor=actor, permission=Permission.INVENTORY_READ)
    rows = Condition.objects.filter(request__state=RequestState.GRANTED)
    seen = rows if slugs is None else rows.filter(version__risk_model__slug__in=slugs)
    found = seen.select_related("version__risk_model", "request", *_OF_CONDITION)
    return found.order_by("due_at", "id")


def condition(*, actor: User, condition_id: uuid.UUID) -> Condition:
    found = conditions(actor=actor).filter(pk=condition_id).first()
    if found is None:
        raise NotFound("There is no such condition that you may see.")
    return found


def why_not_met_by(*, actor: User, condition: Condition) -> str | None:
    """What the page says instead of a form that would be refused."""
    slug = condition.version.risk_model.slug
    if condition.is_met:
        return "It is met."
    if not allows(actor=actor, permission=Permission.CONDITION_MEET, model_slug=slug):
        return f"{actor.name} is no validator of {slug}."
    part = insider_role(condition.version, actor.person_id)
    if condition.owner.person_id == actor.person_id:
        part = "owner of the condition"
    return None if part is None else f"{actor.name} is the {part}."


def exceptions_of(*, actor: User, version: ModelVersion) -> list[ValidationException]:
    """Every exception that was granted on a version, lapsed ones as well."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    rows = ValidationException.objects.filter(version=version).select_related("request__opened_by__person")
    return list(rows.order_by("granted_at", "id"))


def overlays_of(*, actor: User, version: ModelVersion) -> QuerySet[Overlay]:
    """Every overlay that was granted on a version, lapsed ones as well, the newest first, with who signed."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    rows = Overlay.objects.filter(version=version).select_related("request__opened_by__person")
    return rows.prefetch_related("request__signoffs").order_by("-granted_at", "id")


def caps_of(*, actor: User, version: ModelVersion) -> QuerySet[Cap]:
    """Every cap that was granted on a version, ended ones as well, the newest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    rows = Cap.objects.filter(version=version).select_related("request__opened_by__person")
    return rows.order_by("-granted_at", "id")


def recusals_of(*, actor: User, version: ModelVersion) -> list[Recusal]:
    """Every conflict that an approver declared under a request about this version."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    return list(Recusal.objects.filter(request__version=version).select_related("request").order_by("at"))


def signoffs_of(*, actor: User, version: ModelVersion) -> list[SignOff]:
    """Every sign-off ever given on a version, with the state of its request: a void request voids its
    sign-offs."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    rows = SignOff.objects.filter(request__version=version).select_related(
        "request", "user__person", "on_behalf_of"
    )
    return list(rows.order_by("at"))
