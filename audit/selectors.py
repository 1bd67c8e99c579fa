"""Reading and verifying the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from audit import chain
from audit.models import Entry, Unsealed
from mrm.lib import clock

_CHUNK = 2_000


@dataclass(frozen=True)
class Verification:
    """What a walk over the whole chain found; `head` is the last leaf in hex."""

    entries: int
    head: str
    faults: tuple[chain.Fault, ...]

    @property
    def is_intact(self) -> bool:
        return not self.faults


def rows() -> Iterator[chain.Row]:
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=_CHUNK):
        yield _row(entry)


def verify() -> Verification:
    """Recompute every leaf from the stored bytes. Reads the whole ledger; changes nothing."""
    seen = _Seen()
    found = tuple(chain.faults(seen.through(rows())))
    return Verification(seen.count, seen.head, found)


def size() -> int:
    """How many entries there are: the sequence has no gaps."""
    return Entry.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def oldest_unsealed() -> dt.datetime | None:
    """When the record that has waited longest for its segment was queued."""
    return Unsealed.objects.order_by("at").values_list("at", flat=True).first()


def entries_about(subject: chain.Subject) -> list[Entry]:
    return list(Entry.objects.filter(subject_type=subject.type, subject_id=subject.id).order_by("sequence"))


def count_about(subject: chain.Subject, event: str) -> int:
    return Entry.objects.filter(subject_type=subject.type, subject_id=subject.id, event=event).count()


def _row(entry: Entry) -> chain.Row:
    return chain.Row(
        sequence=entry.sequence,
        body=bytes(entry.body),
        leaf=bytes(entry.leaf),
        at=clock.stamp(entry.at),
        event=entry.event,
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        subject=chain.Subject(entry.subject_type, entry.subject_id),
    )


class _Seen:
    def __init__(self) -> None:
        self.count, self.head = 0, chain.GENESIS

    def through(self, rows: Iterator[chain.Row]) -> Iterator[chain.Row]:
        for row in rows:
            self.count, self.head = self.count + 1, row.leaf.hex()
            yield row
