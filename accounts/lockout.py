"""Lockout: after too many wrong passwords or codes nothing is looked at for a while, by the name they were tried on and
by the address they came from. django-axes stands in front of every sign-in and asks here.

Accepted: requests that are answered in the same moment are not counted against each other, so each worker may look at
one guess more; and whoever knows a name can keep its password from counting for a quarter of an hour, its passkey not.
Guesses spread thinly over many names and many addresses at once are only seen in the access log.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import failures
from accounts.access import require
from accounts.models import ProofCount, User, UserKind
from accounts.origin import counted_address
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, NotAllowed, TooManyTries
from mrm.settings import governance


@dataclass(frozen=True)
class Standing:
    """How a name stands: locked until a moment, or until an administrator lifts it, or not at all."""

    failures: int
    until: dt.datetime | None
    is_for_good: bool

    @property
    def is_locked(self) -> bool:
        return self.until is not None


class Handler(AxesDatabaseHandler):  # type: ignore[misc]  # the library ships no types
    """django-axes with two limits instead of one, and without keeping what was posted."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> int:
        """How many limits are reached; AXES_FAILURE_LIMIT is one."""
        return 0 if _locked_until(request, credentials) is None else 1

    def user_login_failed(
        self,
        sender: Any,  # noqa: ARG002 (Any: the signal's untyped arguments)
        credentials: dict[str, str],
        request: Any = None,
        **_: Any,
    ) -> None:
        if request is None:
            return
        request.axes_credentials = credentials
        # Refused unseen: it was no guess, and must not make the lockout longer.
        if request.axes_locked_out:
            return
        failures.count(_name(credentials), counted_address(request))
        request.axes_locked_out = _locked_until(request, credentials) is not None

    def user_logged_in(self, sender: Any, request: Any, user: User, **_: Any) -> None:  # noqa: ARG002
        failures.forgive(user.username, counted_address(request))

    def user_logged_out(self, sender: Any, request: Any, user: Any, **_: Any) -> None:
        """Says nothing about guesses."""


def cool_off(request: HttpRequest | None = None) -> dt.timedelta:  # noqa: ARG001 (the library's signature)
    return failures.WINDOW


def name_key(request: HttpRequest | None, credentials: dict[str, str] | None = None) -> str:  # noqa: ARG001
    return failures.key_of(_name(credentials))


def refusal_of(request: HttpRequest, credentials: dict[str, str] | None) -> TooManyTries:
    """The same words for every name: they do not tell whether it exists, or whose limit was reached."""
    return _too_many(_locked_until(request, credentials) or clock.now() + failures.WINDOW)


def require_not_locked(*, actor: User) -> None:
    """Asked before a password or code of a signed-in person is looked at."""
    until = failures.name_locked_until(failures.key_of(actor.username))
    if until is not None:
        raise _too_many(until)


def standing_of(user: User) -> Standing:
    key = failures.key_of(user.username)
    failed = failures.in_a_row(key)
    return Standing(failed, failures.name_locked_until(key), failed >= governance.FAILURES_IN_A_ROW)


@unit_of_work
def lift_lockout(*, actor: User, user: User) -> None:
    """Somebody else's name may be tried again at once. Nobody lifts their own: whoever guesses may hold a session. The
    installation may, from the machine's own command line: the last administrator can be locked out too."""
    if actor.username != governance.INSTALLATION or actor.kind != UserKind.SERVICE:
        require(actor=actor, permission=Permission.USER_MANAGE)
    if actor.person_id == user.person_id:
        raise NotAllowed(_("Nobody lifts a lockout of their own. Ask another administrator."))
    if not standing_of(user).is_locked:
        raise Conflict(_("%(name)s is not locked out.") % {"name": user.name})
    failures.start_anew(failures.key_of(user.username))
    ProofCount.objects.filter(user=user).update(wrong=0, wrong_at=None)
    record(event=Event.LOCKOUT_LIFTED, actor=actor, subject=Subject("user", str(user.pk)))


def _locked_until(request: HttpRequest, credentials: dict[str, str] | None) -> dt.datetime | None:
    address = counted_address(request)
    ends = [failures.name_locked_until(name_key(request, credentials))]
    if address is not None:
        ends.append(failures.address_locked_until(address))
    return max((end for end in ends if end is not None), default=None)


def _name(credentials: dict[str, str] | None) -> str:
    return (credentials or {}).get("username") or ""


def _too_many(until: dt.datetime) -> TooManyTries:
    seconds = max(1, int((until - clock.now()).total_seconds()) + 1)
    words = _(
        "Too many wrong passwords or codes: nothing more is looked at for now, not even the right one. Try again in"
        " %(minutes)s minutes; an administrator can lift it sooner."
    )
    return TooManyTries(words % {"minutes": -(-seconds // 60)}, seconds)
