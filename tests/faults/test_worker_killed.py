"""A real worker is killed in the middle of imports and trainings: every job ends, and ends once, with a reason."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.processes import ask, environment_of, kill, started

KILLS = 3
PATIENCE_SECONDS = 60
WORKER = ("celery", "--app", "mrm.celery", "worker", "--pool", "solo", "--loglevel", "WARNING", "--without-gossip")


@pytest.mark.sqlite
@pytest.mark.control("security:worker-death")
def test_jobs_of_a_killed_worker_end_with_a_reason(tmp_path: Path) -> None:
    environment, chance = environment_of(tmp_path), random.Random(7)
    ask(environment, "migrate")
    ask(environment, "ask")
    schedule = ("celery", "--app", "mrm.celery", "beat", "--pidfile=", "--schedule", str(tmp_path / "beat"))
    with started(environment, *schedule):
        for _ in range(KILLS):
            with started(environment, *WORKER) as worker:
                _wait(environment, lambda told: any(job["state"] == "running" for job in told["jobs"]), 20)
                time.sleep(chance.uniform(0.0, 0.6))
                kill(worker)
        with started(environment, *WORKER):
            told = _wait(environment, _is_over, PATIENCE_SECONDS)
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


def _wait(environment: dict[str, str], until, seconds: float) -> dict:
    limit = time.monotonic() + seconds
    while not until(told := ask(environment, "jobs")) and time.monotonic() < limit:
        time.sleep(0.2)
        if _is_over(told):
            break
    return told
