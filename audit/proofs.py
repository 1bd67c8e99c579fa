"""Proofs of inclusion that stand alone: one entry, or one record and the entry of its segment, under a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit import chain, checkpoint, stored, tree
from audit.checkpoint import Note
from audit.examination import claim_of
from audit.models import Checkpoint, Entry, SegmentRow, Unsealed
from audit.signed import key_in_force
from audit.tiles import Incomplete, Tiles
from audit.walk import SEALED
from mrm.lib import canonical
from mrm.lib.errors import NotFound, Refusal, Unavailable

FORMAT = "countersign-proof/1"


class NotCovered(Refusal):
    """There is nothing signed over it yet."""

    status, code, title = 409, "not-covered", "Not under a checkpoint yet"


@dataclass(frozen=True)
class Step:
    """A body, and the path from its hash upwards."""

    body: bytes
    path: tuple[bytes, ...]
    position: int

    @property
    def leaf(self) -> bytes:
        return chain.leaf_of(self.body)

    def plain(self) -> dict[str, Any]:
        return {"body": self.body.decode(), "path": [each.hex() for each in self.path]}


@dataclass(frozen=True)
class Proof:
    """`entry.position` is the leaf number, from 0; `record` is None for a proof of the entry itself."""

    note: Note
    key: str
    entry: Step
    record: Step | None

    @property
    def sequence(self) -> int:
        return self.entry.position + 1

    def content(self) -> bytes:
        record = None
        if self.record:
            record = self.record.plain() | {"position": self.record.position}
        said = {
            "checkpoint": self.note.text,
            "entry": self.entry.plain(),
            "format": FORMAT,
            "key": self.key,
            "record": record,
        }
        return canonical.dumps({"proof": said}) + b"\n"


def of_entry(sequence: int) -> Proof:
    """Raises NotFound, NotCovered, and Unavailable where the stored tree does not lead to the signed root."""
    entry = Entry.objects.filter(sequence=sequence).first()
    if entry is None:
        raise NotFound(f"The ledger has no entry {sequence}.")
    return _under_checkpoint(bytes(entry.body), sequence, None)


def of_record(body: bytes) -> Proof:
    """The proof for a decision or an access by its hashed bytes."""
    record = chain.leaf_of(body)
    row = SegmentRow.objects.filter(record=record).first()
    if row is None:
        raise _not_sealed(record)
    entry = Entry.objects.filter(event=SEALED, subject_type="segment", subject_id=str(row.segment_id)).first()
    if entry is None:
        raise Unavailable(
            f"No entry seals segment {row.segment_id}. Call the auditor: the ledger was altered."
        )
    records = stored.records_of(row.segment_id)
    step = Step(body, tuple(tree.path(records, row.position)), row.position)
    content = chain.content_of(bytes(entry.body))
    claim = claim_of(content) if content else None
    if claim is None or (claim.size, claim.root) != (len(records), tree.root(records).hex()):
        raise Unavailable(f"Segment {row.segment_id} is not what its entry sealed. Call the auditor.")
    return _under_checkpoint(bytes(entry.body), entry.sequence, step)


def _not_sealed(record: bytes) -> Refusal:
    if Unsealed.objects.filter(record=record).exists():
        return NotCovered("It waits for its segment; the sealer takes it within a minute. Ask again then.")
    return Unavailable("This record stands in no segment and does not wait for one. Call the auditor.")


def _under_checkpoint(body: bytes, sequence: int, record: Step | None) -> Proof:
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None or newest.size < sequence:
        raise NotCovered(
            f"Entry {sequence} is under no checkpoint yet; the sealer signs within seconds. Ask again then."
        )
    note = checkpoint.read(newest.note)
    try:
        step = Step(body, tuple(Tiles(note.size).path(sequence - 1)), sequence - 1)
    except Incomplete as hole:
        raise Unavailable(f"{hole} No proof can be made; call the auditor.") from None
    root = tree.climbed(step.leaf, index=step.position, size=note.size, siblings=step.path)
    if root != note.root:
        raise Unavailable(f"Entry {sequence} does not lead to the root that was signed. Call the auditor.")
    return Proof(note, key_in_force(note.size), step, record)
