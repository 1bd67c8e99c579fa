"""The ledger as a dossier shows it: verified from its first entry, cut at one place, and the entries about one
version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from audit import chain, selectors, tree
from audit.checkpoint import Note
from mrm.lib.errors import Unavailable
from registry import subjects
from registry.models import ModelVersion


@dataclass(frozen=True)
class AsOf:
    """Where the ledger is cut: its last entry, and the size of the checkpoint that is carried (0: none)."""

    sequence: int
    checkpoint: int


@dataclass(frozen=True)
class Extract:
    """`head` is the leaf of entry number `sequence`; everything up to it was recomputed and found intact. `note` is the
    newest checkpoint at or below it, or empty."""

    sequence: int
    head: str
    rows: tuple[chain.Row, ...]
    note: str
    note_size: int

    @property
    def as_of(self) -> AsOf:
        return AsOf(self.sequence, self.note_size)

    def count(self, event: str) -> int:
        return sum(row.event == event for row in self.rows)

    def plain(self) -> dict[str, Any]:
        """Canonical: each body is the exact text that was hashed, so SHA-256(0x00 ‖ body) gives the leaf."""
        return {
            "format": "countersign-ledger-extract/1",
            "head": {"sequence": self.sequence, "leaf": self.head},
            "entries": [
                {"sequence": row.sequence, "body": row.body.decode(), "leaf": row.leaf.hex()}
                for row in self.rows
            ],
        }


def extract_about(version: ModelVersion, until: AsOf | None) -> Extract:
    """Walks the ledger once. Refuses a ledger that does not verify: no document rests on it."""
    wanted = {subjects.of_version(version), subjects.of_snapshot(version.snapshot)}
    note = selectors.checkpoint_at_most(until.checkpoint) if until else selectors.newest_checkpoint()
    walk = _Walk(wanted, until.sequence if until else None, note)
    fault = next(chain.faults(walk.rows()), None)
    if fault is not None:
        raise Unavailable(
            f"The ledger does not verify at entry {fault.sequence}: {fault.what}. No dossier is made; call the auditor."
        )
    if note and (note.size, note.root) != (walk.range.size, walk.range.root()):
        raise Unavailable(
            f"The ledger does not lead to its checkpoint over {note.size} entries. No dossier is made; "
            "call the auditor."
        )
    carried = (note.text, note.size) if note else ("", 0)
    return Extract(walk.sequence, walk.head, tuple(walk.kept), *carried)


def facts_of(row: chain.Row) -> dict[str, Any]:
    """What the entry says, from the bytes that were hashed."""
    found: dict[str, Any] = json.loads(row.body)["facts"]
    return found


class _Walk:
    """`range` is the tree over what the note is over."""

    def __init__(self, wanted: set[chain.Subject], until: int | None, note: Note | None) -> None:
        self._wanted, self._until, self._note_size = wanted, until, note.size if note else 0
        self.sequence, self.head, self.range = 0, chain.GENESIS, tree.Range()
        self.kept: list[chain.Row] = []

    def rows(self) -> Iterator[chain.Row]:
        for row in takewhile(self._is_before_end, selectors.rows()):
            self.sequence, self.head = row.sequence, row.leaf.hex()
            if row.sequence <= self._note_size:
                self.range.append(row.leaf)
            if row.subject in self._wanted:
                self.kept.append(row)
            yield row

    def _is_before_end(self, row: chain.Row) -> bool:
        return self._until is None or row.sequence <= self._until
