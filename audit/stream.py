"""The ledger as JSON lines for other systems of the bank, to be read on from any line (docs/formats.md, "Stream").

Entries come in their order, and the accesses of a sealed segment directly behind the entry that sealed them. Both
orders are fixed at commit: the chain has one writer at a time, so no lower sequence is committed later, and a segment
stands whole with its entry. A reader who goes on from the last cursor loses nothing and reads nothing twice; ids and
times would not promise that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from audit import selectors
from audit.access_log import LOG
from audit.events import Event
from audit.models import Access, Entry, Segment, SegmentRow
from mrm.lib import canonical, clock
from mrm.lib.errors import Malformed

PRODUCT, FORMAT = "countersign", "countersign-stream/1"
_CHUNK = 2_000
_RECORDS_A_QUERY = 500
_CURSOR = re.compile(r"(0|[1-9][0-9]{0,17})(?:\.([1-9][0-9]{0,8}))?")
_Members = dict[str, Any]  # Any: facts are whatever canonical JSON an entry holds


@dataclass(frozen=True)
class Cursor:
    """Up to and with which line a reader has read: an entry's sequence (0: nothing yet), and how many accesses
    behind that entry."""

    sequence: int = 0
    position: int = 0

    @classmethod
    def read(cls, text: str) -> Cursor:
        """From `<sequence>` or `<sequence>.<position>`, written in one way only; Malformed otherwise."""
        found = _CURSOR.fullmatch(text)
        if found is None or text.startswith("0."):
            raise Malformed(
                "This is no cursor. Send the `cursor` of the last line you kept, or 0 to begin: 17 or 17.3."
            )
        return cls(int(found[1]), int(found[2] or 0))

    @property
    def text(self) -> str:
        return f"{self.sequence}.{self.position}" if self.position else str(self.sequence)


def lines(after: Cursor, limit: int) -> Iterator[bytes]:
    """At most `limit` lines behind the cursor, each ended by LF. What is appended while they are read comes with the
    next call. Malformed, before the first line, for a cursor that this ledger never gave: an emptier ledger than the
    reader has seen is not the same ledger, and silence would hide that."""
    if limit < 1:
        raise Malformed("Ask for at least one line.")
    last = selectors.size()
    _refuse_foreign(after, last)
    return islice(_lines(after, last), limit)


def _refuse_foreign(after: Cursor, last: int) -> None:
    if after.sequence > last:
        raise Malformed(f"The cursor stands behind entry {after.sequence}, but the ledger ends at {last}.")
    segment = _segment_behind(after)
    if after.position > (segment.size if segment else 0):
        raise Malformed(f"The ledger has no access {after.text}.")


def _segment_behind(after: Cursor) -> Segment | None:
    entries = Entry.objects.filter(sequence=after.sequence).defer("body")
    return _access_segments(entries).get(after.sequence)


def _lines(after: Cursor, last: int) -> Iterator[bytes]:
    # The cursor's own entry was delivered, and of its accesses those up to the position.
    segment = _segment_behind(after)
    if segment:
        yield from _accesses(after, segment)
    for entries in _chunks(after.sequence, last):
        segments = _access_segments(entries)
        for entry in entries:
            yield _entry_line(entry)
            if entry.sequence in segments:
                yield from _accesses(Cursor(entry.sequence), segments[entry.sequence])


def _chunks(sequence: int, last: int) -> Iterator[list[Entry]]:
    rows = Entry.objects.filter(sequence__lte=last).order_by("sequence")
    while entries := list(rows.filter(sequence__gt=sequence)[:_CHUNK]):
        yield entries
        sequence = entries[-1].sequence


def _access_segments(entries: Iterable[Entry]) -> dict[int, Segment]:
    """The access segments that these entries sealed, by the sequence of the entry."""
    sealing = {
        entry.sequence: int(entry.subject_id)
        for entry in entries
        if entry.event == Event.SEGMENT_SEALED and re.fullmatch(r"[0-9]{1,18}", entry.subject_id)
    }
    found = Segment.objects.filter(log=LOG).in_bulk(set(sealing.values())) if sealing else {}
    return {sequence: found[number] for sequence, number in sealing.items() if number in found}


def _accesses(after: Cursor, segment: Segment) -> Iterator[bytes]:
    rows = SegmentRow.objects.filter(segment=segment).order_by("position")
    position = after.position
    while chunk := list(rows.filter(position__gte=position)[:_RECORDS_A_QUERY]):
        records = [bytes(row.record) for row in chunk]
        kept = {bytes(access.record): access for access in Access.objects.filter(record__in=records)}
        for row, record in zip(chunk, records, strict=True):
            position = row.position + 1
            yield _access_line(Cursor(after.sequence, position), record, kept.get(record))


def _entry_line(entry: Entry) -> bytes:
    """The body decides; where it is not canonical any more, the columns speak and the facts are null."""
    said = _canonical(bytes(entry.body)) or {
        "actor": {"id": entry.actor_id, "name": entry.actor_name},
        "at": clock.stamp(entry.at),
        "event": entry.event,
        "subject": {"id": entry.subject_id, "type": entry.subject_type},
    }
    own = {"cursor": Cursor(entry.sequence).text, "kind": "entry", "leaf": bytes(entry.leaf).hex()}
    return _line(own, said, ("actor", "at", "event", "facts", "subject"))


def _access_line(cursor: Cursor, record: bytes, access: Access | None) -> bytes:
    """Of an access whose row is gone the record alone is known, and the line says null for the rest."""
    said = _said_by(access) if access else {}
    actor = {"id": said["actor"], "name": ""} if "actor" in said else None
    own = {"cursor": cursor.text, "kind": "access", "record": record.hex(), "actor": actor}
    return _line(own, said, ("at", "event", "subject", "via"))


def _said_by(access: Access) -> _Members:
    return _canonical(bytes(access.body)) or {
        "actor": access.actor_id,
        "at": clock.stamp(access.at),
        "event": access.event,
        "subject": {"id": access.subject_id, "type": access.subject_type},
        "via": access.via,
    }


def _canonical(body: bytes) -> _Members | None:
    """The members of a body, or None if it was tampered with so that no reader needs to agree on what it says."""
    try:
        content = json.loads(body)
        is_canonical = isinstance(content, dict) and canonical.dumps(content) == body
    except (ValueError, TypeError, RecursionError):
        return None
    return content if is_canonical else None


def _line(own: _Members, said: _Members, names: tuple[str, ...]) -> bytes:
    """ASCII only: some readers break lines at other characters than LF."""
    members = {"product": PRODUCT, "format": FORMAT, **{name: said.get(name) for name in names}, **own}
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode() + b"\n"
