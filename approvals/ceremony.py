"""What a signer sends, as the one object that a service takes: the page's form and the API's body meet here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from validation.signing import Signature, answered


def signature_of(meaning: str, asked: Mapping[str, Any], shown: str) -> Signature:
    """From the body of an API call; `shown` is its If-Match."""
    return Signature(
        meaning=meaning,
        rationale=asked["rationale"],
        challenge=asked["challenge"],
        proof=asked["proof"],
        shown_digest=shown,
    )


def signature_on_page(actor: User, answers: Mapping[str, Any], meaning: str) -> Signature:
    return Signature(meaning=meaning, **answered(actor=actor, answers=answers, meaning=meaning))
