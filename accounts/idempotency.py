"""A client may repeat a write: the same key and body get the stored answer, another body is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import IdempotencyKey, User
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid

LONGEST_KEY = 128
# A process that died while answering leaves its key without an answer; after this time the key may be used again.
_ABANDONED_AFTER = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Answer:
    """What an operation answers: status, JSON body, headers."""

    status: int
    body: Any  # JSON
    headers: dict[str, str] = field(default_factory=dict)
    # Members of the body that are given this once and kept nowhere: a repeat gets the body without them.
    shown_once: dict[str, Any] = field(default_factory=dict)


def once(*, actor: User, key: str, operation: str, body: bytes, produce: Callable[[], Answer]) -> Answer:
    """The stored answer of this key, or `produce()` and store it. A refusal stores nothing: it may be repeated."""
    row, stored = begin(actor=actor, key=key, operation=operation, body=body)
    if stored is not None:
        return stored
    try:
        answer = produce()
    except BaseException:
        IdempotencyKey.objects.filter(pk=row.pk, status=None).delete()
        raise
    IdempotencyKey.objects.filter(pk=row.pk).update(
        status=answer.status, answer={"body": answer.body, "headers": answer.headers}
    )
    return answer


def begin(*, actor: User, key: str, operation: str, body: bytes) -> tuple[IdempotencyKey, Answer | None]:
    """Take the key, or find what it answered. Raises Conflict while another request is using it."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise _bad_key(f"Use 1 to {LONGEST_KEY} printable ASCII characters.")
    row = IdempotencyKey(
        user=actor,
        key=key,
        operation=operation[:200],
        body_digest=canonical.sha256(operation.encode() + b"\n" + body),
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _existing(row)
    return row, None


def _existing(wanted: IdempotencyKey) -> tuple[IdempotencyKey, Answer | None]:
    row = IdempotencyKey.objects.get(user=wanted.user, key=wanted.key)
    if row.body_digest != wanted.body_digest:
        raise _bad_key("This key was used for another request. Use a new key for a new request.")
    if row.status is not None and row.answer is not None:
        return row, Answer(row.status, row.answer["body"], row.answer["headers"])
    moment = clock.now()
    taken_over = IdempotencyKey.objects.filter(
        pk=row.pk, status=None, created_at__lt=moment - _ABANDONED_AFTER
    ).update(created_at=moment)
    if not taken_over:
        raise Conflict("A request with this Idempotency-Key is being answered now. Ask again in a moment.")
    return row, None


def _bad_key(detail: str) -> Invalid:
    return Invalid(detail, [FieldError("", "idempotency-key", detail)])
