"""Choosing a password: one's own, or somebody else's as an administrator, which ends their signing for now."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.factors import Confirmed
from accounts.models import User, UserKind
from accounts.services import _require_manager as require_manager
from accounts.services import subject_of
from accounts.stepup import locked, reauthenticate
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed

CHANGE = "password:change"


@unit_of_work
def change_password(*, actor: User, confirmed: Confirmed, password: str) -> User:
    """The owner's own choice, confirmed with the present password (and a code, where an app is enrolled). Ends all
    other sessions. Refuses a weak password and the present one."""
    if not confirmed.proof.password:
        raise Invalid(_MISSING, [FieldError("/password", "required", _MISSING)])
    held = reauthenticate(actor=actor, nonce=confirmed.nonce, act=CHANGE, target="", proof=confirmed.proof)
    if password == confirmed.proof.password:
        raise _weak("/new_password", "It is the password you have now. Choose another.")
    _check(held, "/new_password", password)
    moment = clock.now()
    held.set_password(password)
    held.password_chosen_at = moment
    if held.signing_blocked_since is not None:
        # Whoever knew the password until now may have enrolled a factor with it: none of those will count.
        held.factors_count_from = moment
    held.save(update_fields=["password", "password_chosen_at", "factors_count_from"])
    record(event=Event.PASSWORD_CHANGED, actor=held, subject=subject_of(held))
    return held


@unit_of_work
def reset_password(*, actor: User, user: User, password: str) -> User:
    """An administrator's choice for somebody who has lost theirs. Ends all their sessions, and their signing until
    they have chosen a password themselves and then enrolled a second factor anew: what was enrolled before no longer
    counts for a signature. It removes no factor: signing in still asks for it. Refuses one's own person.

    An administrator who signs in with that password can do both in the owner's name where no second factor was
    enrolled. That is not silent: the entries say so, and the owner, shut out, will ask."""
    require_manager(actor)
    if actor.person_id == user.person_id:
        raise NotAllowed(
            "Nobody resets their own password. Change it on the page Security, or ask a colleague."
        )
    held = locked(user)
    if held.kind == UserKind.SERVICE:
        raise Conflict("A service has no password: it presents a token.")
    _check(held, "/password", password)
    moment = clock.now()
    held.set_password(password)
    held.signing_blocked_since = held.factors_count_from = moment
    held.save(update_fields=["password", "signing_blocked_since", "factors_count_from"])
    record(event=Event.PASSWORD_RESET, actor=actor, subject=subject_of(held))
    return held


_MISSING = "Give the present password too: a passkey alone does not change it."


def _check(user: User, pointer: str, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _weak(pointer, " ".join(error.messages)) from None


def _weak(pointer: str, detail: str) -> Invalid:
    return Invalid("The password is too weak.", [FieldError(pointer, "weak", detail)])
