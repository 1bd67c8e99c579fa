"""Reading people and roles."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from accounts import passkeys
from accounts.models import User
from accounts.proofs import factors_of
from accounts.stepup import counted_for_signing
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
