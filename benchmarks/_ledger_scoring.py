"""What sealing costs whoever scores: blocks of scoring in pairs, one with no sealer running and one with it at work.

Pairs, and in turns which comes first, so that what the machine does besides falls on both sides. A sealer that begins
takes everything that waits in its first round, within a second of holding its lock: a block with it pays for a
segment of both blocks, an entry, a checkpoint and the renewals of its turn, which is more than the share of a sealer
that has run for long (a segment every half minute). The figure is therefore rather too high than too low.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks._places import ROOT

WARM_CALLS, PATIENCE_SECONDS = 30, 60


def blocks(*, pairs: int, calls: int) -> dict[str, Any]:
    """Seconds of each pair (without, with), and how many of the records the sealer took meanwhile."""
    from django.conf import settings

    from audit.models import Checkpoint, SegmentRow
    from audit.sealer_folder import Folder
    from tests.scoring.worlds import deployed_world

    with tempfile.TemporaryDirectory() as folder:
        world = deployed_world(Path(folder))
    Folder(settings.MRM_SEALER_DIR).add_key("bench.example/scoring")
    _block(world, min(WARM_CALLS, calls))
    found = [_pair(world, calls, number % 2 == 0) for number in range(pairs)]
    return {
        "pairs": found,
        "sealed": SegmentRow.objects.count(),
        "checkpoints": Checkpoint.objects.count(),
    }


def _pair(world: Any, calls: int, *without_first: bool) -> tuple[float, float]:  # Any: the suite's world
    if any(without_first):
        return _block(world, calls), _block_with_sealer(world, calls)
    sealed = _block_with_sealer(world, calls)
    return _block(world, calls), sealed


def _block_with_sealer(world: Any, calls: int) -> float:
    with at_work():
        return _block(world, calls)


def _block(world: Any, calls: int) -> float:
    began = time.perf_counter()
    for number in range(calls):
        world.decide(reference=f"application {number}")
    return time.perf_counter() - began


@contextmanager
def at_work() -> Iterator[None]:
    """The product's sealer in a process of its own, from the moment it goes on duty: its start is not sealing."""
    from django.conf import settings

    lock = settings.MRM_SEALER_DIR / "lock"
    lock.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sealer"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not lock.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The sealer did not start.")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()
