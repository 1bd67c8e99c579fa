"""Frequent facts that are no entries of their own: a decision was read, an applicant's features were looked up, a
stranger was turned away.

Each is hashed by itself (docs/formats.md, "Access") and waits for its segment as a decision does. A body holds who,
what, when and through which door; never an address, a user name that was tried, a token, or anything of an applicant
but a keyed digest.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from audit.chain import Subject
from audit.models import Access
from audit.services import queue_unsealed
from mrm.lib import canonical, clock

FORMAT = 1
LOG = "access"
STRANGERS_A_MINUTE = 30
_NONCE_BYTES = 16


class AccessEvent(StrEnum):
    DECISION_READ = "decision:read"
    FEATURES_READ = "features:read"
    STRANGER_REFUSED = "stranger:refused"


class Via(StrEnum):
    PAGE = "page"
    API = "api"


class Route(StrEnum):
    """Where a stranger tried to come in."""

    API = "api"
    SIGN_IN = "sign-in"


@dataclass(frozen=True)
class Noted:
    """What one body says. The nonce makes two equal facts two records, and no body guessable from its record."""

    at: str
    event: AccessEvent
    actor_id: str
    nonce: str
    subject: Subject
    via: Via


class Bucket:
    """Lets `a_minute` through at once, and that many again over a minute; shared by the threads of a process."""

    def __init__(self, a_minute: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._a_minute, self._seconds = a_minute, seconds
        self._level, self._seen = float(a_minute), seconds()
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            now = self._seconds()
            risen = self._level + (now - self._seen) * self._a_minute / 60
            self._level, self._seen = min(float(self._a_minute), risen), now
            if self._level < 1:
                return False
            self._level -= 1
            return True


# A flood of wrong tokens must not fill the disk, so each process notes this many a minute and drops the others. The
# log says that somebody tried, not how often; a limit for all processes together would cost a write for every try.
_strangers = Bucket(STRANGERS_A_MINUTE)


def note(*, event: AccessEvent, actor_id: str, subject: Subject, via: Via) -> None:
    """The fact and its place in the queue of the sealer, both or neither; inside an open transaction it joins that."""
    moment = clock.now()
    nonce = secrets.token_bytes(_NONCE_BYTES).hex()
    body = body_of(Noted(clock.stamp(moment), event, actor_id, nonce, subject, via))
    record = record_of(body)
    row = Access(
        body=body,
        record=record,
        event=event,
        actor_id=actor_id,
        subject_type=subject.type,
        subject_id=subject.id,
        via=via,
        at=moment,
    )
    with transaction.atomic():
        row.save(force_insert=True)
        queue_unsealed(log=LOG, record_hash=record)


def note_stranger(route: Route) -> None:
    """Somebody presented a token or a password that does not count. Nothing of what they sent is kept."""
    if not _strangers.take():
        return
    via = Via.PAGE if route is Route.SIGN_IN else Via.API
    note(event=AccessEvent.STRANGER_REFUSED, actor_id="", subject=Subject("route", route), via=via)


def body_of(noted: Noted) -> bytes:
    return canonical.dumps(
        {
            "actor": noted.actor_id,
            "at": noted.at,
            "event": str(noted.event),
            "nonce": noted.nonce,
            "subject": {"id": str(noted.subject.id), "type": noted.subject.type},
            "version": FORMAT,
            "via": str(noted.via),
        }
    )


def record_of(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()
