"""What every signature here has in common: independence by person, the confirmed challenge, the common
columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts import stepup
from accounts.models import User
from mrm.lib import clock
from mrm.lib.errors import FieldError, Invalid, NotAllowed, Stale
from mrm.settings import governance
from registry.models import ModelVersion

LONGEST_RATIONALE = 10_000


@dataclass(frozen=True)
class Signature:
    """What a signer brings along: the words, the challenge they opened, the proof of who they are, what they were
    shown."""

    meaning: str
    rationale: str
    challenge: str
    proof: stepup.Proof
    shown_digest: str


def answered(*, actor: User, answers: Mapping[str, Any], meaning: str) -> dict[str, Any]:
    """What a service wants of a signing page's answers. A passkey has signed the challenge that its button asked
    for; for typed words one is opened here, for what the page showed, and redeemed at once."""
    nonce = answers["challenge"] if answers["passkey"] else ""
    return {
        "rationale": answers["rationale"],
        "proof": stepup.Proof(answers["password"], answers["code"], answers["passkey"]),
        "challenge": nonce or stepup.open_challenge(actor=actor, digest=answers["shown"], meaning=meaning),
        "shown_digest": answers["shown"],
    }


def insider_role(version: ModelVersion, person_id: object) -> str | None:
    """Which part this person had in making the version, or None."""
    parts = {"author": version.author_id, "trainer": version.trainer_id, "submitter": version.submitter_id}
    return next((part for part, person in parts.items() if person is not None and person == person_id), None)


def refuse_insider(*, actor: User, version: ModelVersion, act: str) -> None:
    part = insider_role(version, actor.person_id)
    if part is not None:
        raise NotAllowed(
            f"{actor.name} is the {part} of {version.label} and cannot {act}. People are counted, not"
            f" accounts:"
            " ask a colleague who had no part in it."
        )


def confirm(*, actor: User, signature: Signature, shown_now: str) -> None:
    """Refuses empty words, anything that changed since it was shown, a foreign challenge and a wrong
    proof."""
    check_words("/rationale", signature.rationale)
    if signature.shown_digest != shown_now:
        raise Stale("What you were shown has changed since. Read it again, then sign what it shows now.")
    stepup.confirm(
        actor=actor,
        nonce=signature.challenge,
        digest=shown_now,
        meaning=signature.meaning,
        proof=signature.proof,
    )


def check_words(pointer: str, words: str) -> None:
    if not words.strip():
        detail = "Say why, in words that stand in the file."
        raise Invalid("Words are needed here.", [FieldError(pointer, "required", detail)])
    if len(words) > LONGEST_RATIONALE:
        detail = f"At most {LONGEST_RATIONALE} characters."
        raise Invalid("The words are too long.", [FieldError(pointer, "too-long", detail)])


def signed_columns(*, actor: User, signature: Signature, evidence_digest: str) -> dict[str, Any]:
    """The columns of every signed row: printed name, time, meaning, what was shown, under which rules."""
    return {
        "user": actor,
        "person_id": actor.person_id,
        "printed_name": actor.name,
        "meaning": signature.meaning,
        "rationale": signature.rationale,
        "evidence_digest": evidence_digest,
        "shown_digest": signature.shown_digest,
        "governance_digest": governance.digest(),
        "at": clock.now(),
    }
