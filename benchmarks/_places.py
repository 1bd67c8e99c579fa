"""Where a bench works: temporary folders and databases of its own, and processes that are told everything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
OWNER_URL = "MRM_TEST_DATABASE_URL"


@dataclass(frozen=True)
class Place:
    """One database and the folder of its sealer."""

    database: str
    sealer: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of ours is inherited: what somebody has set for another database must not be measured."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MRM_")}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "mrm.settings.testing",
            "MRM_DATABASE_URL": self.database,
            "MRM_SEALER_DIR": str(self.sealer),
            "PYTEST_XDIST_WORKER": "bench",
        }

    def command(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run to the end; raises RuntimeError with what it said where it fails."""
        done = subprocess.run(
            [sys.executable, *command],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-1_000:]}{done.stderr[-2_000:]}")
        return done

    def work(self, *asked: object) -> Any:  # Any: whatever JSON the work answers with
        """One act of _ledger_work.py in a process of its own."""
        done = self.command("-m", "benchmarks._ledger_work", *map(str, asked))
        return json.loads(done.stdout.splitlines()[-1])

    def started(self, *asked: object) -> Partner:
        return Partner(
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks._ledger_work", *map(str, asked)],
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )


@dataclass(frozen=True)
class Partner:
    """A process that answers a line with a line of JSON; the first line it says is that it is ready."""

    process: subprocess.Popen[str]

    def said(self) -> Any:  # Any: whatever JSON it answers with
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"A process of the bench ended with code {self.process.wait()}.")
        return json.loads(line)

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def on_sqlite(folder: Path, name: str) -> Place:
    return Place(f"sqlite:///{folder / name}.sqlite3", folder / f"{name}-sealer")


def copied(place: Place, folder: Path, name: str) -> Place:
    """The same database once more, before anybody has worked in it."""
    made = on_sqlite(folder, name)
    shutil.copyfile(place.database.removeprefix("sqlite:///"), made.database.removeprefix("sqlite:///"))
    return made


@contextmanager
def on_postgresql(folder: Path, name: str) -> Iterator[Place | None]:
    """A database of its own beside the one that is named, dropped at the end; None where none is named."""
    owner = os.environ.get(OWNER_URL, "")
    if not owner:
        yield None
        return
    database = f"bench_{name}_{uuid.uuid4().hex[:8]}"
    beside = Place(owner, folder / "none")
    beside.work("sql", f"CREATE DATABASE {database}")
    try:
        made = Place(urlunsplit(urlsplit(owner)._replace(path=f"/{database}")), folder / f"{name}-sealer")
        made.work("migrate")
        yield made
    finally:
        beside.work("sql", f"DROP DATABASE {database} WITH (FORCE)")
