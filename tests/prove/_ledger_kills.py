"""Kill the sealer and the writers at random instants: nothing acknowledged is lost, nothing is sealed twice, and the
log verifies under its key to its last entry."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Outcome:
    kills: int
    seconds: float
    told: dict[str, Any]

    @property
    def size(self) -> str:
        told = self.told
        return (
            f"{self.kills} kills of sealer and writers, {told['entries']} entries, {told['records']} records, "
            f"{told['checkpoints']} checkpoints"
        )


def environment_of(folder: Path) -> dict[str, str]:
    """A database of its own in `folder`, or the one MRM_DATABASE_URL names."""
    return {
        "MRM_DATABASE_URL": f"sqlite:///{folder / 'ledger.sqlite3'}",
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "mrm.settings.testing",
        "PYTEST_XDIST_WORKER": f"prove-{os.getpid()}",
        "MRM_SEALER_DIR": str(folder / "sealer"),
    }


def kill_sealer_and_writers(*, kills: int, seed: int, environment: dict[str, str], folder: Path) -> Outcome:
    began, chance = time.monotonic(), random.Random(seed)
    _run(environment, "migrate")
    files = [str(folder / f"acknowledged-{number}") for number in range(2)]
    commands = [("sealer",), *(("writer", file) for file in files)]
    signs = [folder / "sealer" / "state.json", *map(Path, files)]
    running = [_start(environment, command) for command in commands]
    try:
        for _ in range(kills):
            # The sealer half of the time: it is the one with two places to keep in step.
            victim = chance.choice((0, 0, 1, 2))
            _wait_for_work(signs[victim])
            time.sleep(chance.uniform(0.0, 0.4))
            running[victim].send_signal(signal.SIGKILL)
            running[victim].wait()
            running[victim] = _start(environment, commands[victim])
        for sign in signs:
            _wait_for_work(sign)
    finally:
        for process in running:
            process.kill()
            process.wait()
    told = json.loads(_run(environment, "count", *files).splitlines()[-1])
    return Outcome(kills, time.monotonic() - began, told)


def _wait_for_work(sign: Path) -> None:
    """Until the process that leaves this sign has done something from now on: a process that is killed while it is
    still being imported proves nothing."""
    now, until = time.time(), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if sign.exists() and sign.stat().st_mtime > now:
            return
        time.sleep(0.02)
    raise AssertionError(f"Nothing was written to {sign.name} for {PATIENCE_SECONDS} s.")


def _start(environment: dict[str, str], command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.prove._ledger_worker", *command],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove._ledger_worker", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout
