"""Changed bytes of a sealed dossier, and whether the script that stands alone lets one of them past."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from benchmarks._places import on_sqlite
from reports import dossier_verifier as alone

SEED = 20261123
FLIPS_A_DIGIT = (1, 2, 4)


def sealed_file() -> bytes:
    """A dossier of a whole run of the battery, concluded, approved and sealed on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "dossier.pdf"
        on_sqlite(Path(folder), "dossier").command("-m", "benchmarks._dossier_work", str(target))
        return target.read_bytes()


def passed_in_signature(content: bytes) -> tuple[int, int]:
    """(changes tried, changes that no check noticed): three bits of every digit of the signature and its brackets."""
    held = alone.ranges(content)
    size = 2 * len(alone.read_one(alone.container_of(content)).whole)
    places = [*range(held.before, held.before + 1 + size), held.after - 1]
    changes = [(at, flip) for at in places for flip in FLIPS_A_DIGIT]
    return len(changes), sum(_passes(content, at, flip) for at, flip in changes)


def passed_elsewhere(content: bytes, count: int) -> int:
    """Of so many drawn places, each with one bit turned, how many no check noticed."""
    draw = random.Random(SEED)
    return sum(_passes(content, draw.randrange(len(content)), 1 << draw.randrange(8)) for _ in range(count))


def _passes(content: bytes, at: int, flip: int) -> bool:
    changed = bytearray(content)
    changed[at] ^= flip
    file = bytes(changed)
    # The cheapest first; a change that one of them notices is noticed.
    checks = (
        alone.written_in_one_way,
        alone.covers_whole_file,
        alone.nothing_follows,
        alone.signed_these_bytes,
        alone.evidence_recomputes,
        alone.extract_recomputes,
    )
    return all(alone.asked("", lambda check=check: check(file)).holds for check in checks)
