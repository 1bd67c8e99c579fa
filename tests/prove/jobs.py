"""Kill workers at random instants: no job is lost, none is done twice, none runs for ever.

`make test` runs a small seeded size, `make prove ONLY=jobs` 200 kills. Real worker processes on a real database.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = "1"
PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Outcome:
    """What 0 lost and 0 doubled are counted from."""

    jobs: int
    kills: int
    lost: int
    doubled: int
    unended: int
    seconds: float


def workers(environment: dict[str, str], count: int) -> list[subprocess.Popen[bytes]]:
    return [
        subprocess.Popen(
            [sys.executable, "-m", "tests.prove._jobs_worker"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(count)
    ]


def kill_workers(*, jobs: int, kills: int, seed: int, environment: dict[str, str]) -> Outcome:
    """Ask for `jobs` jobs, let two workers do them, kill a random worker `kills` times, then count."""
    began, chance = time.monotonic(), random.Random(seed)
    asked = _ask(environment, jobs)
    running = workers(environment, 2)
    try:
        for _ in range(kills):
            # Long enough to begin something, at an instant nobody chose.
            time.sleep(chance.uniform(0.05, 1.2))
            victim = chance.randrange(len(running))
            running[victim].send_signal(signal.SIGKILL)
            running[victim].wait()
            running[victim] = workers(environment, 1)[0]
        return _count(environment, asked, kills, began)
    finally:
        for process in running:
            process.kill()
            process.wait()


def _ask(environment: dict[str, str], jobs: int) -> list[str]:
    said = _run(environment, "ask", str(jobs))
    return said.split()


def _count(environment: dict[str, str], asked: list[str], kills: int, began: float) -> Outcome:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (unended := int(_run(environment, "open"))) and time.monotonic() < deadline:
        time.sleep(0.5)
    lost, doubled = (int(number) for number in _run(environment, "count", *asked).split())
    return Outcome(len(asked), kills, lost, doubled, unended, time.monotonic() - began)


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove._jobs_worker", *arguments],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def environment_of(folder: Path) -> dict[str, str]:
    """A database of its own in `folder`, or the one MRM_DATABASE_URL names; a lease short enough to expire often."""
    return {
        "MRM_DATABASE_URL": f"sqlite:///{folder / 'jobs.sqlite3'}",
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "mrm.settings.testing",
        "PYTEST_XDIST_WORKER": f"prove-{os.getpid()}",
        "MRM_LEASE_SECONDS": LEASE_SECONDS,
    }


def main() -> int:
    import tempfile

    from tests.prove._report import Figure, report

    with tempfile.TemporaryDirectory() as folder:
        environment = {**environment_of(Path(folder))}
        environment["MRM_DATABASE_URL"] = f"sqlite:///{Path(folder) / 'jobs.sqlite3'}"
        _run(environment, "migrate")
        outcome = kill_workers(jobs=2_000, kills=200, seed=20260101, environment=environment)
    size = f"{outcome.jobs} jobs, {outcome.kills} kills of 2 workers, lease {LEASE_SECONDS} s, SQLite"
    return report(
        "jobs",
        [
            Figure("jobs lost", outcome.lost, 0, size, outcome.seconds),
            Figure("jobs done twice", outcome.doubled, 0, size, outcome.seconds),
            Figure("jobs still open at the end", outcome.unended, 0, size, outcome.seconds),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
