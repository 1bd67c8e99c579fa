"""A real worker is killed in the middle of imports and trainings: every job ends, and ends once, with a reason."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.processes import ask, environment_of, kill, started

KILLS = 2
PATIENCE_SECONDS = 240
WORKER = (
    "celery",
    "--app",
    "mrm.celery",
    "worker",
    "--pool",
    "solo",
    "--loglevel",
    "WARNING",
    "--without-gossip",
)


@pytest.mark.sqlite
@pytest.mark.control("security:worker-death")
def test_jobs_of_a_killed_worker_end_with_a_reason(tmp_path: Path) -> None:
    environment, chance = environment_of(tmp_path), random.Random(7)
    database = tmp_path / "faults.sqlite3"
    ask(environment, "migrate")
    ask(environment, "ask")
    schedule = ("celery", "--app", "mrm.celery", "beat", "--pidfile=", "--schedule", str(tmp_path / "beat"))
    with started(environment, *schedule):
        for _ in range(KILLS):
            with started(environment, *WORKER) as worker:
                _wait(database, lambda told: any(job["state"] == "running" for job in told["jobs"]), 20)
                time.sleep(chance.uniform(0.0, 0.6))
                kill(worker)
        with started(environment, *WORKER):
            told = _wait(database, _is_over, PATIENCE_SECONDS)
    assert {job["state"] for job in told["jobs"]} <= {"succeeded", "failed", "dead"}
    for job in told["jobs"]:
        assert job["state"] == "succeeded" or job["reason"], job
        assert 1 <= job["attempt"] <= 3
    done = [job["kind"] for job in told["jobs"] if job["state"] == "succeeded"]
    # One snapshot stood before; MLflow does not answer here, so no training ends with a candidate.
    assert told["snapshots"] == 1 + done.count("import-snapshot")
    assert told["candidates"] == done.count("train") == 0
    assert all("MLflow" in job["reason"] for job in told["jobs"] if job["state"] == "failed")
    assert list((tmp_path / "uploads").glob("*")) == [] or "dead" in {job["state"] for job in told["jobs"]}


def _is_over(told: dict) -> bool:
    return all(job["state"] not in {"queued", "running"} for job in told["jobs"])


def _wait(database: Path, until: Callable[[dict], bool], seconds: float) -> dict:
    limit = time.monotonic() + seconds
    while not until(told := _told(database)) and time.monotonic() < limit and not _is_over(told):
        time.sleep(0.1)
    return told


def _told(database: Path) -> dict:
    """What the database says, asked without a process of Django's for every question."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        asked = connection.execute("SELECT kind, state, reason, attempt FROM jobs_job ORDER BY created_at")
        names = ("kind", "state", "reason", "attempt")
        told: dict = {"jobs": [dict(zip(names, row, strict=True)) for row in asked]}
        for name, table in (("snapshots", "registry_datasetsnapshot"), ("candidates", "registry_candidate")):
            told[name] = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    return told
