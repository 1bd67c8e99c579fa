"""A secret on its way into an app: shown on a page that carries it back in a sealed box, so that nothing is kept before
the app has shown that it has it."""

from __future__ import annotations

import base64
import binascii
import datetime as dt

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret

from accounts.models import User
from mrm.lib import clock, sealed_box
from mrm.lib.errors import Refusal

_PREPARED_FOR = dt.timedelta(minutes=10)
_PURPOSE = "totp-prepared"


def prepare_totp(user: User) -> tuple[str, str]:
    """(secret, the same sealed for this person)"""
    secret = generate_totp_secret()
    return secret, _sealed(user, secret)


def address_of(user: User, secret: str) -> str:
    """The otpauth address that an app reads from the QR code."""
    address: str = get_adapter().build_totp_url(user, secret)
    return address


def prepared_secret(user: User, box: str) -> str | None:
    """The secret of a box that was made for this person within the last minutes."""
    try:
        sealed = base64.urlsafe_b64decode(box.encode("ascii"))
        opened = sealed_box.unseal(sealed_box.derive(_PURPOSE), sealed, _place(user)).decode()
        secret, _, until = opened.partition("|")
        return secret if clock.now() < dt.datetime.fromisoformat(until) else None
    except (Refusal, binascii.Error, ValueError):
        return None


def _sealed(user: User, secret: str) -> str:
    until = (clock.now() + _PREPARED_FOR).isoformat()
    key = sealed_box.derive(_PURPOSE)
    return base64.urlsafe_b64encode(sealed_box.seal(key, f"{secret}|{until}".encode(), _place(user))).decode()


def _place(user: User) -> bytes:
    return f"totp:{user.pk}".encode()
