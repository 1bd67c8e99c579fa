"""Real processes on a database and a store of their own, which a test may kill at any instant."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def environment_of(folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MRM_", "PYTEST_", "DJANGO_"))
    }
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "mrm.settings.base",
        "MRM_SECRET_KEY": "only-for-tests-" + "x" * 50,
        "MRM_DATA_KEY": base64.b64encode(b"only for tests, thirty-two bytes").decode(),
        "MRM_SPLIT_KEY": "only-for-tests",
        "MRM_VAR_DIR": str(folder),
        "MRM_DATABASE_URL": f"sqlite:///{folder / 'faults.sqlite3'}",
        "MRM_LEASE_SECONDS": "2",
        "MRM_MLFLOW_URL": f"http://127.0.0.1:{free_port()}",
        "OMP_NUM_THREADS": "1",
    }


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def ask(environment: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.faults._process", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    lines = done.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines else None


@contextlib.contextmanager
def started(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own; what is left of the group is killed at the end."""
    said = Path(environment["MRM_VAR_DIR"]) / "said.txt"
    with (
        said.open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", *command],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def answers(url: str, seconds: float = 40) -> None:
    """Wait until the address answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {seconds} s")
