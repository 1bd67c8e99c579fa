"""The bytes of a decision: pure functions, so that a verifier can be written from docs/formats.md.

payload = canonical JSON of the applicant's inputs and the answer, with a commitment key of its own
commitment = HMAC-SHA256(commitment key, canonical payload without that key)
ciphertext = AES-256-GCM(fresh payload key, payload, context = decision id)
body = canonical JSON of ids, digests, SHA-256(ciphertext) and commitment
record = SHA-256(0x00 ‖ body)
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from mrm.lib import canonical, sealed_box
from mrm.lib.errors import Refusal
from scoring.payloads import Payload

FORMAT = 1
_COMMITMENT_KEY = "commitment_key"
_WRAPPING, _REFERENCES = "decision-payloads", "references"


class Erased(Refusal):
    """The payload's key was destroyed; every digest stays valid."""

    status, code, title = 410, "erased", "Erased"


@dataclass(frozen=True)
class Header:
    """What the body says besides the two hashes of the payload; `reference` is keyed text."""

    decision_id: uuid.UUID
    at: str
    made_by: str
    model: str
    model_version: int
    artifact: str
    policy: str
    dictionary: str
    governance: str
    deployment: str
    environment: str
    outcome: str
    reference: str
    cap: str = ""


@dataclass(frozen=True)
class Sealed:
    """The four things that are stored."""

    body: bytes
    record: bytes
    ciphertext: bytes
    wrapped_key: bytes


def seal(header: Header, payload: Payload) -> Sealed:
    """Encrypt the payload under a key of its own and bind everything into one record."""
    context, key = header.decision_id.bytes, sealed_box.new_key()
    commitment_key = secrets.token_bytes(32)
    committed = payload.plain()
    plaintext = canonical.dumps({**committed, _COMMITMENT_KEY: commitment_key.hex()})
    ciphertext = sealed_box.seal(key, plaintext, context)
    body = body_of(header, ciphertext, _commit(commitment_key, committed))
    wrapped_key = sealed_box.seal(sealed_box.derive(_WRAPPING), key, context)
    return Sealed(body, record_of(body), ciphertext, wrapped_key)


def body_of(header: Header, ciphertext: bytes, commitment: str) -> bytes:
    return canonical.dumps(
        {
            "artifact": header.artifact,
            "at": header.at,
            "ciphertext": canonical.sha256(ciphertext),
            "commitment": commitment,
            "decision": str(header.decision_id),
            "deployment": header.deployment,
            "dictionary": header.dictionary,
            "environment": header.environment,
            "governance": header.governance,
            "made_by": header.made_by,
            "model": header.model,
            "model_version": header.model_version,
            "outcome": header.outcome,
            "policy": header.policy,
            "reference": header.reference,
            "version": FORMAT,
            # Under an approval there is none.
            **({"cap": header.cap} if header.cap else {}),
        }
    )


def record_of(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def keyed_reference(reference: str) -> str:
    """Finds a reference again for whoever holds the data key, and tells nobody else what it was."""
    return hmac.new(sealed_box.derive(_REFERENCES), reference.encode(), hashlib.sha256).hexdigest()


def unseal(decision_id: uuid.UUID, ciphertext: bytes, wrapped_key: bytes | None) -> tuple[Payload, str]:
    """The payload and its commitment, recomputed. Erased without a key; Unavailable when it does not open."""
    if wrapped_key is None:
        raise Erased(
            "This decision's payload was erased. Its record is kept and still verifies; its content is gone."
        )
    context = decision_id.bytes
    key = sealed_box.unseal(sealed_box.derive(_WRAPPING), wrapped_key, context)
    # Any: what was stored is plain JSON; Payload.load reads it member by member.
    members: dict[str, Any] = json.loads(sealed_box.unseal(key, ciphertext, context))
    commitment_key = bytes.fromhex(members.pop(_COMMITMENT_KEY))
    return Payload.load(members), _commit(commitment_key, members)


def _commit(key: bytes, committed: dict[str, Any]) -> str:
    return hmac.new(key, canonical.dumps(committed), hashlib.sha256).hexdigest()
