"""Invitations: an administrator names somebody, that person chooses the password. The link works once, for three days,
and only its SHA-256 is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.access import require
from accounts.models import Invitation, Person, User
from accounts.permissions import Permission
from accounts.services import enrol_person
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotFound, WrongStage
from mrm.settings import governance

VALID_FOR = dt.timedelta(hours=governance.INVITATION_HOURS)
_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


@dataclass(frozen=True)
class Invited:
    """Whom an administrator invites."""

    username: str
    name: str
    language: str = "en"
    mail: str = ""


def mail_is_set_up() -> bool:
    return settings.EMAIL_BACKEND != _NOWHERE and bool(settings.MRM_MAIL_FROM)


@unit_of_work
def invite(*, actor: User, invited: Invited) -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which is shown once, to be handed over. Refuses a taken user name."""
    require(actor=actor, permission=Permission.USER_MANAGE)
    row = _made(actor, invited)
    secret = _new_secret(row)
    _recorded(Event.INVITATION_HANDED_OVER, actor, row)
    return row, secret


@unit_of_work
def invite_by_mail(*, actor: User, invited: Invited) -> Invitation:
    """An invitation whose link nobody here sees: the job that mails it makes its secret. Refuses where no mail is set
    up or no address was given."""
    require(actor=actor, permission=Permission.USER_MANAGE)
    if not mail_is_set_up():
        raise Conflict("No mail is set up here (MRM_MAIL_URL, MRM_MAIL_FROM). Hand the link over yourself.")
    if not invited.mail:
        raise Invalid(
            "Where to?", [FieldError("/mail", "required", "Give the address the link is mailed to.")]
        )
    row = _made(actor, invited)
    _recorded(Event.INVITATION_ADDRESSED, actor, row)
    return row


@unit_of_work
def revoke_invitation(*, actor: User, invitation: Invitation) -> None:
    """The link stops working."""
    require(actor=actor, permission=Permission.USER_MANAGE)
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if held.accepted_at is not None:
        raise Conflict(f"{held.name} has accepted already. Disable the account instead.")
    if held.revoked_at is not None:
        raise Conflict("This invitation was revoked already.")
    held.revoked_at = clock.now()
    held.save(update_fields=["revoked_at"])
    _recorded(Event.INVITATION_REVOKED, actor, held)


@unit_of_work
def accept_invitation(*, actor: User, invitation: Invitation, password: str) -> User:
    """An account without any role, with a password that nobody else has seen. The actor is the installation: whoever
    holds the link is nobody here yet. Refuses a link that was used, revoked or has run out, and a weak password."""
    held = (
        Invitation.objects.select_for_update(of=("self",)).select_related("invited_by").get(pk=invitation.pk)
    )
    require_open(held)
    _refuse_weak(held, password)
    user = enrol_person(
        actor=actor, username=held.username, name=held.name, password=password, language=held.language
    )
    held.accepted_at, held.user = clock.now(), user
    held.save(update_fields=["accepted_at", "user"])
    _recorded(Event.INVITATION_ACCEPTED, actor, held)
    return user


def require_open(invitation: Invitation) -> None:
    """Each way of being too late in its own words."""
    if invitation.accepted_at is not None:
        raise WrongStage(
            "This invitation was used: its account exists. Sign in with the password that was chosen."
        )
    if invitation.revoked_at is not None:
        raise WrongStage("This invitation was revoked. Ask whoever invited you.")
    if invitation.expires_at <= clock.now():
        raise WrongStage(
            f"This invitation has run out: it was good for {governance.INVITATION_HOURS} hours. Ask for another."
        )


def invitation_of(secret: str) -> Invitation | None:
    return Invitation.objects.filter(secret_digest=_digest_of(secret)).first()


def invitation_by_id(invitation_id: uuid.UUID | str | None) -> Invitation:
    """For whoever has shown the link's secret in this browser before."""
    found = Invitation.objects.filter(pk=invitation_id).first() if invitation_id else None
    if found is None:
        raise NotFound("No invitation is open here. Follow the link you were given once more.")
    return found


def visible_invitations(*, actor: User) -> QuerySet[Invitation]:
    require(actor=actor, permission=Permission.USER_MANAGE)
    return Invitation.objects.select_related("invited_by__person").order_by("-invited_at", "id")


def visible_invitation(*, actor: User, invitation_id: uuid.UUID | str) -> Invitation:
    found = visible_invitations(actor=actor).filter(pk=invitation_id).first()
    if found is None:
        raise NotFound("There is no such invitation.")
    return found


def state_of(invitation: Invitation) -> str:
    if invitation.accepted_at is not None:
        return "accepted"
    if invitation.revoked_at is not None:
        return "revoked"
    return "expired" if invitation.expires_at <= clock.now() else "invited"


def renewed_secret(invitation: Invitation) -> str:
    """A fresh secret in the place of the last one, for the job that mails it: an attempt that broke off leaves none."""
    require_open(invitation)
    return _new_secret(invitation)


def _made(actor: User, invited: Invited) -> Invitation:
    if User.objects.filter(username=invited.username).exists():
        raise Conflict(f"The user name {invited.username} is taken. Choose another.")
    if invited.language not in dict(settings.LANGUAGES):
        raise Invalid("Unknown language.", [FieldError("/language", "unknown", "It is not offered here.")])
    moment = clock.now()
    row = Invitation(
        username=invited.username,
        name=invited.name,
        language=invited.language,
        mail=invited.mail,
        invited_by=actor,
        invited_at=moment,
        expires_at=moment + VALID_FOR,
    )
    row.save(force_insert=True)
    return row


def _new_secret(row: Invitation) -> str:
    secret = secrets.token_urlsafe(32)
    row.secret_digest = _digest_of(secret)
    row.save(update_fields=["secret_digest"])
    return secret


def _digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _refuse_weak(invitation: Invitation, password: str) -> None:
    """As its owner to be, so that a password like their name is seen."""
    owner = User(username=invitation.username, person=Person(name=invitation.name))
    try:
        validate_password(password, owner)
    except ValidationError as error:
        told = [FieldError("/password", "weak", words) for words in error.messages]
        raise Invalid("The password is too weak.", told) from None


def _recorded(event: Event, actor: User, row: Invitation) -> None:
    facts: dict[str, Any] = {"username": row.username}
    if row.user_id is not None:
        facts["user"] = str(row.user_id)
    record(event=event, actor=actor, subject=Subject("invitation", str(row.pk)), facts=facts)
