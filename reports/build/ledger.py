"""The ledger as a dossier shows it: verified from its first entry, cut at one place, and the entries about one
version."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
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
    """The entries about a version and its data."""
    wanted = {subjects.of_version(version), subjects.of_snapshot(version.snapshot)}
    return extract(lambda row: row.subject in wanted, until)


def extract(
    is_wanted: Callable[[chain.Row], bool], until: AsOf | None = None, earlier: Note | None = None
) -> Extract:
    """Walks the ledger once. Refuses a ledger that does not verify, or that does not lead to its checkpoint or to the
    `earlier` one: no document rests on it."""
    note = selectors.checkpoint_at_most(until.checkpoint) if until else selectors.newest_checkpoint()
    notes = {each.size: each for each in (note, earlier) if each}
    walk = _Walk(is_wanted, until.sequence if until else None, max(notes, default=0))
    fault = next(chain.faults(walk.rows(set(notes))), None)
    if fault is not None:
        raise Unavailable(
            f"The ledger does not verify at entry {fault.sequence}: {fault.what}. No document is made; call the"
            " auditor."
        )
    for size, each in notes.items():
        if walk.roots.get(size) != each.root:
            raise Unavailable(
                f"The ledger does not lead to its checkpoint over {size} entries. No document is made; call the"
                " auditor."
            )
    carried = (note.text, note.size) if note else ("", 0)
    return Extract(walk.sequence, walk.head, tuple(walk.kept), *carried)


def facts_of(row: chain.Row) -> dict[str, Any]:
    """What the entry says, from the bytes that were hashed."""
    found: dict[str, Any] = json.loads(row.body)["facts"]
    return found


class _Walk:
    """`roots` are those over as many entries as the checkpoints name."""

    def __init__(self, is_wanted: Callable[[chain.Row], bool], until: int | None, last: int) -> None:
        self._is_wanted, self._until, self._last = is_wanted, until, last
        self.sequence, self.head, self._range = 0, chain.GENESIS, tree.Range()
        self.roots: dict[int, bytes] = {}
        self.kept: list[chain.Row] = []

    def rows(self, sizes: Collection[int]) -> Iterator[chain.Row]:
        for row in takewhile(self._is_before_end, selectors.rows()):
            self.sequence, self.head = row.sequence, row.leaf.hex()
            if row.sequence <= self._last:
                self._range.append(row.leaf)
            if row.sequence in sizes:
                self.roots[row.sequence] = self._range.root()
            if self._is_wanted(row):
                self.kept.append(row)
            yield row

    def _is_before_end(self, row: chain.Row) -> bool:
        return self._until is None or row.sequence <= self._until
