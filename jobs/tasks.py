"""Celery's side: waking up and sweeping. No decision is taken here."""

from __future__ import annotations

import uuid

import structlog
from celery import shared_task

log = structlog.get_logger()


@shared_task(name="jobs.tasks.run_job", acks_late=False)
def run_job(job_id: str) -> None:
    from jobs import runner

    runner.run_job(uuid.UUID(job_id))


@shared_task(name="jobs.tasks.sweep")
def sweep() -> None:
    from jobs import sweeper

    for job_id in sweeper.sweep():
        run_job.delay(str(job_id))


def wake(job_id: uuid.UUID) -> None:
    """Best effort: the scheduler wakes a worker for whatever this misses."""
    try:
        run_job.apply_async([str(job_id)], retry=False)
    except Exception:  # noqa: BLE001 (the broker's own exceptions differ by transport)
        log.warning("broker_unreachable", job=str(job_id))
