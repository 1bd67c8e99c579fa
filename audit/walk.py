"""A walk over consecutive entries, and what is told of it: parts of a ledger can be walked apart and then joined.

Pure. Where a part begins is said by whoever walks it, and whoever joins parts compares that with where the part before
ended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from audit import chain, keys, tree

SEALED = "segment:sealed"
_TELLING = frozenset({SEALED, *keys.EVENTS})


class Place(NamedTuple):
    """Between two entries: the stored leaf of the one before, in hex, and the sequence that must come."""

    head: str = chain.GENESIS
    expected: int = 1


class Telling(NamedTuple):
    """An entry that may bring a key or seal a segment; `at` counts from 0 in its part."""

    at: int
    sequence: int
    body: bytes


@dataclass(frozen=True)
class Part:
    """Consecutive entries as they stand. `root` is that of the tree over the leaves of this part alone."""

    began: Place
    ended: Place
    leaves: list[bytes]
    root: bytes
    faults: list[chain.Fault]
    telling: list[Telling]

    def plain(self) -> dict[str, Any]:
        """For a pipe between two processes."""
        return {
            "began": self.began,
            "ended": self.ended,
            "leaves": b"".join(self.leaves).hex(),
            "root": self.root.hex(),
            "faults": [(each.sequence, each.code, each.what) for each in self.faults],
            "telling": [(each.at, each.sequence, each.body.hex()) for each in self.telling],
        }

    @classmethod
    def of_plain(cls, said: dict[str, Any]) -> Part:
        leaves, size = bytes.fromhex(said["leaves"]), tree.HASH_BYTES
        return cls(
            Place(*said["began"]),
            Place(*said["ended"]),
            [leaves[at : at + size] for at in range(0, len(leaves), size)],
            bytes.fromhex(said["root"]),
            [chain.Fault(*each) for each in said["faults"]],
            [Telling(at, sequence, bytes.fromhex(body)) for at, sequence, body in said["telling"]],
        )


def walked(rows: Iterable[chain.Row], began: Place) -> Part:
    """Every entry recomputed from its bytes and held against the one before and the columns beside."""
    leaves: list[bytes] = []
    faults: list[chain.Fault] = []
    telling: list[Telling] = []
    head, expected = began
    for at, row in enumerate(rows):
        leaf = hashlib.sha256(b"\x00" + row.body).digest()
        wrong = chain.fault_of(row, expected, head, leaf)
        if wrong:
            faults.append(wrong)
        # Without a fault the column says what was hashed; with one it may lie about the event.
        if may_tell(row.body) if wrong else row.event in _TELLING:
            telling.append(Telling(at, row.sequence, row.body))
        leaves.append(leaf)
        head, expected = row.leaf.hex(), row.sequence + 1
    return Part(began, Place(head, expected), leaves, tree.root(leaves) if leaves else b"", faults, telling)


def may_tell(body: bytes) -> bool:
    return b'"event":"segment:sealed"' in body or b'"event":"log_key:' in body
