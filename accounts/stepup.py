"""Re-authentication before a signature: a single-use challenge bound to who signs, what was shown and what it
means, redeemed within a minute together with a proof of who signs. A passkey signs the challenge itself."""

from __future__ import annotations

import datetime as dt
import secrets

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from accounts.models import SignatureChallenge, User
from accounts.proofs import Proof, factors_of, prove
from mrm.lib import canonical, clock
from mrm.lib.errors import NotAllowed

__all__ = ["VALID_FOR", "Proof", "confirm", "counted_for_signing", "open_challenge", "reauthenticate"]

VALID_FOR = dt.timedelta(seconds=60)


def open_challenge(*, actor: User, digest: str, meaning: str) -> str:
    """A nonce for exactly this signature. Leaves no entry: nothing is signed yet."""
    nonce = secrets.token_urlsafe(32)
    SignatureChallenge(
        nonce=nonce, user=actor, digest=digest, meaning=meaning, expires_at=clock.now() + VALID_FOR
    ).save(force_insert=True)
    return nonce


def confirm(*, actor: User, nonce: str, digest: str, meaning: str, proof: Proof) -> None:
    """Redeem the challenge, inside the caller's unit of work: a signature that fails later gives it back with the
    rollback. Raises NotAllowed for a stranger's, used, expired or foreign challenge, for a wrong proof, and while
    a password that an administrator chose blocks signing."""
    _redeem(actor, nonce, digest, meaning)
    held = locked(actor)
    _refuse_blocked(held)
    prove(actor=held, nonce=nonce, proof=proof, among=counted_for_signing(held))


def reauthenticate(*, actor: User, nonce: str, act: str, target: str, proof: Proof) -> User:
    """The same for changes of one's own account, which a blocked person may make: they are how it ends. Returns the
    account as it stands now, locked."""
    _redeem(actor, nonce, digest_of(act, target), act)
    held = locked(actor)
    prove(actor=held, nonce=nonce, proof=proof, among=factors_of(held))
    return held


def digest_of(act: str, target: str) -> str:
    """What a change of one's own account shows: which change, of what."""
    return canonical.sha256(f"{act}|{target}".encode())


def locked(actor: User) -> User:
    """The account as it is now, not as the request began with it: a reset or a disabling may have come between.
    Rows that point at the account may still be written by others meanwhile."""
    rows = User.objects.select_for_update(of=("self",), no_key=True).select_related("person")
    held = rows.filter(pk=actor.pk, is_active=True).first()
    if held is None:
        raise NotAllowed("This account is disabled. Ask an administrator.")
    return held


def counted_for_signing(user: User) -> QuerySet[Authenticator]:
    """Factors that nobody but the owner can have enrolled."""
    factors = factors_of(user)
    since = user.factors_count_from
    return factors if since is None else factors.filter(created_at__gt=since)


def _redeem(actor: User, nonce: str, digest: str, meaning: str) -> None:
    moment = clock.now()
    used = SignatureChallenge.objects.filter(
        nonce=nonce, user=actor, digest=digest, meaning=meaning, used_at=None, expires_at__gt=moment
    ).update(used_at=moment)
    if not used:
        raise NotAllowed(
            "This signature was not prepared for you, for this act and for what is shown now, or its minute is"
            " over. Open the page again and sign what it shows."
        )


def _refuse_blocked(user: User) -> None:
    if user.signing_blocked_since is not None:
        raise NotAllowed(
            "You cannot sign now: an administrator chose your password or ended your second factors, so a signature"
            " would not surely be yours."
            " On the page Security change the password, then enrol an authenticator app or a passkey anew."
        )
