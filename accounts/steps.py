"""The steps of a sign-in, led by django-allauth: who somebody is, then, where one is enrolled, a second factor."""

from __future__ import annotations

import datetime as dt
import secrets

from allauth.account.internal.flows.login import (
    perform_login,
    perform_password_login,
    record_authentication,
)
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

from accounts import passkeys
from accounts.models import User
from accounts.proofs import Proof, factors_of, prove_factor
from accounts.stepup import VALID_FOR, locked
from audit.services import unit_of_work
from mrm.lib import clock

_NONCE = "passkey_nonce"


def after_password(request: HttpRequest, user: User, wanted: str) -> HttpResponseBase:
    """Signed in, or sent to the second step. Whoever was signed in in this browser before is not any more."""
    _leave(request)
    answer: HttpResponseBase = perform_password_login(request, {}, Login(user=user, redirect_url=wanted))
    return answer


def after_passkey(request: HttpRequest, used: Authenticator, wanted: str) -> HttpResponseBase:
    """Signed in: a passkey that has verified its user is two factors in one."""
    _leave(request)
    user = User.objects.select_related("person").get(pk=used.user_id)
    record_authentication(request, user, "mfa", id=used.pk, type=used.type, passwordless=True)
    answer: HttpResponseBase = perform_login(request, Login(user=user, redirect_url=wanted))
    return answer


@unit_of_work
def pass_second_step(*, actor: User, nonce: str, proof: Proof) -> Authenticator:
    """Spend the code, or check the passkey, of somebody who has given their password. Refuses a disabled account."""
    return prove_factor(actor=locked(actor), nonce=nonce, proof=proof)


def owner_of_passkey(request: HttpRequest, assertion: str) -> Authenticator | None:
    """The passkey that has signed the challenge of this browser, of an account that may sign in; or None."""
    nonce, owner = take_nonce(request), passkeys.owner_of(assertion)
    if owner is None or not owner.is_active:
        return None
    return passkeys.asserted(nonce=nonce, assertion=assertion, among=factors_of(owner))


def give_nonce(request: HttpRequest) -> str:
    """A challenge for this browser. Nobody is signed in yet, so it is kept in the browser's session, for a minute."""
    nonce = secrets.token_urlsafe(32)
    request.session[_NONCE] = [nonce, (clock.now() + VALID_FOR).isoformat()]
    return nonce


def take_nonce(request: HttpRequest) -> str:
    """The challenge that was given last, once; "" when there is none or its minute is over."""
    nonce, until = request.session.pop(_NONCE, ["", ""])
    return nonce if until and clock.now() < dt.datetime.fromisoformat(until) else ""


def _leave(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        logout(request)
