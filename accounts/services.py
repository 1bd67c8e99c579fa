"""People, roles and tokens: every change leaves an entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts import roles, tokens
from accounts.access import require, roles_of
from accounts.models import Person, RoleGrant, Session, Token, User, UserKind
from accounts.permissions import Permission
from accounts.scopes import EVERY_MODEL, Scope, require_fitting
from accounts.selectors import installation
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed
from mrm.settings import governance

MAX_TOKEN_DAYS = 365


@unit_of_work
def enrol_person(*, actor: User, username: str, name: str, password: str, language: str = "en") -> User:
    """A new person with one account. Refuses a taken username and a weak password."""
    _require_manager(actor)
    if User.objects.filter(username=username).exists():
        raise Conflict(f"The user name {username} is taken. Choose another.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid(
            "The password is too weak.", [FieldError("/password", "weak", " ".join(error.messages))]
        ) from None
    person = Person(name=name)
    person.save(force_insert=True)
    user = User(username=username, person=person, language=language)
    user.set_password(password)
    user.save(force_insert=True)
    record(event=Event.PERSON_ENROLLED, actor=actor, subject=subject_of(user), facts={"username": username})
    return user


@unit_of_work
def grant_role(*, actor: User, user: User, role: str, model_slug: str = EVERY_MODEL) -> RoleGrant:
    """One role for one user, by the installation alone: it is reached only from the machine's own command line, to
    begin with. Everybody else asks (`roles.request_role`), and a second person grants. Refuses what is held already."""
    if not roles.is_installation(actor):
        raise NotAllowed(
            "Nobody grants a role alone. Ask for it; another administrator grants what is asked."
        )
    scope = Scope(model_slug=model_slug)
    require_fitting(role, scope)
    roles.require_alone(user, role)
    if RoleGrant.objects.filter(user=user, role=role, model_slug=model_slug, revoked_at=None).exists():
        raise Conflict(f"{user.name} holds the role {role} already.")
    grant = roles.new_grant(actor, user, role, scope)
    facts = {"role": role, "model": model_slug}
    record(event=Event.ROLE_GRANTED, actor=actor, subject=subject_of(user), facts=facts)
    return grant


@unit_of_work
def revoke_role(*, actor: User, grant: RoleGrant) -> None:
    """End a role now; what needs it is refused from the next question on."""
    _require_manager(actor, Permission.ROLE_GRANT)
    if not RoleGrant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Conflict("This role was revoked already.")
    facts = {"role": grant.role, "model": grant.model_slug}
    record(event=Event.ROLE_REVOKED, actor=actor, subject=subject_of(grant.user), facts=facts)


@unit_of_work
def choose_language(*, actor: User, language: str) -> None:
    """The language of one's own pages. A taste, not an act of governance: nothing of it enters the ledger."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid("Unknown language.", [FieldError("/language", "unknown", "It is not offered here.")])
    User.objects.filter(pk=actor.pk).update(language=language)


@unit_of_work
def disable_user(*, actor: User, user: User) -> None:
    """The account is closed; its sessions and tokens end in the same transaction."""
    _require_manager(actor)
    held = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not held.is_active:
        raise Conflict(f"{user.name} is disabled already.")
    facts = _end_everything(held)
    User.objects.filter(pk=user.pk).update(is_active=False)
    record(event=Event.USER_DISABLED, actor=actor, subject=subject_of(user), facts=facts)


@unit_of_work
def enable_user(*, actor: User, user: User) -> None:
    """The account may sign in again; nothing that it held comes back. Refuses one's own person: a second account must
    not be a way around having been disabled."""
    _require_manager(actor)
    if actor.person_id == user.person_id:
        raise NotAllowed("Nobody enables an account of their own. Ask another administrator.")
    held = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if held.is_active:
        raise Conflict(f"{user.name} is not disabled.")
    # A sign-in that was under way while the account was disabled may have left a row behind.
    facts = _end_everything(held)
    User.objects.filter(pk=user.pk).update(is_active=True)
    record(event=Event.USER_ENABLED, actor=actor, subject=subject_of(user), facts=facts)


def _end_everything(user: User) -> dict[str, int]:
    ended, _ = Session.objects.filter(user=user).delete()
    open_tokens = Token.objects.filter(user=user, revoked_at=None)
    return {"sessions": ended, "tokens": open_tokens.update(revoked_at=clock.now())}


@unit_of_work
def issue_token(*, actor: User, name: str, days: int, scopes: Sequence[str]) -> tuple[Token, str]:
    """A token for oneself, no wider than one's roles. The secret is returned once and never stored. A token makes no
    token: it would outlive itself."""
    if actor.presented_scopes is not None:
        raise NotAllowed("A token cannot issue a token. Sign in, and issue it on the page Tokens.")
    if not 1 <= days <= MAX_TOKEN_DAYS:
        raise Invalid(
            "A token needs an end.", [FieldError("/days", "range", f"Between 1 and {MAX_TOKEN_DAYS} days.")]
        )
    foreign = sorted(set(scopes) - permissions_of(actor))
    if foreign:
        raise Invalid(
            "A token cannot be wider than its owner's roles.",
            [FieldError("/scopes", "too-wide", f"You do not hold {scope}.") for scope in foreign],
        )
    prefix, secret = tokens.new_secret()
    moment = clock.now()
    token = Token(
        user=actor,
        name=name,
        prefix=prefix,
        secret_digest=tokens.digest_of(secret),
        scopes=sorted(set(scopes)),
        created_at=moment,
        expires_at=moment + dt.timedelta(days=days),
    )
    token.save(force_insert=True)
    facts = {"token": prefix, "days": days, "scopes": sorted(set(scopes))}
    record(event=Event.TOKEN_ISSUED, actor=actor, subject=subject_of(actor), facts=facts)
    return token, secret


@unit_of_work
def revoke_token(*, actor: User, token: Token) -> None:
    if actor.pk != token.user_id:
        _require_manager(actor)
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Conflict("This token was revoked already.")
    record(
        event=Event.TOKEN_REVOKED, actor=actor, subject=subject_of(token.user), facts={"token": token.prefix}
    )


def permissions_of(user: User) -> frozenset[str]:
    return frozenset(held for role in roles_of(user) for held in governance.ROLES.get(role, ()))


def subject_of(user: User) -> Subject:
    return Subject("user", str(user.pk))


def ensure_installation() -> User:
    """The account that acts where no person does (first set-up, sweeping). It cannot sign in."""
    user = installation()
    if user:
        return user
    person = Person(name="Countersign")
    person.save(force_insert=True)
    user = User(username=governance.INSTALLATION, person=person, kind=UserKind.SERVICE)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _require_manager(actor: User, permission: Permission = Permission.USER_MANAGE) -> None:
    """The installation itself may enrol and grant; it is reached only from the machine's own command line."""
    if actor.kind == UserKind.SERVICE and actor.username == governance.INSTALLATION:
        return
    require(actor=actor, permission=permission)
