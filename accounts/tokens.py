"""API tokens: a prefix for people, 256 random bits for machines, the SHA-256 at rest."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from accounts.models import Token, User
from mrm.lib import clock

_MARK = "mrm"
LAST_USE_GRAIN = dt.timedelta(minutes=1)


def new_secret() -> tuple[str, str]:
    """(prefix shown in lists, the whole secret shown once)"""
    prefix = secrets.token_hex(4)
    return prefix, f"{_MARK}_{prefix}_{secrets.token_urlsafe(32)}"


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def owner_of(secret: str) -> User | None:
    """The active owner with the token's scopes presented, or None. Notes the use at most once a minute."""
    token = Token.objects.select_related("user__person").filter(secret_digest=digest_of(secret)).first()
    moment = clock.now()
    if token is None or token.revoked_at or token.expires_at <= moment or not token.user.is_active:
        return None
    if token.last_used_at is None or moment - token.last_used_at > LAST_USE_GRAIN:
        Token.objects.filter(pk=token.pk).update(last_used_at=moment)
    token.user.presented_scopes = frozenset(token.scopes)
    return token.user
