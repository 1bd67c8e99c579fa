"""Proofs of inclusion: who may have one, and each step of its path as a reader follows it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import User
from accounts.permissions import Permission
from audit import chain, proofs, signed, tree
from audit.access_log import AccessEvent, Via, note
from audit.chain import Subject
from audit.examination import claim_of
from audit.proofs import Proof, Step
from mrm.lib.errors import NotFound
from reports import ledger_scope
from scoring import selectors as decisions


@dataclass(frozen=True)
class Climb:
    """One step upwards: the hash beside ours, on which side it stands, and what the two give."""

    number: int
    beside: str
    is_left: bool
    gives: str


@dataclass(frozen=True)
class RecordPath:
    """How a record leads to the root that the entry of its segment names."""

    segment: str
    log: str
    size: int
    position: int
    climbs: tuple[Climb, ...]


@dataclass(frozen=True)
class Shown:
    """A proof as a page prints it. `record` is None for a proof of the entry itself."""

    proof: Proof
    subject: str
    signed_at: dt.datetime | None
    entry: tuple[Climb, ...]
    record: RecordPath | None


def entry_proof(*, actor: User, sequence: int) -> Proof:
    """Raises NotFound, NotCovered, and Unavailable where the ledger was altered."""
    if ledger_scope.entry_within(actor=actor, sequence=sequence) is None:
        raise NotFound(f"The ledger has no entry {sequence} that you may see.")
    return proofs.of_entry(sequence)


def decision_proof(*, actor: User, decision_id: uuid.UUID, via: Via) -> Proof:
    """The proof that a decision was made as it is recorded, once the access log holds who asks. It shows ids, digests
    and the outcome, and nothing of the applicant; an erased decision has one as any other."""
    found = decisions.reached(actor=actor, permission=Permission.DECISION_READ, decision_id=decision_id)
    proof = proofs.of_record(bytes(found.body))
    subject = Subject("decision", str(found.pk))
    note(event=AccessEvent.DECISION_READ, actor_id=actor.ledger_id, subject=subject, via=via)
    return proof


def shown(proof: Proof, subject: str) -> Shown:
    found = signed.checkpoint_of(proof.note.size)
    return Shown(
        proof=proof,
        subject=subject,
        signed_at=found.at if found else None,
        entry=tuple(_climbs(proof.entry, proof.note.size)),
        record=_record(proof),
    )


def _record(proof: Proof) -> RecordPath | None:
    content = chain.content_of(proof.entry.body)
    claim = claim_of(content) if content else None
    if proof.record is None or content is None or claim is None:
        return None
    climbs = tuple(_climbs(proof.record, claim.size))
    return RecordPath(content["subject"]["id"], claim.log, claim.size, proof.record.position, climbs)


def _climbs(step: Step, size: int) -> Iterator[Climb]:
    """The path as RFC 9162, section 2.1.3.2, walks it; `tree.climbed` has led to the signed root already."""
    index, last, at = step.position, size - 1, step.leaf
    for number, beside in enumerate(step.path, 1):
        is_left = bool(index & 1) or index == last
        at = tree.node(beside, at) if is_left else tree.node(at, beside)
        yield Climb(number, beside.hex(), is_left, at.hex())
        while is_left and not index & 1 and index:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
