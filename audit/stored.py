"""The ledger as it is stored, read part by part: never more than a few thousand rows at once, and no long
transaction (rows are never changed, so a walk by number sees one log however long it takes)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit import bundle, chain, keys
from audit.models import Anchor, Checkpoint, Entry, Segment, SegmentRow

CHUNK = 5_000
# A bundle carries this many of the latest checkpoints beside the anchored ones and those with two signatures.
LATEST_NOTES = 1_000
_AT = {
    # SQLite keeps text; a fraction of zero is left out there.
    "sqlite": "substr(at, 1, 10) || 'T' || substr(at, 12, 8) || coalesce(nullif(substr(at, 20), ''), '.000000') || 'Z'",
    "postgresql": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
}


def rows(after: int = 0, until: int | None = None) -> Iterator[chain.Row]:
    """Entries with a sequence above `after`, up to and with `until`, in their order. Plain SQL: a verification
    reads a million of them, and model instances would cost more than the hashes."""
    statement = (
        f"SELECT sequence, body, leaf, {_AT[connection.vendor]}, event, actor_id, actor_name, subject_type,"  # noqa: S608 (constants)
        " subject_id FROM audit_entry WHERE sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s"
    )
    last, end = after, 2**63 - 1 if until is None else until
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, end, CHUNK])
            found = cursor.fetchall()
        for sequence, body, leaf, *columns in found:
            yield chain.Row(sequence, bytes(body), bytes(leaf), *columns)
        if len(found) < CHUNK:
            return
        last = found[-1][0]


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
