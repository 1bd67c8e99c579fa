"""What a handler holds while it works: progress, cancellation and child processes of one attempt."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from accounts.models import User
from jobs import leases
from jobs.models import Job, JobState
from mrm.lib import strict_json

_POLL_SECONDS = 0.1
_TAIL = 4_000


class Cancelled(Exception):
    """Somebody asked to stop, or the lease is lost: the attempt ends here and writes nothing."""


class TryAgain(Exception):
    """What is outside did not answer as it should; the text says how, and never quotes it. The job rests as long as
    governance.WAITS says, then another attempt begins; after the last one it is dead."""


class ChildFailed(Exception):
    """The child process ended without a result; the text says how."""


class Run:
    """One attempt at one job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.attempt = job.attempt
        self.actor: User = job.requested_by
        self._stopped = threading.Event()
        self._steps: list[str] = list(job.steps_done) if job.attempt > 1 else []

    def progress(self, step: str, percent: int) -> None:
        """Say what is being done. Raises Cancelled when the job is no longer this attempt's."""
        if self.job.step and self.job.step != step:
            self._steps.append(self.job.step)
        self.job.step = step
        held = Job.objects.filter(
            pk=self.job.pk, attempt=self.attempt, state=JobState.RUNNING, cancel_requested_at=None
        )
        if self._stopped.is_set() or not held.update(step=step, percent=percent, steps_done=self._steps):
            self._stopped.set()
            raise Cancelled(f"Stopped before: {step}")

    def folder(self) -> tempfile.TemporaryDirectory[str]:
        """A private folder that is gone when the handler leaves it."""
        root = Path(settings.MRM_VAR_DIR) / "work"
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.TemporaryDirectory(prefix=f"{self.job.kind}-", dir=root)

    def child(self, *, target: str, folder: Path, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Run `module:function` on a folder in a process of its own: no database, no settings, no secrets in its
        environment. It dies with this process (its standard input closes) and when the lease is lost. `meanwhile` is
        called again and again until it ends: to look at what already lies in the folder."""
        with subprocess.Popen(
            [sys.executable, "-m", "mrm.lib.child", target, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=bare_environment(),
            cwd=settings.BASE_DIR,
        ) as process:
            said = _drain(process)
            try:
                self._wait(process, meanwhile)
            finally:
                if process.poll() is None:
                    process.kill()
            process.wait()
            said.join()
        refusal = folder / "refusal.json"
        if refusal.exists():
            raise ChildRefused(strict_json.loads(refusal.read_bytes()))
        if process.returncode != 0:
            raise ChildFailed(_how_it_ended(process.returncode, said.tail))

    def _wait(self, process: subprocess.Popen[bytes], meanwhile: Callable[[], None]) -> None:
        while process.poll() is None:
            meanwhile()
            if self._stopped.wait(_POLL_SECONDS):
                raise Cancelled("Stopped while a child process was working.")

    def keep_lease(self) -> KeptLease:
        return KeptLease(self, self._stopped)


class ChildRefused(ChildFailed):
    """The child looked at the bytes and said no, in words: a refusal, not an accident."""

    def __init__(self, refusal: dict[str, list[str]]) -> None:
        self.reasons = tuple(refusal["reasons"])
        super().__init__(" ".join(self.reasons))


class KeptLease:
    """Renews the lease from a thread of its own while the handler computes."""

    def __init__(self, run: Run, stopped: threading.Event) -> None:
        self._run, self._stopped = run, stopped
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True, name=f"lease-{run.job.pk}")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _renew(self) -> None:
        # A third of the lease, so that two renewals may fail; at most a second, so that a cancel is heard soon.
        pause = min(leases.length().total_seconds() / 3, 1.0)
        lost_after = time.monotonic() + leases.length().total_seconds()
        try:
            while not self._done.wait(pause):
                try:
                    held = leases.renew(job_id=self._run.job.pk, attempt=self._run.attempt)
                except (DatabaseError, InterfaceError):  # the lease counts as lost once it has run out
                    held = time.monotonic() < lost_after
                    connection.close()
                else:
                    lost_after = time.monotonic() + leases.length().total_seconds()
                if not held:
                    self._stopped.set()
                    return
        finally:
            connection.close()


class _Drain(threading.Thread):
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self._process, self.tail = process, b""

    def run(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 (opened as a pipe above)
        for line in self._process.stderr:
            self.tail = (self.tail + line)[-_TAIL:]


def _drain(process: subprocess.Popen[bytes]) -> _Drain:
    thread = _Drain(process)
    thread.start()
    return thread


def bare_environment() -> dict[str, str]:
    """No secret: what a child process needs of this one's, and one thread."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _how_it_ended(code: int, tail: bytes) -> str:
    if code < 0:
        return f"The child process was ended by signal {-code}."
    last = tail.decode(errors="replace").strip().splitlines()
    # Only the exception's own type: its text may quote a row.
    kind = last[-1].split(":")[0] if last else "no words"
    return f"The child process ended with code {code} ({kind})."
