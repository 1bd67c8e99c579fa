"""A real MLflow server and the real process of the gate in front of it, which asks the database of the tests."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from mrm.demo.processes import Place, Process, gateway, mlflow

ROOT = Path(__file__).resolve().parents[2]


def free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def started(process: Process, folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """As the demo starts it, with a group of its own."""
    with (folder / f"{process.name}.log").open("ab") as log:
        return subprocess.Popen(
            process.command,
            cwd=ROOT,
            env={**environment, **dict(process.environment)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def killed(process: subprocess.Popen[bytes]) -> None:
    """With all its children, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass
class Stack:
    """Both processes. What ends or starts MLflow leaves it running for whoever comes next."""

    place: Place
    folder: Path
    lab: Process
    behind: subprocess.Popen[bytes]
    gate: subprocess.Popen[bytes]

    def kill_mlflow(self) -> None:
        killed(self.behind)

    def start_mlflow(self) -> None:
        self.behind = started(self.lab, self.folder, bare_environment())
        await_answer(self.lab, self.folder)

    @property
    def gate_worker(self) -> int:
        """The process that answers; its parent only watches over it."""
        return int(Path(f"/proc/{self.gate.pid}/task/{self.gate.pid}/children").read_text().split()[0])


def await_answer(process: Process, folder: Path, seconds: float = 300) -> None:
    parts = urlsplit(process.health or "")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
            connection.request("GET", parts.path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError((folder / f"{process.name}.log").read_text()[-3_000:])


def bare_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MRM_", "MLFLOW_", "PYTEST_", "DJANGO_"))
    }


def environment_of_the_application(mlflow_url: str) -> dict[str, str]:
    """The settings of the tests and the database that they use."""
    from django.conf import settings
    from django.db import connection

    return {
        **bare_environment(),
        "DJANGO_SETTINGS_MODULE": "mrm.settings.base",
        "MRM_SECRET_KEY": settings.SECRET_KEY,
        "MRM_DATA_KEY": settings.MRM_DATA_KEY,
        "MRM_SPLIT_KEY": settings.MRM_SPLIT_KEY,
        "MRM_DATABASE_URL": _url(connection.settings_dict),
        "MRM_MLFLOW_URL": mlflow_url,
        "MRM_VAR_DIR": str(settings.MRM_VAR_DIR),
    }


def _url(said: dict[str, Any]) -> str:
    if said["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{said['NAME']}"
    who = f"{quote(said['USER'], safe='')}:{quote(said['PASSWORD'], safe='')}"
    return f"postgresql://{who}@{said['HOST']}:{said['PORT'] or 5432}/{said['NAME']}"


@contextmanager
def stack(
    folder: Path, environment: Callable[[str], dict[str, str]], lab_of: Callable[[Place], Process] = mlflow
) -> Iterator[Stack]:
    """Both, on free ports. MLflow's start is what takes long, so `environment`, which may make a database first, is asked
    after it has begun. `lab_of` may start MLflow in another way than the demo does."""
    place = Place(var=folder, mlflow=free_address(), gateway=free_address())
    lab = lab_of(place)
    behind = started(lab, folder, bare_environment())
    try:
        gate = started(gateway(place), folder, environment(f"http://{place.mlflow}"))
    except BaseException:
        killed(behind)
        raise
    both = Stack(place, folder, lab, behind, gate)
    try:
        await_answer(gateway(place), folder)
        await_answer(lab, folder)
        yield both
    finally:
        killed(both.gate)
        killed(both.behind)


@contextmanager
def servers(folder: Path, environment: Callable[[str], dict[str, str]]) -> Iterator[Place]:
    with stack(folder, environment) as both:
        yield both.place
