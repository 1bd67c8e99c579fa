"""One supervisor: the processes of the product, and beside them the story that uses them."""

from __future__ import annotations

import os
import shlex
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TextIO

from honcho.manager import Manager
from honcho.printer import Printer

from mrm.demo.place import HERE, ROOT, read_environment
from mrm.demo.processes import Place, Process, processes

_PATIENCE_SECONDS = 180
# MLflow gets no secret of ours: it is one of those against whom they are kept.
_SECRET_FREE = {"mlflow"}


def supervise(place: Place, story: Callable[[], None], log: TextIO) -> int:
    """Start all processes, run the story in a thread, stop everything when either ends or Ctrl-C is pressed."""
    manager = Manager(printer=Printer(output=log, colour=False))
    for process in processes(place):
        manager.add_process(
            process.name, shlex.join(process.command), env=_environment(process), cwd=str(ROOT)
        )
    outcome: list[int] = []
    threading.Thread(target=_tell, args=(manager, story, outcome), daemon=True).start()
    manager.loop()
    return outcome[0] if outcome else int(manager.returncode or 0)


def wait_until(url: str, *, seconds: int = _PATIENCE_SECONDS) -> float:
    """Seconds until the address answers 200; raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if answers(url):
            return time.monotonic() - began
        time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within {seconds} s; see {HERE.log}.")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


class StoryEnds(Exception):
    """The story wants everything stopped, with this exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def _tell(manager: Manager, story: Callable[[], None], outcome: list[int]) -> None:
    try:
        story()
    except StoryEnds as end:
        outcome.append(end.code)
        manager.terminate()
    except Exception as fault:  # noqa: BLE001 (a thread's own boundary: say what happened, then stop all)
        print(f"\nThe demo stopped: {fault}\nThe log of all processes is {HERE.log}.", flush=True)
        outcome.append(1)
        manager.terminate()


def _environment(process: Process) -> dict[str, str]:
    hidden = set(read_environment()) if process.name in _SECRET_FREE else set()
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, **dict(process.environment), "PYTHONUNBUFFERED": "1"}
