"""The bytes of an entry: pure functions, so that a verifier can be written from docs/formats.md.

body = canonical JSON {actor, at, event, facts, previous, sequence, subject, version}
leaf = SHA-256(0x00 ‖ body); `previous` is the leaf of the entry before, 64 zeros for the first.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from audit import shapes
from mrm.lib import canonical

FORMAT = 1
GENESIS = "0" * 64
_LARGEST_INTEGER = 2**53 - 1
DEEPEST = 64
_STRINGS, _BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"'), re.compile(r"[\[\]{}]")
_MEMBERS = {"actor", "at", "event", "facts", "previous", "sequence", "subject", "version"}


@dataclass(frozen=True)
class Subject:
    type: str
    id: str


@dataclass(frozen=True)
class Fact:
    """What one entry says, before it has its place in the chain."""

    at: str
    event: str
    actor_id: str
    actor_name: str
    subject: Subject
    facts: dict[str, Any]  # canonical JSON values


class Row(NamedTuple):
    """One stored entry as a verifier reads it: the hashed bytes and the projection beside them. A tuple, because a
    verification makes a million of them."""

    sequence: int
    body: bytes
    leaf: bytes
    at: str
    event: str
    actor_id: str
    actor_name: str
    subject_type: str
    subject_id: str

    @property
    def subject(self) -> Subject:
        return Subject(self.subject_type, self.subject_id)


@dataclass(frozen=True)
class Fault:
    """The first thing wrong at one entry: a code of docs/formats.md, and words."""

    sequence: int
    code: str
    what: str


def body_of(fact: Fact, sequence: int, previous: str) -> bytes:
    return canonical.dumps(
        {
            "actor": {"id": fact.actor_id, "name": fact.actor_name},
            "at": fact.at,
            "event": fact.event,
            "facts": fact.facts,
            "previous": previous,
            "sequence": sequence,
            "subject": {"id": fact.subject.id, "type": fact.subject.type},
            "version": FORMAT,
        }
    )


def leaf_of(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def faults(rows: Iterable[Row]) -> Iterator[Fault]:
    """Every entry that does not follow from the one before it, is not its own hash, or is not what is shown."""
    previous, expected = GENESIS, 1
    for row in rows:
        fault = fault_of(row, expected, previous, leaf_of(row.body))
        if fault:
            yield fault
        previous, expected = row.leaf.hex(), row.sequence + 1


def fault_of(row: Row, expected: int, previous: str, computed: bytes) -> Fault | None:
    """What is wrong with this entry after the one whose leaf is `previous`; `computed` is the hash of its body."""
    if row.sequence != expected:
        told = f"the sequence has {row.sequence} where {expected} must stand"
        return Fault(row.sequence, "sequence", told)
    if computed != row.leaf:
        return Fault(row.sequence, "leaf", "the stored leaf is not the hash of the stored body")
    return None if _is_as_written(row, previous) else _fault_of_body(row, previous)


def _fault_of_body(row: Row, previous: str) -> Fault | None:
    content = content_of(row.body)
    if content is None:
        return Fault(row.sequence, "canonical", "the body is not the canonical form of an entry")
    if content["previous"] != previous:
        return Fault(row.sequence, "previous", "the body does not name the leaf before it")
    if content != _projected(row, content):
        return Fault(row.sequence, "projection", "the columns beside the body say something else")
    return None


def content_of(body: bytes) -> dict[str, Any] | None:
    """The members of an entry's body, or None where it is not exactly the canonical form of one."""
    content = canonical_value(body)
    return content if isinstance(content, dict) and _has_the_members(content) else None


def _has_the_members(content: dict[str, Any]) -> bool:
    return (
        content.keys() == _MEMBERS
        and _is_pair(content["actor"], "name")
        and _is_pair(content["subject"], "type")
        and isinstance(content["facts"], dict)
        and all(isinstance(content[name], str) for name in ("at", "event", "previous"))
        and type(content["sequence"]) is int
        and type(content["version"]) is int
        and content["version"] == FORMAT
    )


def _is_pair(value: object, other: str) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"id", other}
        and all(isinstance(each, str) for each in value.values())
    )


def _is_as_written(row: Row, previous: str) -> bool:
    """The common case without parsing the frame: the text around the facts is told by the columns alone."""
    sequence, body, _, at, event, actor_id, actor_name, subject_type, subject_id = row
    head = f'{{"actor":{_actor(actor_id, actor_name)},"at":{_text(at)},"event":{_text(event)},"facts":'
    tail = (
        f',"previous":"{previous}","sequence":{sequence},'
        f'"subject":{{"id":{_text(subject_id)},"type":{_text(subject_type)}}},"version":{FORMAT}}}'
    )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    begin, end = len(head), len(text) - len(tail)
    if not (begin < end and text.startswith(head) and text.endswith(tail)):
        return False
    return shapes.is_known(event, text, begin, end) or _are_facts(event, text[begin:end])


def _are_facts(event: str, text: str) -> bool:
    if not isinstance(canonical_value(text.encode("utf-8"), around=1), dict):
        return False
    shapes.keep(event, text)
    return True


def _refuse(literal: str) -> object:
    raise ValueError(f"{literal} has no canonical form.")


def _integer(literal: str) -> int:
    value = int(literal) if len(literal) <= 17 else _LARGEST_INTEGER + 1
    if abs(value) > _LARGEST_INTEGER:
        raise ValueError(f"{literal[:20]} is beyond the integers that every reader keeps.")
    return value


_decoder = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, parse_int=_integer)
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode
# Every entry has times and names of its own: what does not come again is written faster than it is looked up.
_text = json.encoder.encode_basestring


@functools.lru_cache(maxsize=4_096)
def _actor(actor_id: str, name: str) -> str:
    return f'{{"id":{_encode(actor_id)},"name":{_encode(name)}}}'


def canonical_value(content: bytes, *, around: int = 0) -> object:
    """The value whose canonical form these bytes are; None where they are none. `around`: how deep they stand."""
    try:
        text = content.decode("utf-8")
        if _is_nested_too_deep(text, around):
            return None
        # Space before it is refused here, whatever follows it by the comparison below.
        value: object = _decoder.raw_decode(text)[0]
        if _encode(value).encode("utf-8") != content or not (text.isascii() or _has_ascii_keys(value)):
            return None
    except (ValueError, RecursionError):
        return None
    return value


def _is_nested_too_deep(text: str, around: int) -> bool:
    """A fixed limit, or the verdict would depend on the reader's stack. Brackets inside strings count only here, before
    anything is read, where they can make a text be looked at more closely."""
    if text.count("{") + text.count("[") + around <= DEEPEST:
        return False
    depth = deepest = around
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "{[" else -1
        deepest = max(deepest, depth)
    return deepest > DEEPEST


def _has_ascii_keys(value: object) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() and _has_ascii_keys(member) for key, member in value.items())
    return not isinstance(value, list) or all(_has_ascii_keys(member) for member in value)


def _projected(row: Row, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "actor": {"id": row.actor_id, "name": row.actor_name},
        "at": row.at,
        "event": row.event,
        "facts": content["facts"],
        "previous": content["previous"],
        "sequence": row.sequence,
        "subject": {"id": row.subject_id, "type": row.subject_type},
        "version": FORMAT,
    }
