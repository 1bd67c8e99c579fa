"""Codes that are typed: six digits of an app, each good for one time step, and recovery codes, each good once.

django-allauth keeps used codes in a cache, which every process has for itself; here the database keeps them."""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db.models import QuerySet

from accounts.models import ProofCount, User
from mrm.lib import clock

LONGEST_CODE = 64
STEP_SECONDS = 30
# A clock that is one step off, or a code typed at the end of its step, still counts.
_TOLERANCE = (0, -1, 1)


def matching_steps(secret: str, code: str) -> list[int]:
    """The time steps around now whose code this is."""
    present = int(clock.now().timestamp()) // STEP_SECONDS
    steps = [present + offset for offset in _TOLERANCE]
    return [
        step
        for step in steps
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
    ]


def spend_step(*, user: User, step: int) -> bool:
    """Whether this step was still to be had: one statement, so that of two requests with one code one gets it."""
    ProofCount.objects.get_or_create(user=user)
    return ProofCount.objects.filter(user=user, totp_step__lt=step).update(totp_step=step) == 1


def use_code(*, user: User, code: str, among: QuerySet[Authenticator]) -> Authenticator | None:
    """The authenticator that this code proves and that has spent it, or None."""
    if not code.strip() or len(code) > LONGEST_CODE or not code.isascii():
        return None
    for authenticator in among.exclude(type=Authenticator.Type.WEBAUTHN):
        if authenticator.type == Authenticator.Type.TOTP:
            secret = decrypt(authenticator.data["secret"])
            spent = any(spend_step(user=user, step=step) for step in matching_steps(secret, code))
        else:
            spent = authenticator.wrap().validate_code(code)
        if spent:
            return authenticator
    return None
