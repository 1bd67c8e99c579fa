"""Reading people, roles and tokens."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from accounts import passkeys
from accounts.access import allows, require
from accounts.models import Token, User
from accounts.permissions import Permission
from accounts.proofs import factors_of
from accounts.stepup import counted_for_signing
from mrm.lib import clock
from mrm.lib.errors import NotFound
from mrm.settings import governance


def installation() -> User | None:
    """The service account that acts where no person does; `post_migrate` makes it."""
    return User.objects.select_related("person").filter(username=governance.INSTALLATION).first()


def the_installation() -> User:
    user = installation()
    if user is None:
        raise RuntimeError("The database has not been migrated: the installation's account is missing.")
    return user


def user_by_id(user_id: str) -> User:
    return User.objects.select_related("person").get(pk=user_id)


def visible_tokens(*, actor: User, user: User) -> QuerySet[Token]:
    """One's own tokens; everybody's to who manages users. The newest first."""
    if actor.pk != user.pk:
        require(actor=actor, permission=Permission.USER_MANAGE)
    rows = Token.objects.filter(user=user).select_related("user__person")
    return rows.order_by("-created_at", "id")


def visible_token(*, actor: User, token_id: uuid.UUID) -> Token:
    """To a stranger, somebody else's token does not exist."""
    found = Token.objects.select_related("user__person").filter(pk=token_id).first()
    is_seen = found is not None and (
        found.user_id == actor.pk or allows(actor=actor, permission=Permission.USER_MANAGE)
    )
    if found is None or not is_seen:
        raise NotFound("There is no such token of yours.")
    return found


def state_of_token(token: Token) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= clock.now() else "in_use"


@dataclass(frozen=True)
class SecondFactors:
    """What somebody has enrolled, and where their passkeys can be used."""

    app: Authenticator | None
    passkeys: tuple[Authenticator, ...]
    codes_left: int
    not_for_signing: frozenset[int]
    is_blocked: bool
    host: str

    @property
    def has_app(self) -> bool:
        return self.app is not None

    @property
    def has_any(self) -> bool:
        return self.has_app or bool(self.passkeys)


def second_factors(actor: User) -> SecondFactors:
    """One's own; nobody reads another person's."""
    rows = list(factors_of(actor))
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    counted = set(counted_for_signing(actor).values_list("pk", flat=True))
    return SecondFactors(
        app=next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        passkeys=tuple(row for row in rows if row.type == Authenticator.Type.WEBAUTHN),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        not_for_signing=frozenset(row.pk for row in rows) - counted,
        is_blocked=actor.signing_blocked_since is not None,
        host=passkeys.relying_party().host,
    )
