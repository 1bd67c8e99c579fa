"""Bundles and proofs made in memory from plain facts, after docs/formats.md, for tests of what verifies them.

Everything is fixed by its plan: keys, times, records. What changes a bundle works on its lines and seals them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audit import chain, checkpoint, tree
from audit.checkpoint import Note, SigningKey
from mrm.lib import canonical

ORIGIN = "bank.example/ledger"
FIRST, SECOND, THIEF = (SigningKey(ORIGIN, bytes([seed]) * 32) for seed in (1, 2, 3))


@dataclass(frozen=True)
class Segment:
    """The records that the entry at `at` seals."""

    at: int
    log: str
    records: tuple[bytes, ...]


@dataclass(frozen=True)
class Plan:
    """A log: how many entries, which of them bring keys or seal segments, at which sizes it was signed."""

    entries: int = 64
    origin: str = ORIGIN
    keys: Mapping[int, SigningKey] = field(default_factory=lambda: {1: FIRST, 40: SECOND})
    segments: tuple[Segment, ...] = ()
    sizes: tuple[int, ...] = (1, 7, 39, 40, 63)
    story: str = "plain"


@dataclass(frozen=True)
class Made:
    """The lines of a bundle with their line ends, and what somebody outside may hold."""

    plan: Plan
    lines: tuple[bytes, ...]
    leaves: tuple[bytes, ...]
    notes: Mapping[int, Note]

    @property
    def content(self) -> bytes:
        return b"".join(self.lines)

    @property
    def key_text(self) -> str:
        """The public key in force at the end."""
        return self.plan.keys[max(self.plan.keys)].public.text

    @property
    def anchor(self) -> str:
        """The newest checkpoint, as somebody outside keeps it."""
        return self.notes[max(self.notes)].text

    @property
    def first_entry(self) -> int:
        """The index of the line of entry 1."""
        return 1 + len(self.plan.sizes) + len(self.plan.segments)


def records(count: int, name: str = "") -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(f"{name}{number}".encode()).digest() for number in range(count))


def full_plan(**changes: Any) -> Plan:
    """64 entries with everything a log has: two keys, three segments of both logs, five checkpoints."""
    sealed = (
        Segment(5, "decisions", records(3, "d")),
        Segment(20, "access", records(1, "a")),
        Segment(50, "decisions", records(6, "e")),
    )
    return replace(Plan(segments=sealed), **changes)


def small_plan(**changes: Any) -> Plan:
    """Four entries with one of each: every byte of it can be tried."""
    plan = Plan(entries=4, keys={1: FIRST}, segments=(Segment(3, "access", records(2)),), sizes=(2, 4))
    return replace(plan, **changes)


def made(plan: Plan) -> Made:
    rows = chained(_facts(plan))
    leaves = tuple(bytes.fromhex(row["leaf"]) for row in rows)
    notes = {size: _note(plan, size, leaves) for size in plan.sizes}
    return Made(plan, bundle(plan, rows, notes.values()), leaves, notes)


def bundle(plan: Plan, rows: Sequence[Mapping[str, Any]], notes: Iterable[Note]) -> tuple[bytes, ...]:
    """The lines of a bundle of these parts."""
    checkpoints = [line({"checkpoint": note.text}) for note in notes]
    segments = [line({"segment": _segment(number, each)}) for number, each in enumerate(plan.segments, 1)]
    entries = [line({"entry": row}) for row in rows]
    start = line({"bundle": header(plan.origin, len(checkpoints), len(segments), len(entries))})
    return sealed([start, *checkpoints, *segments, *entries, b""])


def header(origin: str, checkpoints: int, segments: int, entries: int) -> dict[str, Any]:
    return {
        "checkpoints": checkpoints,
        "entries": entries,
        "format": "countersign-ledger/1",
        "origin": origin,
        "segments": segments,
    }


def line(content: object) -> bytes:
    return canonical.dumps(content) + b"\n"


def sealed(lines: Sequence[bytes]) -> tuple[bytes, ...]:
    """The lines with a last line that fits them, in place of the one they had."""
    kept = tuple(lines[:-1])
    return (*kept, line({"end": {"sha256": hashlib.sha256(b"".join(kept)).hexdigest()}}))


def recounted(lines: Sequence[bytes]) -> tuple[bytes, ...]:
    """The lines with a first line that counts them, sealed again."""
    counts = {kind: sum(each.startswith(f'{{"{kind}"'.encode()) for each in lines) for kind in KINDS}
    start = json.loads(lines[0])
    start["bundle"] |= {
        "checkpoints": counts["checkpoint"],
        "segments": counts["segment"],
        "entries": counts["entry"],
    }
    return sealed([line(start), *lines[1:]])


KINDS = ("checkpoint", "segment", "entry")


def row(fact: chain.Fact, sequence: int, previous: str) -> dict[str, Any]:
    """The content of an entry line."""
    body = chain.body_of(fact, sequence, previous)
    return {
        "actor_id": fact.actor_id,
        "actor_name": fact.actor_name,
        "at": fact.at,
        "body": body.decode(),
        "event": fact.event,
        "leaf": chain.leaf_of(body).hex(),
        "sequence": sequence,
        "subject_id": fact.subject.id,
        "subject_type": fact.subject.type,
    }


def chained(facts: Iterable[chain.Fact]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for sequence, fact in enumerate(facts, 1):
        rows.append(row(fact, sequence, rows[-1]["leaf"] if rows else chain.GENESIS))
    return rows


def fact_of(entry: Mapping[str, Any]) -> chain.Fact:
    """What the entry line says, to be chained again elsewhere."""
    body = json.loads(entry["body"])
    subject = chain.Subject(entry["subject_type"], entry["subject_id"])
    return chain.Fact(
        entry["at"], entry["event"], entry["actor_id"], entry["actor_name"], subject, body["facts"]
    )


def entries_of(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    return [json.loads(each)["entry"] for each in lines if each.startswith(b'{"entry"')]


def proof(
    of: Made, sequence: int, *, size: int, position: int | None = None, bodies: Sequence[str] = ()
) -> bytes:
    """The proof of an entry under the checkpoint of `size`; with `position` also that of a record in it."""
    entry = entries_of(of.lines)[sequence - 1]
    record = None
    if position is not None:
        leaves = [chain.leaf_of(body.encode()) for body in bodies]
        record = {"body": bodies[position], "path": _hex(tree.path(leaves, position)), "position": position}
    content = {
        "checkpoint": of.notes[size].text,
        "entry": {"body": entry["body"], "path": _hex(tree.path(of.leaves[:size], sequence - 1))},
        "format": "countersign-proof/1",
        "key": _key_at(of.plan, size).public.text,
        "record": record,
    }
    return line({"proof": content})


def signed(plan: Plan, size: int, leaves: Sequence[bytes], keys: Iterable[SigningKey]) -> Note:
    return checkpoint.signed(origin=plan.origin, size=size, root=tree.root(leaves[:size]), keys=keys)


def _hex(path: Iterable[bytes]) -> list[str]:
    return [each.hex() for each in path]


def _facts(plan: Plan) -> list[chain.Fact]:
    sealing = {each.at: (number, each) for number, each in enumerate(plan.segments, 1)}
    return [_fact(plan, sequence, sealing) for sequence in range(1, plan.entries + 1)]


def _fact(plan: Plan, sequence: int, sealing: Mapping[int, tuple[int, Segment]]) -> chain.Fact:
    at = f"2026-01-{1 + sequence // 1440 % 28:02}T{sequence // 60 % 24:02}:{sequence % 60:02}:00.000000Z"
    if sequence in plan.keys:
        earlier = [at for at in plan.keys if at < sequence]
        said = {"key": plan.keys[sequence].public.text}
        said |= {"previous": plan.keys[max(earlier)].public.text} if earlier else {}
        event = "log_key:rotated" if earlier else "log_key:adopted"
        return chain.Fact(at, event, "sealer", "The sealer", chain.Subject("log", plan.origin), said)
    if sequence in sealing:
        number, each = sealing[sequence]
        facts = {"log": each.log, "root": tree.root(each.records).hex(), "size": len(each.records)}
        subject = chain.Subject("segment", str(number))
        return chain.Fact(at, "segment:sealed", "sealer", "The sealer", subject, facts)
    facts = {
        "grade": sequence % 7,
        "note": f"{plan.story} ção {sequence}",
        "share": "0.1",
        "tags": ["x", None, True],
    }
    subject = chain.Subject("version", f"{plan.story}-{sequence % 5}")
    return chain.Fact(at, "version:registered", "dana", "Dana Água", subject, facts)


def _segment(number: int, each: Segment) -> dict[str, Any]:
    return {"log": each.log, "number": number, "records": _hex(each.records)}


def _key_at(plan: Plan, size: int) -> SigningKey:
    return plan.keys[max(at for at in plan.keys if at <= size)]


def _note(plan: Plan, size: int, leaves: Sequence[bytes]) -> Note:
    """Signed by the key in force; the first after a rotation by the key before as well."""
    keys = [_key_at(plan, size)]
    begun = max(at for at in plan.keys if at <= size)
    earlier = [at for at in plan.keys if at < begun]
    if earlier and size == min(each for each in plan.sizes if each >= begun):
        keys.insert(0, plan.keys[max(earlier)])
    return signed(plan, size, leaves, keys)
