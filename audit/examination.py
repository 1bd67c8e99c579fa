"""What a verification finds: one walk over checkpoints, segments and entries, wherever they are read from.

The rules and codes are those of docs/formats.md, "What a verifier says". The stand-alone verifier (verifier.py) was
written from the same page and shares no line with this one; the suite compares the two on altered bundles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit import chain, checkpoint, keys, tree, walk
from audit.checkpoint import Note, VerifierKey
from audit.verdicts import Found, Verdict, verdict_of
from audit.walk import SEALED


@dataclass(frozen=True)
class Outside:
    """What the examiner holds: a public key, and checkpoints from anchors."""

    key: VerifierKey | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Claim:
    """What a `segment:sealed` entry says."""

    log: str
    root: str
    size: int


@dataclass
class _Segment:
    number: int
    log: str
    size: int
    root: str
    repeats: bool
    follows: bool


@dataclass
class _Seen:
    segments: dict[int, _Segment] = field(default_factory=dict)
    claims: dict[int, Claim] = field(default_factory=dict)
    claimed_twice: set[int] = field(default_factory=set)
    records: set[bytes] = field(default_factory=set)
    counted: int = 0
    counted_records: int = 0


class Examination:
    """Feed checkpoints, then segments, then entries; `finish` judges. Memory grows with records and checkpoints,
    never with entries."""

    def __init__(self, origin: str, outside: Outside) -> None:
        self._origin, self._outside = origin, outside
        self._found: list[Found] = []
        self._notes: list[Note] = []
        self._misplaced: set[int] = set()
        self._holding: list[Note] = []
        self._anchors = [self._anchor(text) for text in outside.notes]
        self._seen, self._timeline = _Seen(), keys.Timeline(origin)
        self._range, self._roots = tree.Range(), dict[int, bytes]()
        self._place, self._next_segment = walk.Place(), 1
        self._wanted = {note.size for note in self._anchors if note}

    def fault(self, code: str, place: int, what: str) -> None:
        self._found.append(Found(code, place, what))

    def checkpoint(self, text: str, line: int) -> None:
        try:
            note = checkpoint.read(text)
        except checkpoint.NotANote as refusal:
            self.fault("checkpoint-note", line, str(refusal))
            return
        if note.origin != self._origin or (self._notes and note.size <= self._notes[-1].size):
            self._misplaced.add(len(self._notes))
        self._notes.append(note)
        self._wanted.add(note.size)

    def segment(self, number: int, log: str, records: Sequence[bytes]) -> None:
        seen = self._seen
        seen.counted, seen.counted_records = seen.counted + 1, seen.counted_records + len(records)
        repeats = len(set(records)) < len(records) or not seen.records.isdisjoint(records)
        seen.records.update(records)
        root = tree.root(records).hex() if records else ""
        found = _Segment(number, log, len(records), root, repeats, number == self._next_segment)
        self._next_segment = number + 1
        if number in seen.segments:
            self.fault("segment-number", number, "this number stood before")
            return
        seen.segments[number] = found

    @property
    def place(self) -> walk.Place:
        """Where the next part must begin."""
        return self._place

    def entry(self, row: chain.Row) -> None:
        leaf = chain.leaf_of(row.body)
        wrong = chain.fault_of(row, self._place.expected, self._place.head, leaf)
        if wrong:
            self.fault(wrong.code, wrong.sequence, wrong.what)
        # The column may lie about the event; only what was hashed says what it is.
        if walk.may_tell(row.body):
            self._read(self._range.size + 1, row.sequence, row.body)
        self._grow(leaf)
        self._place = walk.Place(row.leaf.hex(), row.sequence + 1)

    def part(self, part: walk.Part) -> int:
        """Many entries at once; answers how many there are by now. Raises ValueError for a part that does not begin
        where the one before ended."""
        if part.began != self._place:
            raise ValueError("This part does not follow.")
        for wrong in part.faults:
            self.fault(wrong.code, wrong.sequence, wrong.what)
        before, after = self._range.size, self._range.size + len(part.leaves)
        for telling in part.telling:
            self._read(before + telling.at + 1, telling.sequence, telling.body)
        height = max(len(part.leaves).bit_length() - 1, 0)
        # A whole subtree, within which no root is asked for, is appended as one.
        if 1 << height == len(part.leaves) and before % (1 << height) == 0 and not self._asks(before, after):
            self._grow(part.root, height)
        else:
            for leaf in part.leaves:
                self._grow(leaf)
        self._place = part.ended
        return after

    def _asks(self, before: int, after: int) -> bool:
        return any(before < size < after for size in self._wanted)

    def _grow(self, root: bytes, height: int = 0) -> None:
        self._range.append(root, height)
        if self._range.size in self._wanted:
            self._roots[self._range.size] = self._range.root()

    def finish(self) -> Verdict:
        self._judge_segments()
        covered = self._judge_checkpoints()
        outside = self._judge_anchors()
        self._judge_keys()
        return verdict_of(
            self._found,
            entries=self._range.size,
            segments=self._seen.counted,
            records=self._seen.counted_records,
            checkpoints=len(self._notes),
            head=self._place.head,
            root=self._range.root().hex() if self._range.size else "",
            covered=max(covered, outside),
            outside=outside,
            has_key=self._is_signed_by_the_key_from_outside(),
        )

    def _is_signed_by_the_key_from_outside(self) -> bool:
        """A key that signed none of what holds speaks for nothing, though an entry may name it."""
        key = self._outside.key
        return key is not None and any(key.has_signed(note) for note in self._holding)

    def _anchor(self, text: str) -> Note | None:
        try:
            note = checkpoint.read(text)
        except checkpoint.NotANote as refusal:
            self.fault("anchor-note", 0, str(refusal))
            return None
        if note.origin == self._origin:
            return note
        self.fault("anchor-note", 0, f"it is a checkpoint of {note.origin}")
        return None

    def _read(self, position: int, sequence: int, body: bytes) -> None:
        content = chain.content_of(body)
        if content is None:
            return
        if content["event"] in keys.EVENTS:
            wrong = self._timeline.add(position, sequence, content)
            if wrong:
                self.fault("key", sequence, wrong)
        elif content["event"] == SEALED:
            self._claim(content)

    def _claim(self, content: dict[str, Any]) -> None:  # Any: the members of a body
        number, claim = _number_of(content), claim_of(content)
        if number is None or claim is None:
            return
        if number in self._seen.claims:
            self._seen.claimed_twice.add(number)
        else:
            self._seen.claims[number] = claim

    def _judge_segments(self) -> None:
        seen = self._seen
        for number, segment in seen.segments.items():
            wrong = _wrong_segment(segment, seen.claims.get(number), number in seen.claimed_twice)
            if wrong:
                self.fault(*wrong)
        for number in seen.claims.keys() - seen.segments.keys():
            self.fault("segment-entry", number, "an entry seals a segment that is not there")

    def _judge_checkpoints(self) -> int:
        covered = 0
        for place, note in enumerate(self._notes):
            wrong = "order" if place in self._misplaced else self._wrong_note(note)
            if wrong:
                self.fault(f"checkpoint-{wrong}", note.size, _WORDS[wrong])
            else:
                covered = max(covered, note.size)
                self._holding.append(note)
        return covered

    def _judge_anchors(self) -> int:
        outside = 0
        for note in filter(None, self._anchors):
            wrong = self._wrong_note(note)
            if wrong:
                self.fault(f"anchor-{wrong}", note.size, _WORDS[wrong])
            else:
                outside = max(outside, note.size)
                self._holding.append(note)
        return outside

    def _wrong_note(self, note: Note) -> str:
        if note.size > self._range.size:
            return "size"
        key = self._timeline.in_force(note.size)
        if key is None or not key.has_signed(note):
            return "signature"
        return "" if self._roots[note.size] == note.root else "root"

    def _judge_keys(self) -> None:
        for rotation in self._timeline.rotations:
            later = [note for note in self._notes if note.size >= rotation.position]
            both = (rotation.key, rotation.previous)
            if later and not any(all(key.has_signed(note) for key in both) for note in later):
                self.fault(
                    "key", rotation.sequence, "no checkpoint is signed by the key before and the key after"
                )
        key = self._outside.key
        if key and key not in self._timeline.keys:
            self.fault("key", 0, "the key from outside is none of this log's")


def claim_of(content: dict[str, Any]) -> Claim | None:  # Any: the members of a body
    """What the entry says of its segment; None where it does not say it as it must."""
    facts = content["facts"]
    log, root, size = facts.get("log"), facts.get("root"), facts.get("size")
    if not (isinstance(log, str) and isinstance(root, str) and type(size) is int):
        return None
    return Claim(log, root, size)


def _number_of(content: dict[str, Any]) -> int | None:
    subject = content["subject"]
    text = subject["id"]
    is_number = text.isascii() and text.isdecimal() and len(text) < 17 and str(int(text)) == text
    return int(text) if subject["type"] == "segment" and is_number else None


def _wrong_segment(segment: _Segment, claim: Claim | None, *twice: bool) -> tuple[str, int, str] | None:
    number = segment.number
    if not segment.follows:
        return "segment-number", number, "it does not follow the segment before it"
    if claim is None or any(twice):
        return "segment-entry", number, "not exactly one entry seals this segment"
    if (claim.log, claim.size) != (segment.log, segment.size):
        return "segment-size", number, "its entry names another log or size"
    # No records have no root: an entry that tells of none is not believed either.
    if not segment.root or claim.root != segment.root:
        return "segment-root", number, "its records do not lead to the root in its entry"
    if segment.repeats:
        return "segment-record", number, "one of its records stood before"
    return None


_WORDS = {
    "order": "it is not over more entries than the one before it, or is of another origin",
    "size": "it is over more entries than there are: the end is missing",
    "signature": "the key in force at its size has not signed it",
    "root": "the entries lead to another root: something at or below this size is not what was signed",
}


def examined(
    *,
    origin: str,
    outside: Outside,
    notes: Iterable[str],
    segments: Iterable[tuple[int, str, Sequence[bytes]]],
    rows: Iterable[chain.Row],
) -> Verdict:
    """The verdict over a log that is read part by part."""
    examination = Examination(origin, outside)
    for place, text in enumerate(notes, 1):
        examination.checkpoint(text, place)
    for number, log, records in segments:
        examination.segment(number, log, records)
    for row in rows:
        examination.entry(row)
    return examination.finish()
