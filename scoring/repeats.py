"""A caller may repeat a score: the key keeps only its Decision's id, the answer is shaped anew.

The key is stored in the transaction of the decision itself: neither ever stands alone, and a process that
dies leaves neither. Of two requests at the same time the second waits for the first and gets its answer.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass

from accounts.idempotency import LONGEST_KEY
from accounts.models import IdempotencyKey, User
from mrm.lib import clock, sealed_box
from mrm.lib.errors import Conflict, FieldError, Invalid

_CREATED = 200


@dataclass(frozen=True)
class Repeat:
    """One use of an Idempotency-Key: by whom, for what, with which body (keyed: a body can be guessed)."""

    actor: User
    key: str
    operation: str
    body_digest: str


def read(*, actor: User, key: str, operation: str, body: bytes) -> Repeat:
    """Refuses a key that is too long or not printable ASCII."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise _refused(f"Use 1 to {LONGEST_KEY} printable ASCII characters.")
    keyed = hmac.new(sealed_box.derive("idempotency"), operation.encode() + b"\n" + body, hashlib.sha256)
    return Repeat(actor, key, operation[:200], keyed.hexdigest())


def decided(repeat: Repeat) -> uuid.UUID | None:
    """The decision that this key stands for already, or None. Refuses another body, and a key in flight."""
    row = IdempotencyKey.objects.filter(user=repeat.actor, key=repeat.key).first()
    if row is None:
        return None
    if row.body_digest != repeat.body_digest:
        raise _refused("This key was used for another request. Use a new key for a new request.")
    if row.answer is None:
        raise Conflict("A request with this Idempotency-Key is being answered now. Ask again in a moment.")
    return uuid.UUID(row.answer["decision"])


def keep(repeat: Repeat, decision_id: uuid.UUID) -> None:
    """Inside the transaction of the decision. IntegrityError when the key was taken in the meantime."""
    IdempotencyKey(
        user=repeat.actor,
        key=repeat.key,
        operation=repeat.operation,
        body_digest=repeat.body_digest,
        status=_CREATED,
        answer={"decision": str(decision_id)},
        created_at=clock.now(),
    ).save(force_insert=True)


def _refused(detail: str) -> Invalid:
    return Invalid(detail, [FieldError("", "idempotency-key", detail)])
