"""How a request by API says who it is: `Authorization: Bearer <token>`."""

from __future__ import annotations

import base64
import binascii

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import failures, tokens
from accounts.models import User
from accounts.origin import counted_address
from audit.access_log import Route, note_stranger

_LONGEST_HEADER = 200


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, None] | None:
        user = bearer(request.headers.get("Authorization", ""), counted_address(request))
        return (user, None) if user else None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 (the framework's signature)
        return 'Bearer realm="countersign"'


def bearer(header: str, address: str | None) -> User | None:
    """The user behind the header, None without one; AuthenticationFailed for a token that does not count, which the
    access log notes, and TooManyTries where an address has presented too many."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    user = tokens.owner_of(secret.strip()) if len(header) <= _LONGEST_HEADER else None
    if user is None:
        if secret.strip():
            failures.count_wrong_token(address)
            note_stranger(Route.API)
        raise AuthenticationFailed("This token is unknown, expired or revoked. Ask for a new one.")
    return user


def bearer_or_basic(header: str, address: str | None) -> User | None:
    """As `bearer`; and for programs that know names and passwords only, a token as the password of any name."""
    is_basic = header.partition(" ")[0].lower() == "basic"
    return bearer(f"Bearer {presented_secret(header)}" if is_basic else header, address)


def presented_secret(header: str) -> str:
    """The token that a header of either kind carries; "" for none."""
    scheme, _, said = header.partition(" ")
    if scheme.lower() == "bearer":
        return said.strip()
    try:
        decoded = base64.b64decode(said.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded.partition(":")[2] if scheme.lower() == "basic" else ""
