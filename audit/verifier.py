"""Verify an exported ledger, or one proof out of it, without the system that wrote it.

    python verifier.py FILE [--key PUBLIC_KEY] [--checkpoint NOTE_FILE ...] [--json]

FILE is a bundle (the whole ledger) or a proof (one entry or record). Python 3.9 or later is all it takes: this one file
imports nothing else, opens no network and writes nothing. It follows docs/formats.md, where every byte is described, so
that you can also write your own.

What it verifies: that the entries are numbered without gaps, that each is the hash of its own text and names the one
before, that what is shown beside a text says the same; that the records of decisions and accesses add up to the
segments the entries tell of; that the checkpoints are signed by the log's keys, that the keys follow one another, and
that every checkpoint signs the same tree of entries, so that none contradicts another.

What it cannot verify alone: that this is the ledger you mean. Whoever holds the log's private key can write another
whole ledger and sign it. Give what you received earlier and by another way: the public key (--key) and above all
checkpoints (--checkpoint, several if you have them). Only a checkpoint from outside shows a ledger that was rewritten
with a stolen key. What stays unproven is said at the end of every report.

Exit: 0 intact, 1 broken, 2 unreadable, 3 unproven (nothing is wrong, but nothing from outside was there to compare).
"""

from __future__ import annotations

import argparse
import base64
import bisect
import functools
import hashlib
import itertools
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

EXITS = {"intact": 0, "broken": 1, "unreadable": 2, "unproven": 3}
GENESIS = "0" * 64
LONGEST_LINE = 2 * 1024 * 1024  # bytes, with its LF
LONGEST_NOTE = 2_000
LARGEST = 2**53 - 1
DEEPEST = 64
MOST_SHOWN = 50
STOLEN = "whoever holds the private key could have rewritten them."
CLOCK = "Times are the word of the system that wrote them."
KINDS = ("bundle", "checkpoint", "segment", "entry", "end")
ADOPTED, ROTATED, SEALED = "log_key:adopted", "log_key:rotated", "segment:sealed"
Shape = tuple[list[str], list[type]]


def shape(**types: type) -> Shape:
    """Canonical members stand in the order of their names."""
    return sorted(types), [types[name] for name in sorted(types)]


COLUMNS = dict.fromkeys(("actor_id", "actor_name", "at", "event", "leaf", "subject_id", "subject_type"), str)
WITH_BODY, WITH_RAW = shape(sequence=int, body=str, **COLUMNS), shape(sequence=int, raw=str, **COLUMNS)
BODY = shape(actor=dict, at=str, event=str, facts=dict, previous=str, sequence=int, subject=dict, version=int)
ACTOR, SUBJECT = shape(id=str, name=str), shape(id=str, type=str)
HEADER = shape(checkpoints=int, entries=int, format=str, origin=str, segments=int)
SEGMENT, END = shape(log=str, number=int, records=list), shape(sha256=str)
PROOF: dict[str, type] = {"checkpoint": str, "entry": dict, "format": str, "key": str}
PROVEN, RECORD = shape(body=str, path=list), shape(body=str, path=list, position=int)
# The order of the report: entries, keys, segments, checkpoints, checkpoints from outside, the file itself.
ORDER = ("key", "segment", "checkpoint", "anchor", "proof", "count", "end")
PLAIN = r'[^"\\\x00-\x1f]*'  # signs of a text that JSON writes as they are
HASH, RAW = re.compile(r"[0-9a-f]{64}"), re.compile(r"([0-9a-f]{2})+")
ORIGIN = r"[a-z0-9][a-z0-9./_-]{0,63}"
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
KEY = re.compile(rf"({ORIGIN})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]{{44}})")
NOTE = re.compile(
    rf"(({ORIGIN})\n([1-9][0-9]{{0,15}})\n([A-Za-z0-9+/]{{43}}=)\n)\n((?:\u2014 \2 [A-Za-z0-9+/]{{91}}=\n){{1,2}})"
)

# The line of an entry as nearly all are written; <…> is what differs between them.
USUAL_BODY = (
    '{"actor":{"id":"<actor_id>","name":"<actor_name>"},"at":"<at>","event":"<event>","facts":<facts>,'
    '"previous":"<previous>","sequence":<sequence>,"subject":{"id":"<subject_id>","type":"<subject_type>"},"version":1}'
)
USUAL_LINE = (
    '{"entry":{"actor_id":"<actor_id>","actor_name":"<actor_name>","at":"<at>","body":"<body>","event":"<event>",'
    '"leaf":"<leaf>","sequence":<sequence>,"subject_id":"<subject_id>","subject_type":"<subject_type>"}}\n'
)


def usual_line() -> re.Pattern[str]:
    """Texts in it need no escape; what stands beside the body and in it must be the same (a name that comes again)."""
    differs = dict.fromkeys(("leaf", "previous"), HASH.pattern)
    differs.update(facts=r"\{.*\}", sequence=r"[1-9][0-9]{0,14}")
    met: set[str] = set()

    def part(found: re.Match[str]) -> str:
        name, is_first = found[1], found[1] not in met
        met.add(name)
        return f"(?P<{name}>{differs.get(name, PLAIN)})" if is_first else f"(?P={name})"

    head, tail = re.escape(USUAL_LINE).split("<body>")
    body = re.escape(USUAL_BODY.replace('"', '\\"'))
    head, body, tail = (re.sub("<([a-z_]+)>", part, each) for each in (head, body, tail))
    return re.compile(f"{head}(?P<body>{body}){tail}")


USUAL = usual_line()


class Unreadable(Exception):
    """The file is not one that can be verified; the text says where and why."""


@dataclass(frozen=True)
class Fault:
    code: str
    place: int
    what: str


@dataclass
class Verdict:
    """What was found. `covered` and `outside`: how many entries the largest faultless checkpoint signs."""

    format: str = "countersign-verdict/1"
    verdict: str = "unreadable"
    entries: int = 0
    segments: int = 0
    records: int = 0
    checkpoints: int = 0
    head: str = GENESIS
    root: str = ""
    covered: int = 0
    outside: int = 0
    faults: list[Fault] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return {**vars(self), "faults": [dict(vars(fault)) for fault in self.faults]}

    def fault(self, code: str, place: int, what: str) -> None:
        self.faults.append(Fault(code, place, what))

    def conclude(self, *, trusted: bool) -> None:
        """Each fault of a place once, sorted by subject and there in the order of the file; then the one word."""
        subjects = {name: number for number, name in enumerate(ORDER)}
        once = {(fault.code, fault.place): fault for fault in reversed(self.faults)}
        in_order = list(once.values())[::-1]
        self.faults = sorted(in_order, key=lambda fault: subjects.get(fault.code.partition("-")[0], -1))
        self.verdict = "broken" if self.faults else "intact" if trusted else "unproven"


# Canonical JSON. Text is canonical if writing what was read gives the same text again.


def _integer(text: str) -> int:
    number = int(text) if len(text) <= 17 else LARGEST + 1
    if -LARGEST <= number <= LARGEST:
        return number
    raise ValueError("An integer is too large.")


def _no_number(_text: str) -> NoReturn:
    raise ValueError("Numbers are integers.")


_READER = json.JSONDecoder(parse_int=_integer, parse_float=_no_number, parse_constant=_no_number)
_WRITER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def canonical(text: str) -> Any:  # JSON is of any shape until it is looked at.
    """The value of canonical JSON text; raises ValueError for all other text.

    Names and nesting are left to whoever looks at the shape: a shape with known names allows no others.
    """
    try:
        value, _ = _READER.raw_decode(text)
        written_again = _WRITER.encode(value)
    except RecursionError:
        raise ValueError("The text is nested too deeply.") from None
    if written_again != text:
        raise ValueError("The text is not canonical JSON.")
    return value


def _is_plain(value: Any, text: str) -> bool:
    """Whether all names in the value, which is part of the text, are ASCII and it is nested no deeper than DEEPEST."""
    if text.isascii() and text.count("{") + text.count("[") <= DEEPEST:
        return True
    level = [value]
    for _ in range(DEEPEST):
        level = [each for each in level if type(each) in (dict, list)]
        if not level:
            return True
        if not all("".join(each).isascii() for each in level if type(each) is dict):
            return False
        level = [member for each in level for member in (each.values() if type(each) is dict else each)]
    return False


def _is(value: Any, shape: Shape) -> bool:
    """Whether a canonical value is an object of exactly these members with these types (true is no integer)."""
    return type(value) is dict and list(value) == shape[0] and list(map(type, value.values())) == shape[1]


def entry_in(text: str) -> dict[str, Any] | None:  # Its facts are whatever an event says.
    """The members of an entry's body, or None if it is not the canonical form of exactly them."""
    try:
        body = canonical(text)
    except ValueError:
        return None
    if not _is(body, BODY) or body["version"] != 1 or not _is(body["actor"], ACTOR):
        return None
    return body if _is(body["subject"], SUBJECT) and _is_plain(body["facts"], text) else None


def sealed_in(body: dict[str, Any]) -> tuple[int, str, str, int] | None:
    """Of a `segment:sealed` entry that counts as one: number, log, root and size."""
    facts, subject = body["facts"], body["subject"]
    if body["event"] != SEALED or subject["type"] != "segment" or not NUMBER.fullmatch(subject["id"]):
        return None
    log, root, size = facts.get("log"), facts.get("root"), facts.get("size")
    if type(log) is not str or type(root) is not str or type(size) is not int:
        return None
    return int(subject["id"]), log, root, size


# The tree of RFC 6962.


def leaf_of(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree, kept as the roots of its perfect subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        size, roots = self.size, self._roots
        while size & 1:
            leaf = hashlib.sha256(b"\x01" + roots.pop() + leaf).digest()
            size >>= 1
        roots.append(leaf)
        self.size += 1

    def root(self) -> str:
        """In hex; empty for a tree without leaves, which equals no root."""
        if not self.size:
            return ""
        return functools.reduce(lambda right, left: node(left, right), reversed(self._roots)).hex()


def climb(leaf: bytes, *, index: int, size: int, path: Sequence[str]) -> str:
    """The root in hex that an audit path leads to (RFC 9162, 2.1.3.2); empty if the path does not fit the tree."""
    last = size - 1
    if not 0 <= index <= last:
        return ""
    for step in path:
        if last == 0:
            return ""
        sibling = bytes.fromhex(step)
        if index & 1 or index == last:
            leaf = node(sibling, leaf)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = node(leaf, sibling)
        index, last = index >> 1, last >> 1
    return leaf.hex() if last == 0 else ""


# Ed25519 (RFC 8032, 5.1): points as (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BASE = (4 * pow(5, P - 2, P) % P).to_bytes(32, "little")
Point = tuple[int, int, int, int]


def _prepared(p: Point) -> Point:
    """What a sum needs of its second point: Y − X, Y + X, 2·d·T, 2·Z."""
    x, y, z, t = p
    return y - x, y + x, 2 * D * t % P, 2 * z


def _sum(p: Point, prepared: Point) -> Point:
    x, y, z, t = p
    a, b = (y - x) * prepared[0] % P, (y + x) * prepared[1] % P
    c, d = t * prepared[2] % P, z * prepared[3] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(p: Point) -> Point:
    x, y, z, _ = p
    a, b, e = x * x % P, y * y % P, 2 * x * y % P
    g, h = b - a, -a - b
    f = (g - 2 * z * z) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(encoded: bytes) -> Point | None:
    """None for what is no point or not its canonical encoding."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or v * x * x % P != u or (sign and not x):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


@functools.lru_cache(maxsize=16)
def _multiples(encoded: bytes, sign: int) -> list[Point] | None:
    """0, 1 … 15 times the point or its opposite, prepared."""
    point = _point(encoded)
    if not point:
        return None
    x, y, z, t = point
    one = _prepared((sign * x % P, y, z, sign * t % P))
    multiples: list[Point] = [(0, 1, 1, 0)]
    while len(multiples) < 16:
        multiples.append(_sum(multiples[-1], one))
    return [_prepared(each) for each in multiples]


@functools.lru_cache(maxsize=4096)
def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether s·B − k·A encodes to R exactly, computed four bits of both factors at a time."""
    base, opposite = _multiples(BASE, 1), _multiples(public, -1)
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    if not base or not opposite or s >= L:
        return False
    point: Point = (0, 1, 1, 0)
    for shift in range(252, -4, -4):
        point = _double(_double(_double(_double(point))))
        point = _sum(_sum(point, base[s >> shift & 15]), opposite[k >> shift & 15])
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little") == signature[:32]


# Keys and checkpoints.


@dataclass(frozen=True)
class Key:
    text: str
    origin: str
    key_id: bytes
    public: bytes


@dataclass(frozen=True)
class Note:
    """A checkpoint: so many entries, and the root over them in hex. `said` is what is signed."""

    origin: str
    size: int
    root: str
    said: bytes
    signatures: tuple[bytes, ...]

    def is_signed_by(self, key: Key) -> bool:
        return self.origin == key.origin and any(
            each[:4] == key.key_id and verifies(key.public, each[4:], self.said) for each in self.signatures
        )


def read_key(text: str) -> Key | None:
    parts = KEY.fullmatch(text)
    if not parts:
        return None
    origin, key_id, content = parts[1], bytes.fromhex(parts[2]), base64.b64decode(parts[3])
    named = hashlib.sha256(origin.encode() + b"\n" + content).digest()[:4]
    return Key(text, origin, key_id, content[1:]) if content[0] == 1 and key_id == named else None


def read_note(text: str) -> Note | None:
    parts = NOTE.fullmatch(text) if len(text) <= LONGEST_NOTE else None
    if not parts or int(parts[3]) > LARGEST:
        return None
    encoded = [parts[4], *(line.rpartition(" ")[2] for line in parts[5].split("\n")[:-1])]
    root, *signatures = (base64.b64decode(each) for each in encoded)
    written_again = [base64.b64encode(each).decode() for each in (root, *signatures)]
    if written_again != encoded or len({each[:4] for each in signatures}) != len(signatures):
        return None
    return Note(parts[2], int(parts[3]), root.hex(), parts[1].encode(), tuple(signatures))


# Lines.


def lines_of(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise Unreadable(f"Line {number} is longer than 2 MiB.")
        if not line.endswith(b"\n"):
            raise Unreadable(f"Line {number} does not end with LF: the file is cut off.")
        yield number, line


def read_line(number: int, line: bytes) -> tuple[str, Any]:
    """The kind of a line and its content."""
    try:
        value = canonical(line[:-1].decode())
    except ValueError:
        raise Unreadable(f"Line {number} is not canonical JSON in UTF-8.") from None
    if type(value) is not dict or len(value) != 1:
        raise Unreadable(f"Line {number} is none of a bundle or a proof.")
    return next(iter(value.items()))


def _is_hex(text: Any, digits: re.Pattern[str] = HASH) -> bool:
    return type(text) is str and digits.fullmatch(text) is not None


def _are_hashes(value: Any) -> bool:
    return type(value) is list and all(_is_hex(each) for each in value)


# A bundle.


@dataclass(frozen=True)
class Segment:
    number: int
    log: str
    size: int
    root: str
    follows: bool
    repeats: bool


@dataclass(frozen=True)
class KeyEntry:
    position: int
    place: int
    key: Key
    previous: Key | None


class Ledger:
    """Reads a bundle line by line; of the entries it keeps only the tree's edge and what the other lines need."""

    def __init__(self, key: Key | None, notes: Sequence[str]) -> None:
        self.verdict, self.tree, self.head, self.sequence = Verdict(), Tree(), GENESIS, 0
        self.key, self.anchors = key, [read_note(text) for text in notes]
        self.checkpoints: list[Note] = []
        self.segments: list[Segment] = []
        self.records: set[bytes] = set()
        self.keys: list[KeyEntry] = []
        self.sealed: dict[int, tuple[str, str, int]] = {}
        self.sealed_twice: set[int] = set()
        self.roots = {note.size: "" for note in self.anchors if note}
        self.counts = dict.fromkeys(KINDS, 0)
        self.digest, self.origin, self.counted = hashlib.sha256(), "", [0, 0, 0]

    def read(self, lines: Iterator[tuple[int, bytes]]) -> None:
        take = {
            "bundle": self._header,
            "checkpoint": self._checkpoint,
            "segment": self._segment,
            "entry": self._entry,
            "end": self._end,
        }
        reached, number, kind = 0, 0, ""
        for number, line in lines:
            # After an entry another one stands in place, and nearly all are written alike and without a fault.
            if kind == "entry" and self._usual_entry(line):
                self.counts[kind] += 1
                self.digest.update(line)
                continue
            kind, content = read_line(number, line)
            stands = KINDS.index(kind) if kind in KINDS else -1
            # The header and the end stand once: the first line is the header, and nothing follows the end.
            if stands < reached or (stands == 0) != (number == 1) or self.counts["end"]:
                raise Unreadable(f"Line {number} is out of place or of no kind that a bundle has.")
            if not take[kind](number, content):
                raise Unreadable(f"Line {number} is not as a line of its kind must be.")
            reached = stands
            self.counts[kind] += 1
            self.digest.update(line)
        if not self.counts["end"]:
            raise Unreadable(f"The end line is missing after line {number}: the file is cut off.")

    def _header(self, _line: int, content: Any) -> bool:
        if not _is(content, HEADER):
            return False
        self.origin = content["origin"]
        self.counted = [content["checkpoints"], content["segments"], content["entries"]]
        return content["format"] == "countersign-ledger/1" and min(self.counted) >= 0

    def _checkpoint(self, line: int, content: Any) -> bool:
        if type(content) is not str:
            return False
        note = read_note(content)
        if note:
            self.checkpoints.append(note)
            self.roots[note.size] = ""
        else:
            self.verdict.fault("checkpoint-note", line, "The text is not a checkpoint.")
        return True

    def _segment(self, _line: int, content: Any) -> bool:
        if not _is(content, SEGMENT) or not _are_hashes(content["records"]):
            return False
        tree, before = Tree(), len(self.records)
        for record in map(bytes.fromhex, content["records"]):
            tree.append(record)
            self.records.add(record)
        self.verdict.records += tree.size
        follows = content["number"] == (self.segments[-1].number if self.segments else 0) + 1
        repeats = len(self.records) - before != tree.size
        self.segments.append(
            Segment(content["number"], content["log"], tree.size, tree.root(), follows, repeats)
        )
        return True

    def _entry(self, _line: int, content: Any) -> bool:
        if _is(content, WITH_BODY):
            body, members = content["body"].encode(), entry_in(content["body"])
        elif _is(content, WITH_RAW) and _is_raw(content["raw"]):
            body, members = bytes.fromhex(content["raw"]), None
        else:
            return False
        if not HASH.fullmatch(content["leaf"]):
            return False
        leaf = leaf_of(body)
        self._grow(leaf)
        fault = self._fault_of(content, leaf.hex(), members)
        if fault:
            self.verdict.fault(fault[0], content["sequence"], fault[1])
        self.sequence, self.head = content["sequence"], content["leaf"]
        if members and members["event"] in (ADOPTED, ROTATED, SEALED):
            self._heed(members)
        return True

    def _grow(self, leaf: bytes) -> None:
        self.tree.append(leaf)
        if self.tree.size in self.roots:
            self.roots[self.tree.size] = self.tree.root()

    def _usual_entry(self, line: bytes) -> bool:
        """Take an entry that has no fault and tells of no key or segment, if its line is of the usual form: such a line
        is canonical and shows what its body says, so only numbers, hashes and facts are left to look at. False, with
        nothing taken, for every other: it is read member by member, and there it is said what is wrong."""
        try:
            found = USUAL.fullmatch(line.decode())
        except UnicodeDecodeError:
            return False
        if not found or found["previous"] != self.head or int(found["sequence"]) != self.sequence + 1:
            return False
        if found["event"] in (ADOPTED, ROTATED, SEALED) or not _has_quotes_only(found["facts"]):
            return False
        body = found["body"].replace('\\"', '"')
        leaf, facts = leaf_of(body.encode()), found["facts"].replace('\\"', '"')
        if leaf.hex() != found["leaf"] or not _is_canonical_object(facts, body):
            return False
        self._grow(leaf)
        self.sequence, self.head = self.sequence + 1, found["leaf"]
        return True

    def _fault_of(
        self, row: dict[str, Any], leaf: str, body: dict[str, Any] | None
    ) -> tuple[str, str] | None:
        if row["sequence"] != self.sequence + 1:
            return "sequence", f"It stands where entry {self.sequence + 1} must stand."
        if row["leaf"] != leaf:
            return "leaf", "The stored leaf is not the hash of the text."
        if body is None:
            return "canonical", "The text is not written as the text of an entry must be."
        if body["previous"] != self.head:
            return "previous", "The text does not name the leaf of the entry before it."
        actor, subject = body["actor"], body["subject"]
        if (
            row["sequence"] != body["sequence"]
            or row["at"] != body["at"]
            or row["event"] != body["event"]
            or row["actor_id"] != actor["id"]
            or row["actor_name"] != actor["name"]
            or row["subject_type"] != subject["type"]
            or row["subject_id"] != subject["id"]
        ):
            return "projection", "What is shown beside the text says something else."
        return None

    def _heed(self, body: dict[str, Any]) -> None:
        """Keep what an entry says about a key or a segment; self.sequence is its place already."""
        if body["event"] != SEALED:
            entry = self._key_entry(body)
            if entry:
                self.keys.append(entry)
            else:
                self.verdict.fault("key", self.sequence, "It does not bring the log's next key as it must.")
            return
        sealed = sealed_in(body)
        if sealed and sealed[0] in self.sealed:
            self.sealed_twice.add(sealed[0])
        elif sealed:
            self.sealed[sealed[0]] = sealed[1:]

    def _key_entry(self, body: dict[str, Any]) -> KeyEntry | None:
        """None for an entry that brings no key; the key before it then stays in force."""
        facts, before = body["facts"], self.keys[-1].key if self.keys else None
        key = read_key(facts["key"]) if type(facts.get("key")) is str else None
        named = facts.get("previous") if body["event"] == ROTATED else None
        if not key or key.origin != self.origin or body["subject"] != {"type": "log", "id": self.origin}:
            return None
        # The first is adopted, every other is a rotation from the one before it, and none comes back.
        if body["event"] != (ROTATED if before else ADOPTED) or named != (before.text if before else None):
            return None
        if key in (entry.key for entry in self.keys):
            return None
        return KeyEntry(self.tree.size, self.sequence, key, before)

    def _end(self, line: int, content: Any) -> bool:
        if not _is(content, END) or not HASH.fullmatch(content["sha256"]):
            return False
        if content["sha256"] != self.digest.hexdigest():
            self.verdict.fault("end", line, "The digest of the file is another than its last line says.")
        return True

    def conclude(self) -> Verdict:
        """Compare what the lines said with each other and with what was given from outside."""
        found, counts = self.verdict, self.counts
        found.entries, found.head, found.root = self.tree.size, self.head, self.tree.root()
        found.segments, found.checkpoints = len(self.segments), len(self.checkpoints)
        if self.counted != [counts["checkpoint"], counts["segment"], counts["entry"]]:
            found.fault("count", 0, "The first line counts other numbers of lines.")
        self._compare_keys()
        self._compare_segments()
        good = self._compare_checkpoints()
        given = self._compare_anchors()
        found.covered = max([note.size for note in good + given], default=0)
        found.outside = max([note.size for note in given], default=0)
        by_key = [note.size for note in good if self.key and note.is_signed_by(self.key)]
        found.conclude(trusted=bool(given or by_key))
        say_of_ledger(found, self.key, by_key)
        return found

    def _compare_keys(self) -> None:
        if self.key and self.key.text not in {entry.key.text for entry in self.keys}:
            self.verdict.fault("key", 0, "The key from outside is none of this log's.")
        for entry in self.keys:
            later = [note for note in self.checkpoints if note.size >= entry.position]
            before = entry.previous
            if before and later and not any(_both(note, before, entry.key) for note in later):
                self.verdict.fault(
                    "key", entry.place, "No checkpoint is signed by the key before and by this one."
                )

    def _compare_segments(self) -> None:
        """Of several lines with one number the first counts; a later one can only be out of number."""
        seen: set[int] = set()
        for segment in self.segments:
            fault = self._fault_of_segment(segment, self.sealed.get(segment.number))
            if fault and (segment.number not in seen or fault[0] == "number"):
                self.verdict.fault(f"segment-{fault[0]}", segment.number, fault[1])
            seen.add(segment.number)
        for number in sorted(self.sealed.keys() - seen):
            self.verdict.fault("segment-entry", number, "An entry tells of a segment that is not here.")

    def _fault_of_segment(
        self, segment: Segment, sealed: tuple[str, str, int] | None
    ) -> tuple[str, str] | None:
        if not segment.follows:
            return "number", "It is not the one after the segment before it."
        if not sealed or segment.number in self.sealed_twice:
            return "entry", "Not exactly one entry tells of it."
        log, root, size = sealed
        if (segment.log, segment.size) != (log, size):
            return "size", "Its entry tells of another log or another number of records."
        if not segment.root or segment.root != root:
            return "root", "Its records have another root than its entry says."
        if segment.repeats:
            return "record", "One of its records stood before."
        return None

    def _compare_checkpoints(self) -> list[Note]:
        """The checkpoints of the bundle without a fault."""
        before, good = 0, []
        for note in self.checkpoints:
            fault = self._fault_of_note(note)
            if note.size <= before or note.origin != self.origin:
                fault = "order", "It is out of order or of another log."
            if fault:
                self.verdict.fault(f"checkpoint-{fault[0]}", note.size, fault[1])
            else:
                good.append(note)
            before = note.size
        return good

    def _compare_anchors(self) -> list[Note]:
        """The checkpoints from outside without a fault."""
        good = []
        for note in self.anchors:
            if not note or note.origin != self.origin:
                self.verdict.fault("anchor-note", 0, "The text is not a checkpoint of this log.")
            elif fault := self._fault_of_note(note):
                self.verdict.fault(f"anchor-{fault[0]}", note.size, fault[1])
            else:
                good.append(note)
        return good

    def _fault_of_note(self, note: Note) -> tuple[str, str] | None:
        if note.size > self.tree.size:
            return "size", f"It signs {note.size} entries, of which only {self.tree.size} are here."
        # The entries stand in order, so the key in force is the last one at or below the size.
        stands = bisect.bisect_right([entry.position for entry in self.keys], note.size)
        if not stands or not note.is_signed_by(self.keys[stands - 1].key):
            return "signature", "The key in force at its size has not signed it."
        if self.roots[note.size] != note.root:
            return "root", "The tree of the entries has another root at its size."
        return None


def _has_quotes_only(escaped: str) -> bool:
    """Whether every quote in it is escaped, and nothing else is."""
    quotes = escaped.count('\\"')
    return escaped.count('"') == quotes == escaped.count("\\")


def _is_canonical_object(facts: str, body: str) -> bool:
    try:
        value = canonical(facts)
    except ValueError:
        return False
    return type(value) is dict and _is_plain(value, body)


def _both(note: Note, before: Key, after: Key) -> bool:
    return note.is_signed_by(before) and note.is_signed_by(after)


def _is_raw(text: str) -> bool:
    """Hex of bytes that are not UTF-8: all others have one way to be written, as `body`."""
    if not _is_hex(text, RAW):
        return False
    try:
        bytes.fromhex(text).decode()
    except UnicodeDecodeError:
        return True
    return False


# A proof.


def examine_proof(content: Any, key: Key | None, following: Iterator[tuple[int, bytes]]) -> Verdict:
    if not _is_proof(content) or next(following, None):
        raise Unreadable("Line 1 is not as a proof must be, or something follows it.")
    found, note = Verdict(), read_note(content["checkpoint"])
    entry, record = content["entry"], content["record"]
    body = entry_in(entry["body"])
    leaf, place = leaf_of(entry["body"].encode()), body["sequence"] if body else 0
    found.entries, found.head, found.records, found.checkpoints = 1, leaf.hex(), int(record is not None), 1
    if key and content["key"] != key.text:
        found.fault("key", 0, "The key from outside is not the one of the file.")
    signer = read_key(content["key"])
    if not note:
        found.fault("checkpoint-note", 1, "The text is not a checkpoint.")
    elif not signer or not note.is_signed_by(signer):
        found.fault("checkpoint-signature", note.size, "The key of the file has not signed it.")
    if note and climb(leaf, index=place - 1, size=note.size, path=entry["path"]) != note.root:
        found.fault("proof-entry", place, "The entry does not stand in the tree that the checkpoint signs.")
    if record is not None and not _is_sealed_record(record, sealed_in(body) if body else None):
        found.fault("proof-record", place, "The record does not stand in a segment that the entry seals.")
    found.root = note.root if note else ""
    found.covered = note.size if note and not found.faults else 0
    found.conclude(trusted=key is not None)
    say_of_proof(found, place)
    return found


def _is_proof(content: Any) -> bool:
    if type(content) is not dict or content.get("format") != "countersign-proof/1":
        return False
    record = content.get("record", 0)
    return (
        _is(content, shape(**PROOF, record=dict if record else type(None)))
        and _is(content["entry"], PROVEN)
        and _are_hashes(content["entry"]["path"])
        and (not record or (_is(record, RECORD) and _are_hashes(record["path"])))
    )


def _is_sealed_record(record: dict[str, Any], sealed: tuple[int, str, str, int] | None) -> bool:
    if not sealed:
        return False
    _, _, root, size = sealed
    leaf = leaf_of(record["body"].encode())
    return bool(root) and climb(leaf, index=record["position"], size=size, path=record["path"]) == root


# What is said: only what was computed here, and what was not.


def say_of_ledger(found: Verdict, key: Key | None, by_key: Sequence[int]) -> None:
    codes, n = {fault.code for fault in found.faults}, found.entries
    signed, given = found.covered, found.outside
    chained = n > 0 and not codes & {"sequence", "leaf", "canonical", "previous"}
    shown = n > 0 and not codes & {"sequence", "leaf", "canonical", "projection"}
    sealed = found.segments > 0 and not any(code.startswith("segment") for code in codes)
    in_segments = f"{found.records} records stand once each in {found.segments} segments"
    found.proven = _holding(
        (chained, f"{n} entries have no gap; each is the hash of its text and names the one before."),
        (shown, "What is shown beside the text of an entry is what the text says."),
        (sealed, f"{in_segments} that entries tell of."),
        (signed > 0, f"The first {signed} entries are the ones that a checkpoint signs with the log's key."),
        (bool(by_key), f"The key given from outside signed the first {max(by_key, default=0)} entries."),
        (given > 0, f"The first {given} entries are the ones that the checkpoint from outside signs."),
    )
    found.unproven = _holding(
        (bool(found.faults), "There are faults: what they touch, and what stands on it, is not proven."),
        (signed < n, f"The newest {n - signed} entries are under no checkpoint: they could still change."),
        (not key, "No public key was given from outside: the keys are the ones the file itself brings."),
        (given < n, f"The newest {n - given} entries are under no checkpoint from outside: {STOLEN}"),
        (True, "What was cut off behind the newest checkpoint is not missed: compare the number of entries."),
        (True, "Decisions and accesses are not in the file, only the hashes of their records."),
        (True, CLOCK),
    )


def say_of_proof(found: Verdict, place: int) -> None:
    whole, n = not found.faults, found.covered
    found.proven = _holding(
        (whole, f"The entry is number {place} of the {n} entries that the checkpoint signs."),
        (whole and found.records > 0, "The record stands in the segment that the entry tells of."),
        (found.verdict == "intact", "The key given from outside signed the checkpoint."),
    )
    found.unproven = _holding(
        (not whole, "There are faults: what they touch, and what stands on it, is not proven."),
        (found.verdict == "unproven", "No public key was given from outside: anybody can make such a file."),
        (True, f"Nothing is said about the other entries, nor about the log as a whole: {STOLEN}"),
        (True, CLOCK),
    )


def _holding(*sentences: tuple[bool, str]) -> list[str]:
    return [sentence for holds, sentence in sentences if holds]


def unreadable(why: str) -> Verdict:
    return Verdict(unproven=[why])


def report(found: Verdict) -> str:
    """For people, in ASCII; of the file itself it prints nothing but numbers and hashes."""
    if found.verdict == "unreadable":
        return f"UNREADABLE: {found.unproven[0]}\n"
    counts = f"{found.entries} entries, {found.segments} segments, {found.checkpoints} checkpoints"
    said = [f"{found.verdict.upper()}: {len(found.faults)} faults in {counts}."]
    said += [f"  {fault.code} at {fault.place}: {fault.what}" for fault in found.faults[:MOST_SHOWN]]
    if len(found.faults) > MOST_SHOWN:
        said.append(f"  and {len(found.faults) - MOST_SHOWN} more; --json lists them all")
    for title, sentences in (("Proven:", found.proven), ("Not proven:", found.unproven)):
        said += ["", title, *(f"  - {each}" for each in sentences)]
    return "\n".join([*said, "", f"Head {found.head}", f"Root {found.root or 'none'}", ""])


# The door.


def examine_file(path: str, *, key: str | None = None, notes: Sequence[str] = ()) -> Verdict:
    """The verdict about a file, whatever it is, with the key and the checkpoints from outside."""
    try:
        with Path(path).open("rb") as file:
            return examine(file, key=key, notes=notes)
    except (OSError, ValueError):
        return unreadable("The file cannot be opened or read.")


def examine(file: BinaryIO, *, key: str | None = None, notes: Sequence[str] = ()) -> Verdict:
    trusted = read_key(key) if key is not None else None
    if key is not None and not trusted:
        return unreadable("The key given is not a public key: <origin>+<8 hex digits>+<base64>.")
    lines = lines_of(file)
    try:
        number, line = next(lines, (1, b""))
        kind, content = read_line(number, line)
        if kind == "proof":
            return examine_proof(content, trusted, lines)
        ledger = Ledger(trusted, notes)
        ledger.read(itertools.chain([(number, line)], lines))
        return ledger.conclude()
    except Unreadable as refused:
        return unreadable(str(refused))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported ledger or one proof out of it.")
    parser.add_argument("file", metavar="FILE", help="a bundle or a proof")
    parser.add_argument("--key", metavar="PUBLIC_KEY", help="the log's public key, received by another way")
    parser.add_argument("--checkpoint", metavar="NOTE_FILE", action="append", default=[], help="kept outside")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    chosen = parser.parse_args(arguments)
    try:
        # Bytes that are not UTF-8 become U+FFFD, which stands in no checkpoint, so they stay a fault.
        notes = [Path(each).read_bytes().decode(errors="replace") for each in chosen.checkpoint]
    except (OSError, ValueError):
        found = unreadable("A checkpoint file cannot be opened or read.")
    else:
        found = examine_file(chosen.file, key=chosen.key, notes=notes)
    sys.stdout.write(json.dumps(found.plain(), indent=1) + "\n" if chosen.json else report(found))
    return EXITS[found.verdict]


if __name__ == "__main__":
    sys.exit(main())
