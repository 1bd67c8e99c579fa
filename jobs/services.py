"""Asking for work, cancelling it, ending it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string

from accounts.access import reach, require
from accounts.models import User
from accounts.permissions import Permission
from accounts.selectors import user_by_id
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from jobs import leases
from jobs.models import Job, JobState
from jobs.run import Run
from mrm.lib import clock
from mrm.lib.errors import NotFound, WrongStage
from mrm.settings import governance

# Of a kind that governance.WAITS does not name.
ATTEMPTS = 3


@unit_of_work
def request_job(*, actor: User, kind: str, subject: Subject, payload: dict[str, Any]) -> Job:
    """Queue work in the caller's transaction; a worker is woken after the commit and the scheduler finds what was
    not. The permission belongs to the act that asks, so the calling service has asked for it."""
    if kind not in governance.HANDLERS:
        raise NotFound(f"There is no kind of job named {kind}.")
    job = _insert(actor, kind, subject, payload)
    facts = {"kind": kind, "subject_type": subject.type, "subject_id": subject.id}
    record(event=Event.JOB_REQUESTED, actor=actor, subject=_subject(job), facts=facts)
    return job


def queue_follow_up(*, actor: User, kind: str, subject: Subject) -> Job:
    """Work that follows from what the caller's unit of work records, so that it needs no entry of its own."""
    return _insert(actor, kind, subject, {})


def queue_reaction(*, kind: str, subject: Subject, actor_id: str) -> None:
    """Called by the ledger's unit of work through governance.REACTIONS: the fact itself is the entry."""
    _insert(user_by_id(actor_id), kind, subject, {})


@unit_of_work
def cancel_job(*, actor: User, job: Job) -> Job:
    """A queued job ends now; a running one is told, and its child process is ended within a second or two. Whoever
    may cancel for some models only cancels what they asked for themselves."""
    require(actor=actor, permission=Permission.JOB_CANCEL)
    if job.requested_by_id != actor.pk and reach(actor=actor, permission=Permission.JOB_CANCEL) is not None:
        raise NotFound("There is no such job that you may cancel.")
    held = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not held.is_open:
        raise WrongStage(f"This job has {held.state} already; there is nothing to cancel.")
    moment = clock.now()
    held.cancel_requested_at = moment
    if held.state == JobState.QUEUED:
        held.state, held.ended_at = JobState.CANCELLED, moment
        held.reason = "Cancelled on request before it began."
    held.save(update_fields=["cancel_requested_at", "state", "ended_at", "reason"])
    record(event=Event.JOB_CANCELLED, actor=actor, subject=_subject(held), facts={"kind": held.kind})
    return held


@unit_of_work
def end_job(
    *,
    run: Run,
    state: JobState,
    reason: str,
    reasons: list[str] | None = None,
    result: dict[str, Any] | None = None,  # Any: JSON, in the shape of the kind of job
) -> None:
    """Bring the attempt's job to its end, unless the attempt has lost it."""
    job = leases.lock_held(job_id=run.job.pk, attempt=run.attempt)
    if job is None:
        return
    job.state, job.reason, job.reasons = state, reason, list(reasons or [])
    job.lease_until, job.ended_at = None, clock.now()
    job.result = result or {}
    if state == JobState.SUCCEEDED:
        job.percent = 100
    job.save()
    facts = {"kind": job.kind, "state": str(state), "attempt": job.attempt}
    record(event=Event.JOB_ENDED, actor=run.actor, subject=_subject(job), facts=facts)


def retry_or_bury(*, run: Run, reason: str) -> None:
    """After an accident: back to the queue while attempts are left, else dead with the reason."""
    if run.attempt >= run.job.max_attempts:
        end_job(run=run, state=JobState.DEAD, reason=f"Gave up after {run.attempt} attempts. {reason}")
        return
    with transaction.atomic():
        job = leases.lock_held(job_id=run.job.pk, attempt=run.attempt)
        if job is not None:
            job.state, job.lease_until = JobState.QUEUED, None
            job.not_before = _rested(job)
            job.step = f"Waiting to try again. {reason}"[:200]
            job.save(update_fields=["state", "lease_until", "not_before", "step"])


def _rested(job: Job) -> dt.datetime | None:
    """When the next attempt may begin; None where the table names no wait."""
    waits = governance.WAITS.get(job.kind, ())
    if job.attempt > len(waits):
        return None
    return clock.now() + dt.timedelta(seconds=waits[job.attempt - 1])


def _insert(actor: User, kind: str, subject: Subject, payload: dict[str, Any]) -> Job:
    job = Job(
        kind=kind,
        subject_type=subject.type,
        subject_id=subject.id,
        payload=payload,
        max_attempts=len(governance.WAITS[kind]) + 1 if kind in governance.WAITS else ATTEMPTS,
        requested_by=actor,
        created_at=clock.now(),
    )
    job.save(force_insert=True)
    transaction.on_commit(lambda: _wake(job.pk), robust=True)
    return job


def _wake(job_id: uuid.UUID) -> None:
    """By the table, so that services know no task. A broker that is down costs seconds, never the job."""
    import_string(governance.WAKE)(job_id)


def _subject(job: Job) -> Subject:
    return Subject("job", str(job.pk))
