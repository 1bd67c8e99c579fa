"""The bytes of an entry: pure functions, so that a verifier can be written from this page.

body = canonical JSON {actor, at, event, facts, previous, sequence, subject, version}
leaf = SHA-256(0x00 ‖ body); `previous` is the leaf of the entry before, 64 zeros for the first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mrm.lib import canonical

FORMAT = 1
GENESIS = "0" * 64


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


@dataclass(frozen=True)
class Row:
    """One stored entry as a verifier reads it: the hashed bytes and the projection beside them."""

    sequence: int
    body: bytes
    leaf: bytes
    at: str
    event: str
    actor_id: str
    actor_name: str
    subject: Subject


@dataclass(frozen=True)
class Fault:
    """The first thing wrong at one entry."""

    sequence: int
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
        fault = _fault(row, expected, previous)
        if fault:
            yield Fault(row.sequence, fault)
        previous, expected = row.leaf.hex(), row.sequence + 1


def _fault(row: Row, expected: int, previous: str) -> str | None:
    if row.sequence != expected:
        return f"the sequence has {row.sequence} where {expected} must stand"
    if leaf_of(row.body) != row.leaf:
        return "the stored leaf is not the hash of the stored body"
    try:
        body = json.loads(row.body)
    except ValueError:
        return "the body is not JSON"
    if body.get("previous") != previous:
        return "the body does not name the leaf before it"
    if body != _projected(row, body):
        return "the columns beside the body say something else"
    return None


def _projected(row: Row, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "actor": {"id": row.actor_id, "name": row.actor_name},
        "at": row.at,
        "event": row.event,
        "facts": body.get("facts"),
        "previous": body.get("previous"),
        "sequence": row.sequence,
        "subject": {"id": row.subject.id, "type": row.subject.type},
        "version": FORMAT,
    }
