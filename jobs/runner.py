"""Doing one job: claim, work outside any transaction, then results and state in one transaction or not at all."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.utils.module_loading import import_string

from audit.services import opened
from jobs import leases
from jobs.models import Job, JobState
from jobs.run import Cancelled, ChildFailed, ChildRefused, Run, TryAgain
from jobs.services import end_job, retry_or_bury
from mrm.lib.errors import Blocked, Refusal, reasons_of
from mrm.settings import governance

log = structlog.get_logger()
# What a handler hands back: it writes the results and answers what the job's result is, as JSON (Any).
Conclude = Callable[[], dict[str, Any]]


class LeaseLost(Exception):
    """The fence: another attempt owns the job, so this one's results are rolled back."""


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def run_job(job_id: uuid.UUID | None = None) -> Job | None:
    """Claim the named job (or the oldest queued one) and bring it to an end. None when there was nothing to claim.
    Every way out leaves the row queued again or ended with a reason; a killed process leaves it to the sweeper."""
    job = leases.claim(worker=worker_name(), job_id=job_id)
    if job is None:
        return None
    run = Run(job)
    log.info("job_started", job=str(job.pk), kind=job.kind, attempt=job.attempt)
    try:
        with run.keep_lease():
            conclude = _handler(job)(run)
            _finish(run, conclude)
    except Cancelled:
        end_job(run=run, state=JobState.CANCELLED, reason="Cancelled on request.")
    except LeaseLost:
        log.warning("job_lease_lost", job=str(job.pk), attempt=run.attempt)
    except Refusal as refusal:
        end_job(run=run, state=JobState.FAILED, reason=refusal.message, reasons=reasons_of(refusal))
    except ChildRefused as refusal:
        end_job(run=run, state=JobState.FAILED, reason=str(refusal), reasons=list(refusal.reasons))
    except (ChildFailed, TryAgain) as accident:
        retry_or_bury(run=run, reason=str(accident))
    except Exception as fault:
        log.exception("job_failed", job=str(job.pk), kind=job.kind)
        retry_or_bury(run=run, reason=f"The worker met a fault ({type(fault).__name__}); see its log.")
    ended = Job.objects.get(pk=job.pk)
    log.info("job_left", job=str(job.pk), kind=job.kind, attempt=run.attempt, state=ended.state)
    return ended


def _handler(job: Job) -> Callable[[Run], Conclude]:
    path = governance.HANDLERS.get(job.kind)
    if path is None:
        raise Blocked(f"Nobody handles jobs of the kind {job.kind}.", ["Unknown kind of job."])
    found: Callable[[Run], Conclude] = import_string(path)
    return found


def _finish(run: Run, conclude: Conclude) -> None:
    with opened():
        if leases.lock_held(job_id=run.job.pk, attempt=run.attempt) is None:
            raise LeaseLost
        result = conclude()
        end_job(run=run, state=JobState.SUCCEEDED, reason="", result=result)
