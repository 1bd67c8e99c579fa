"""The ledger as it is stored, read part by part: never more than a few thousand rows at once, and no long
transaction (rows are never changed, so a walk by number sees one log however long it takes)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit import bundle, keys, partner, reading, walk
from audit.models import Anchor, Checkpoint, Entry, Segment, SegmentRow

CHUNK = 5_000
rows = reading.rows
# A bundle carries this many of the latest checkpoints beside the anchored ones and those with two signatures.
LATEST_NOTES = 1_000


def parts(until: int) -> Iterator[walk.Part]:
    """All entries up to `until`, walked part by part in their order; of a long ledger a second process walks some."""
    # In a transaction another process would not see what this one has written.
    if until >= partner.WORTH_IT and not connection.in_atomic_block and reading.has_no_gap(until):
        with partner.started() as other:
            if other:
                yield from partner.parts_with(other, until)
                return
    found, place = rows(until=until), walk.Place()
    while (part := walk.walked(islice(found, CHUNK), place)).leaves:
        yield part
        place = part.ended


def segments(now: Moment) -> Iterator[tuple[int, str, list[bytes]]]:
    """Number, log and records of each segment, in their places."""
    for segment in (
        Segment.objects.filter(number__lte=now.segments).order_by("number").iterator(chunk_size=CHUNK)
    ):
        yield segment.number, segment.log, records_of(segment.number)


def records_of(number: int) -> list[bytes]:
    found = SegmentRow.objects.filter(segment_id=number).order_by("position")
    return [bytes(record) for record in found.values_list("record", flat=True)]


def notes(now: Moment) -> Iterator[str]:
    """The newest checkpoint, the latest thousand, and all that were anchored or carry two signatures: a year leaves
    hundreds of thousands, and what an older one says follows from the newest."""
    found = _notes().filter(size__lte=now.checkpoints)
    yield from found.values_list("note", flat=True).iterator(chunk_size=CHUNK)


class Moment(NamedTuple):
    """The ends of the ledger, seen by one statement: a segment and the entry that seals it are on the same side."""

    entries: int
    segments: int
    checkpoints: int


def moment() -> Moment:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COALESCE(MAX(sequence), 0) FROM audit_entry),"
            " (SELECT COALESCE(MAX(number), 0) FROM audit_segment),"
            " (SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint)"
        )
        return Moment(*cursor.fetchone())


def contents() -> bundle.Contents:
    """What a bundle is written from: everything there is at this moment."""
    now = moment()
    found = list(notes(now))
    counts = {
        "checkpoints": len(found),
        "entries": Entry.objects.filter(sequence__lte=now.entries).count(),
        "segments": Segment.objects.filter(number__lte=now.segments).count(),
    }
    return bundle.Contents(origin(), counts, iter(found), segments(now), rows(until=now.entries))


def origin() -> str:
    """The name of this log, from the entry that adopted its first key; empty while there is none."""
    first = Entry.objects.filter(event=keys.ADOPTED).order_by("sequence").first()
    return first.subject_id if first else ""


def _notes() -> QuerySet[Checkpoint]:
    """The newest, the latest thousand, and all that were anchored or carry two signatures."""
    sizes = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:LATEST_NOTES]
    oldest = min(sizes, default=0)
    anchored = Exists(Anchor.objects.filter(size=OuterRef("size")))
    # Two signature lines: the dash stands twice in the note.
    two_signatures = Q(note__regex="\u2014[^\u2014]*\u2014")
    return Checkpoint.objects.filter(Q(size__gte=oldest) | anchored | two_signatures).order_by("size")
