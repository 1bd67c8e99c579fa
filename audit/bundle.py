"""The whole ledger as one file: written from the database, read as strictly as an examiner would."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from audit import chain, verdicts
from audit.checkpoint import VerifierKey
from audit.examination import Examination, Outside
from audit.verdicts import Verdict
from mrm.lib import canonical

FORMAT = "countersign-ledger/1"
LONGEST_LINE = 2 * 1024 * 1024
_COUNTS = ("checkpoints", "entries", "segments")
_ENTRY = ("actor_id", "actor_name", "at", "event", "leaf", "subject_id", "subject_type")
_DIGEST = frozenset("0123456789abcdef")
_ORDER = ("bundle", "checkpoint", "segment", "entry", "end")


class NotABundle(ValueError):
    """A line that is none of a bundle; says which and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line, self.why = line, why


@dataclass(frozen=True)
class Contents:
    """What a bundle is written from; the iterators are read once, one after the other."""

    origin: str
    counts: dict[str, int]
    notes: Iterator[str]
    segments: Iterator[tuple[int, str, Sequence[bytes]]]
    rows: Iterator[chain.Row]


def lines(contents: Contents) -> Iterator[bytes]:
    """The lines of a bundle, each with its LF, the end line last."""
    digest = hashlib.sha256()
    for line in _lines(contents):
        digest.update(line)
        yield line
    yield _line({"end": {"sha256": digest.hexdigest()}})


def _lines(contents: Contents) -> Iterator[bytes]:
    yield _line({"bundle": {"format": FORMAT, "origin": contents.origin, **contents.counts}})
    for note in contents.notes:
        yield _line({"checkpoint": note})
    for number, log, records in contents.segments:
        yield _line({"segment": {"log": log, "number": number, "records": [each.hex() for each in records]}})
    for row in contents.rows:
        yield entry_line(row)


def entry_line(row: chain.Row) -> bytes:
    said = {
        "actor_id": row.actor_id,
        "actor_name": row.actor_name,
        "at": row.at,
        "event": row.event,
        "leaf": row.leaf.hex(),
        "sequence": row.sequence,
        "subject_id": row.subject_id,
        "subject_type": row.subject_type,
        **_body_member(row.body),
    }
    return _line({"entry": said})


def examine_file(path: Path, *, key: str | None = None, notes: Sequence[str] = ()) -> Verdict:
    """The verdict over a bundle file. Raises NotAKey for a key that is none; never anything for what is in the file."""
    outside = Outside(VerifierKey.read(key) if key is not None else None, tuple(notes))
    with path.open("rb") as file:
        return examine(file, outside)


def examine(file: IO[bytes], outside: Outside) -> Verdict:
    reader = _Reader(file)
    try:
        return _examined(reader, outside)
    except NotABundle as fault:
        return verdicts.unreadable(fault.line, fault.why)


def _examined(reader: _Reader, outside: Outside) -> Verdict:
    header = _header(reader)
    examination = Examination(header["origin"], outside)
    take: dict[str, Callable[[Any], None]] = {
        "checkpoint": lambda said: examination.checkpoint(_note(reader, said), reader.number),
        "segment": lambda said: examination.segment(*_segment(reader, said)),
        "entry": lambda said: examination.entry(_row(reader, said)),
    }
    counted, stage = dict.fromkeys(_COUNTS, 0), 0
    while True:
        kind, said = reader.read()
        if kind not in _ORDER[1:] or _ORDER.index(kind) < stage:
            raise reader.refused("a line of this kind does not stand here")
        stage = _ORDER.index(kind)
        if kind == "end":
            break
        take[kind](said)
        counted[_COUNTED[kind]] += 1
    _end(reader, said, examination)
    if counted != {name: header[name] for name in _COUNTS}:
        examination.fault("count", 0, "the header counts other numbers of lines")
    return examination.finish()


_COUNTED = {"checkpoint": "checkpoints", "segment": "segments", "entry": "entries"}


class _Reader:
    """Line by line: canonical JSON with one member, its kind; keeps the digest of everything before this line."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.number = file, 0
        self._digest, self.before = hashlib.sha256(), ""

    def refused(self, why: str) -> NotABundle:
        return NotABundle(self.number, why)

    def read(self) -> tuple[str, Any]:  # Any: whatever JSON the line holds
        self.number += 1
        line = self._file.readline(LONGEST_LINE + 1)
        if not line:
            raise self.refused("the file ends before its end line")
        if len(line) > LONGEST_LINE or not line.endswith(b"\n"):
            raise self.refused("a line is too long, or the file is cut off in it")
        value = chain.canonical_value(line[:-1])
        if not isinstance(value, dict) or len(value) != 1:
            raise self.refused("this is not canonical JSON with one member")
        kind, said = next(iter(value.items()))
        if kind == "end":
            self.before = self._digest.hexdigest()
        self._digest.update(line)
        return kind, said

    def is_at_end(self) -> bool:
        return not self._file.read(1)


def _header(reader: _Reader) -> dict[str, Any]:  # Any: counts and texts
    kind, said = reader.read()
    if kind != "bundle" or not isinstance(said, dict) or said.keys() != {*_COUNTS, "format", "origin"}:
        raise reader.refused("this is not the header of a bundle")
    if said["format"] != FORMAT or not isinstance(said["origin"], str):
        raise reader.refused("this is a bundle of another format")
    if any(type(said[name]) is not int or said[name] < 0 for name in _COUNTS):
        raise reader.refused("the header's counts are no numbers")
    return said


def _note(reader: _Reader, said: object) -> str:
    if not isinstance(said, str):
        raise reader.refused("a checkpoint is text")
    return said


def _segment(reader: _Reader, said: object) -> tuple[int, str, list[bytes]]:
    if not isinstance(said, dict) or said.keys() != {"log", "number", "records"}:
        raise reader.refused("a segment has log, number and records")
    number, log, records = said["number"], said["log"], said["records"]
    if type(number) is not int or not isinstance(log, str) or not isinstance(records, list):
        raise reader.refused("a segment has a number, a log and a list")
    return number, log, [_bytes(reader, each, 64) for each in records]


def _row(reader: _Reader, said: object) -> chain.Row:
    if not isinstance(said, dict) or type(said.get("sequence")) is not int:
        raise reader.refused("an entry has a sequence")
    name = "raw" if "raw" in said else "body"
    if said.keys() != {*_ENTRY, "sequence", name} or not all(
        isinstance(said[each], str) for each in (*_ENTRY, name)
    ):
        raise reader.refused("an entry has its nine members, all text but the sequence")
    body = _bytes(reader, said["raw"], None) if name == "raw" else said["body"].encode()
    if _body_member(body) != {name: said[name]}:
        raise reader.refused("only bytes that are no text are written raw")
    leaf = _bytes(reader, said["leaf"], 64)
    return chain.Row(said["sequence"], body, leaf, *(said[each] for each in _COLUMNS))


_COLUMNS = ("at", "event", "actor_id", "actor_name", "subject_type", "subject_id")


def _end(reader: _Reader, said: object, examination: Examination) -> None:
    if not isinstance(said, dict) or said.keys() != {"sha256"}:
        raise reader.refused("the end line holds a digest")
    written = _bytes(reader, said["sha256"], 64).hex()
    if not reader.is_at_end():
        reader.number += 1
        raise reader.refused("something follows the end line")
    if written != reader.before:
        examination.fault(
            "end", reader.number, "the digest of the end line is not that of the lines before it"
        )


def _bytes(reader: _Reader, text: object, length: int | None) -> bytes:
    is_hex = isinstance(text, str) and _DIGEST.issuperset(text) and len(text) % 2 == 0
    if not isinstance(text, str) or not is_hex or (length is not None and len(text) != length):
        raise reader.refused("a digest is 64 lower-case hex digits")
    return bytes.fromhex(text)


def _body_member(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"raw": body.hex()}


def _line(value: dict[str, Any]) -> bytes:  # Any: canonical JSON
    return canonical.dumps(value) + b"\n"
