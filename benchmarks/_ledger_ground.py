"""Measuring ground: a ledger as large as wanted, chained, sealed and signed, and with people who may read it.

This is not how the product writes. The same bodies and the same rows come to stand there, but in bulk and with the
guards lifted, because a million appends that each wait for the disk would take half an hour. What is then measured
(verifying, proving, reading) does not see the difference; the checkpoint over it is signed by the product's sealer,
which recomputes every entry and would refuse what the bench had written wrongly.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import uuid
from collections.abc import Iterator
from typing import Any

RECORDS, SEGMENTS, CHUNK = 2_000, 5, 10_000
ORIGIN = "bench.example/ledger"
_BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
# A busy bank: two thousand governed acts a day, so a million are sixteen months.
_PACE = dt.timedelta(seconds=41, microseconds=371_000)
_EVENTS = (
    "job:requested",
    "job:ended",
    "candidate:recorded",
    "run:completed",
    "version:registered",
    "signoff:recorded",
    "decision:replayed",
)
_INSERT = (
    "INSERT INTO audit_entry (sequence, body, leaf, at, event, actor_id, actor_name, subject_type, subject_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def build(entries: int) -> dict[str, Any]:
    """Cast, key and first checkpoint by the product; `entries` in all with the segments at the end."""
    from django.conf import settings

    from accounts.selectors import the_installation
    from audit import lease, segments
    from audit.sealer import Sealer
    from audit.sealer_folder import Folder
    from audit.selectors import size
    from tests.cast import enrol_cast

    cast = enrol_cast()
    folder, held = Folder(settings.MRM_SEALER_DIR), lease.take()
    key = folder.add_key(ORIGIN)
    assert held is not None
    sealer = Sealer(folder=folder, actor=the_installation(), held=held)
    sealer.checkpoint()
    day = _grow(entries - segments_for(entries), [cast.victor, cast.dana, cast.ada, cast.otto])
    _queue(segments_for(entries))
    segments.seal(actor=the_installation(), log="access")
    held.renew()
    sealer.checkpoint()
    assert size() == entries
    return {"key": key.public.text, "day": day}


def segments_for(entries: int) -> int:
    return SEGMENTS if entries >= 10_000 else 1


def records_made() -> int:
    from audit.models import SegmentRow

    return SegmentRow.objects.count()


def record_body(number: int) -> bytes:
    """What was hashed of the read with this number."""
    from audit import access_log

    return access_log.body_of(_noted(number))


def _noted(number: int) -> Any:  # Any: its type needs the settings
    from audit import chain
    from audit.access_log import AccessEvent, Noted, Via
    from mrm.lib import clock

    at, subject = clock.stamp(_BEGIN + _PACE * number), chain.Subject("decision", str(uuid.UUID(int=number)))
    nonce = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    return Noted(at, AccessEvent.DECISION_READ, "auditor", nonce, subject, Via.PAGE)


def _grow(until: int, people: list[Any]) -> str:  # Any: accounts, whose type needs the settings
    """Grow the chain to `until` entries; answers the day in the middle of what was written."""
    from django.db import connection, transaction

    from audit import guards
    from audit.models import Entry

    last = Entry.objects.order_by("-sequence").first()
    assert last is not None
    rows = _rows(last.sequence, bytes(last.leaf).hex(), until, people)
    guards.lift()
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-400000")
            while chunk := list(itertools.islice(rows, CHUNK)):
                with transaction.atomic():
                    cursor.executemany(_INSERT, chunk)
            cursor.execute("PRAGMA synchronous=FULL")
    finally:
        guards.install()
    return (_BEGIN + _PACE * ((last.sequence + until) // 2)).date().isoformat()


def _rows(sequence: int, previous: str, until: int, people: list[Any]) -> Iterator[tuple[object, ...]]:
    from audit import chain
    from mrm.lib import clock

    names = [(person.ledger_id, person.name) for person in people]
    for number in range(sequence + 1, until + 1):
        at = _BEGIN + _PACE * number
        who, name = names[number % len(names)]
        event, subject = (
            _EVENTS[number % len(_EVENTS)],
            chain.Subject("version", f"card-limit/{number % 4_001}"),
        )
        fact = chain.Fact(clock.stamp(at), event, who, name, subject, _facts(number))
        body = chain.body_of(fact, number, previous)
        leaf = chain.leaf_of(body)
        stored_at = at.replace(tzinfo=None).isoformat(sep=" ")
        yield number, body, leaf, stored_at, event, who, name, subject.type, subject.id
        previous = leaf.hex()


def _facts(number: int) -> dict[str, Any]:
    """A digest, a number, a word: what an entry of the product says, in some 450 bytes of body."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return {"artifact": digest, "number": number % 97, "result": "passed", "seconds": f"{number % 61}.25"}


def _queue(segments: int) -> None:
    """Reads of decisions, each a row and a record that waits for its segment."""
    from audit import access_log
    from audit.models import Access, Unsealed

    rows = [_access(number) for number in range(RECORDS * segments)]
    Access.objects.bulk_create(rows, batch_size=RECORDS)
    Unsealed.objects.bulk_create(
        (Unsealed(record=row.record, log=access_log.LOG, at=row.at) for row in rows), batch_size=RECORDS
    )


def _access(number: int) -> Any:  # Any: a model, whose type needs the settings
    from audit import access_log
    from audit.models import Access

    noted, body = _noted(number), record_body(number)
    return Access(
        body=body,
        record=access_log.record_of(body),
        event=noted.event,
        actor_id=noted.actor_id,
        subject_type=noted.subject.type,
        subject_id=noted.subject.id,
        via=noted.via,
        at=_BEGIN + _PACE * number,
    )
