"""Records that wait (of decisions and accesses) become part of the chain: one entry for many."""

from __future__ import annotations

from audit import tree
from audit.chain import Subject
from audit.events import Event
from audit.models import Segment, SegmentRow, Unsealed
from audit.services import Actor, record, unit_of_work

# One transaction takes this many: few enough that a writer on SQLite waits for milliseconds.
ROWS = 2_000


def waiting() -> dict[str, int]:
    """How many records wait, by log; counted up to one full segment."""
    found: dict[str, int] = {}
    for log in Unsealed.objects.order_by("id").values_list("log", flat=True)[: ROWS + 1]:
        found[log] = found.get(log, 0) + 1
    return found


def seal(*, actor: Actor, log: str) -> int:
    """Seal the records of one log that are committed now, the longest waiting first, one segment a transaction.
    Answers how many."""
    sealed = 0
    while taken := _seal_one(actor=actor, log=log):
        sealed += taken
        if taken < ROWS:
            break
    return sealed


@unit_of_work
def _seal_one(*, actor: Actor, log: str) -> int:
    """Segments are never ranges of ids: a lower id can be committed later, and waits for the next one."""
    taken = list(Unsealed.objects.filter(log=log).order_by("id").values_list("id", "record")[:ROWS])
    if not taken:
        return 0
    records = [bytes(each) for _, each in taken]
    last = Segment.objects.order_by("-number").values_list("number", flat=True).first() or 0
    root = tree.root(records)
    segment = Segment(number=last + 1, log=log, size=len(records), root=root)
    segment.save(force_insert=True)
    SegmentRow.objects.bulk_create(
        SegmentRow(segment=segment, position=position, record=each) for position, each in enumerate(records)
    )
    Unsealed.objects.filter(pk__in=[pk for pk, _ in taken]).delete()
    facts = {"log": log, "root": root.hex(), "size": len(records)}
    record(
        event=Event.SEGMENT_SEALED, actor=actor, subject=Subject("segment", str(segment.number)), facts=facts
    )
    return len(records)
