"""What a signer sends, as the one object that a service takes: the page's form and the API's body meet here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts import stepup
from accounts.models import User
from validation.signing import Signature


def signature_of(meaning: str, answers: Mapping[str, Any]) -> Signature:
    return Signature(
        meaning=meaning,
        rationale=answers["rationale"],
        challenge=answers["challenge"],
        password=answers["password"],
        shown_digest=answers["shown"],
    )


def signature_on_page(actor: User, answers: Mapping[str, Any], meaning: str) -> Signature:
    """A challenge for what the page showed, redeemed at once together with the password."""
    nonce = stepup.open_challenge(actor=actor, digest=answers["shown"], meaning=meaning)
    return signature_of(meaning, {**answers, "challenge": nonce})
