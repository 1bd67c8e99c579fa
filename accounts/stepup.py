"""Re-authentication before a signature: a single-use challenge bound to who signs, what was shown and what it
means, redeemed within a minute together with the password."""

from __future__ import annotations

import datetime as dt
import secrets

from accounts.models import SignatureChallenge, User
from mrm.lib import clock
from mrm.lib.errors import NotAllowed

VALID_FOR = dt.timedelta(seconds=60)


def open_challenge(*, actor: User, digest: str, meaning: str) -> str:
    """A nonce for exactly this signature. Leaves no entry: nothing is signed yet."""
    nonce = secrets.token_urlsafe(32)
    SignatureChallenge(
        nonce=nonce, user=actor, digest=digest, meaning=meaning, expires_at=clock.now() + VALID_FOR
    ).save(force_insert=True)
    return nonce


def confirm(*, actor: User, nonce: str, digest: str, meaning: str, password: str) -> None:
    """Redeem the challenge, inside the caller's unit of work: a signature that fails later gives it back with the
    rollback. Raises NotAllowed for a stranger's, used, expired or foreign challenge and for a wrong password."""
    used = SignatureChallenge.objects.filter(
        nonce=nonce, user=actor, digest=digest, meaning=meaning, used_at=None, expires_at__gt=clock.now()
    ).update(used_at=clock.now())
    if not used:
        raise NotAllowed(
            "This signature was not prepared for you, for this act and for what is shown now, or its minute is"
            " over. Open the page again and sign what it shows."
        )
    if not actor.has_usable_password():
        raise NotAllowed(
            f"{actor.name} signs in through the identity provider and has no password here, so no password signs for"
            " this account. It needs a passkey: enrol one on the page Security."
        )
    if not actor.check_password(password):
        raise NotAllowed("The password is not right; nothing was signed.")
