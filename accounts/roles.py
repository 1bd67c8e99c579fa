"""Roles: one person asks, a second one grants, anybody who may do either ends one at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from accounts import stepup
from accounts.access import require
from accounts.models import RequestSource, RequestState, RoleGrant, RoleRequest, User, UserKind
from accounts.permissions import Permission
from accounts.scopes import EVERYTHING, Scope, require_fitting, scope_of
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed, Stale, WrongStage
from mrm.settings import governance

MEANING = "role:granted"
LONGEST_WHY = 2_000


@dataclass(frozen=True)
class Asked:
    """A role for somebody: what for, why, and who or what proposes it."""

    role: str
    why: str
    scope: Scope = EVERYTHING
    source: RequestSource = RequestSource.PERSON
    provider_group: str = ""


@dataclass(frozen=True)
class GrantSignature:
    """What a granter brings along: the challenge they opened, the proof of who they are, the digest of what they were
    shown."""

    challenge: str
    proof: stepup.Proof
    shown_digest: str


@unit_of_work
def request_role(*, actor: User, user: User, asked: Asked) -> RoleRequest:
    """Propose a role for somebody. It gives nothing: a second person grants it. Refuses a scope that does not fit the
    role, an account that is closed or nobody's, and what is held or asked for already."""
    _require_granter(actor)
    require_fitting(asked.role, asked.scope)
    _require_words("/why", asked.why)
    held = _lock_user(user)
    _require_fit_to_hold(held, asked.role, asked.scope)
    if RoleRequest.objects.filter(**_same(held, asked.role, asked.scope), settled_at=None).exists():
        raise Conflict(f"The role {_words(asked.role)} is asked for already. Grant or refuse that request.")
    request = RoleRequest(
        user=held,
        role=asked.role,
        **vars(asked.scope),
        asked_by=actor,
        asked_at=clock.now(),
        why=asked.why,
        source=asked.source,
        provider_group=asked.provider_group,
    )
    request.save(force_insert=True)
    why = {"why": canonical.sha256(asked.why.encode()), "source": str(asked.source)}
    _record(Event.ROLE_REQUESTED, actor, request, why)
    return request


@unit_of_work
def grant_requested(*, actor: User, request: RoleRequest, signature: GrantSignature) -> RoleGrant:
    """Sign a request: the role begins now, or on its day. Refuses whoever asked and whoever receives, by person, a
    request that is settled, and a view that is stale."""
    require(actor=actor, permission=Permission.ROLE_GRANT)
    user = _lock_user(request.user)
    held = _lock(request)
    _require_open(held)
    _require_second_person(actor, held)
    _require_receiver_is_not(actor, user)
    require_fitting(held.role, scope_of(held))
    _require_fit_to_hold(user, held.role, scope_of(held))
    shown_now = digest_of(held)
    if signature.shown_digest != shown_now:
        raise Stale("What you were shown has changed since. Read it again, then sign what it shows now.")
    stepup.confirm(
        actor=actor,
        nonce=signature.challenge,
        digest=shown_now,
        meaning=MEANING,
        proof=signature.proof,
    )
    grant = new_grant(actor, user, held.role, scope_of(held), held)
    _settle(actor, held, RequestState.GRANTED, "")
    facts = {"grant": str(grant.pk), "asked_by": held.asked_by.ledger_id, "shown": shown_now}
    _record(Event.ROLE_GRANTED, actor, held, facts)
    return grant


@unit_of_work
def refuse_requested(*, actor: User, request: RoleRequest, why: str) -> RoleRequest:
    """Say no to what somebody else asked for, in words."""
    require(actor=actor, permission=Permission.ROLE_GRANT)
    _require_words("/why", why)
    held = _lock(request)
    _require_open(held)
    _require_second_person(actor, held)
    return _ended(actor, held, RequestState.REFUSED, why)


@unit_of_work
def withdraw_requested(*, actor: User, request: RoleRequest, why: str) -> RoleRequest:
    """Take one's own request back."""
    _require_granter(actor)
    _require_words("/why", why)
    held = _lock(request)
    _require_open(held)
    if held.asked_by.person_id != actor.person_id:
        raise NotAllowed(f"Only {held.asked_by.name} takes this request back. Refuse it instead.")
    return _ended(actor, held, RequestState.WITHDRAWN, why)


def new_grant(
    actor: User, user: User, role: str, scope: Scope, request: RoleRequest | None = None
) -> RoleGrant:
    """The row of a grant, inside the caller's unit of work. One that has run out makes room for it: it closes at the
    moment it ended."""
    now = clock.now()
    run_out = RoleGrant.objects.filter(**_same(user, role, scope), revoked_at=None, ends_at__lte=now)
    run_out.update(revoked_at=F("ends_at"))
    bounds = vars(scope) | {"starts_at": max(scope.starts_at or now, now)}
    grant = RoleGrant(user=user, role=role, **bounds, request=request, granted_by=actor, granted_at=now)
    grant.save(force_insert=True)
    return grant


def content_of(request: RoleRequest) -> dict[str, Any]:
    """What a granter is shown and signs: who gets which permissions for what, who asked and why, under which rules."""
    return {
        "act": MEANING,
        "request": str(request.pk),
        "user": request.user.username,
        "name": request.user.name,
        "role": request.role,
        "permissions": sorted(governance.ROLES.get(request.role, ())),
        "scope": scope_of(request).plain(),
        "source": str(request.source),
        "provider_group": request.provider_group,
        "asked_by": request.asked_by.name,
        "asked_at": clock.stamp(request.asked_at),
        "why": request.why,
        "rules": governance.digest(),
    }


def digest_of(request: RoleRequest) -> str:
    return canonical.digest(content_of(request))


def require_alone(user: User, role: str) -> None:
    """Refuse a role beside one that is held alone, counted by person."""
    now = clock.now()
    beside = RoleGrant.objects.filter(user__person=user.person_id, revoked_at=None).exclude(role=role)
    held = sorted(set(beside.exclude(ends_at__lte=now).values_list("role", flat=True)))
    barring = [other for other in held if role in governance.ALONE or other in governance.ALONE]
    if barring:
        said = ", ".join(map(_words, barring))
        raise Conflict(
            f"{user.name} holds the role {said}, beside which the role {_words(role)} is not given. Revoke it"
            " first, or choose somebody else."
        )


def _require_fit_to_hold(user: User, role: str, scope: Scope) -> None:
    if not user.is_active or user.kind != UserKind.PERSON:
        raise Conflict(f"{user.username} is no active account of a person: roles are given to those only.")
    require_alone(user, role)
    standing = RoleGrant.objects.filter(**_same(user, role, scope), revoked_at=None)
    if standing.exclude(ends_at__lte=clock.now()).exists():
        scoped = f" for {scope.model_slug}" if scope.model_slug else ""
        raise Conflict(f"{user.name} holds the role {_words(role)}{scoped} already. Revoke it to change it.")


def _require_granter(actor: User) -> None:
    """The installation itself may ask: it speaks for the groups of the identity provider."""
    if not is_installation(actor):
        require(actor=actor, permission=Permission.ROLE_GRANT)


def is_installation(actor: User) -> bool:
    return actor.kind == UserKind.SERVICE and actor.username == governance.INSTALLATION


def _require_second_person(actor: User, request: RoleRequest) -> None:
    if actor.person_id == request.asked_by.person_id:
        raise NotAllowed(f"{actor.name} asked for this role. Another administrator decides on it.")


def _require_receiver_is_not(actor: User, user: User) -> None:
    if actor.person_id == user.person_id:
        raise NotAllowed("Nobody grants a role to themselves. Ask another administrator.")


def _require_open(request: RoleRequest) -> None:
    if request.state != RequestState.OPEN:
        raise WrongStage(f"This request is {request.state}. {request.settled_why}".strip())


def _require_words(pointer: str, words: str) -> None:
    if not words.strip():
        raise Invalid("Words are needed here.", [FieldError(pointer, "required", "Say why.")])
    if len(words) > LONGEST_WHY:
        detail = f"At most {LONGEST_WHY} characters."
        raise Invalid("The words are too long.", [FieldError(pointer, "too-long", detail)])


def _ended(actor: User, request: RoleRequest, state: RequestState, why: str) -> RoleRequest:
    _settle(actor, request, state, why)
    event = Event.ROLE_REFUSED if state == RequestState.REFUSED else Event.ROLE_WITHDRAWN
    _record(event, actor, request, {"why": canonical.sha256(why.encode())})
    return request


def _settle(actor: User, request: RoleRequest, state: RequestState, why: str) -> None:
    request.state, request.settled_by, request.settled_at = state, actor, clock.now()
    request.settled_why = why
    request.save(update_fields=["state", "settled_by", "settled_at", "settled_why"])


def _record(event: Event, actor: User, request: RoleRequest, more: dict[str, Any]) -> None:
    facts = {"request": str(request.pk), "role": request.role, **scope_of(request).plain(), **more}
    record(event=event, actor=actor, subject=Subject("user", str(request.user_id)), facts=facts)


def _lock_user(user: User) -> User:
    """Two requests or grants for one user wait for each other: what is held is read once they have it."""
    return User.objects.select_for_update(of=("self",)).select_related("person").get(pk=user.pk)


def _lock(request: RoleRequest) -> RoleRequest:
    rows = RoleRequest.objects.select_for_update(of=("self",))
    return rows.select_related("user__person", "asked_by__person").get(pk=request.pk)


def _same(user: User, role: str, scope: Scope) -> dict[str, Any]:
    return {"user": user, "role": role, "model_slug": scope.model_slug}


def _words(role: str) -> str:
    return role.replace("_", " ")
