"""Nothing is "running" for ever: what lost its worker goes back to the queue or ends as dead with a reason."""

from __future__ import annotations

import uuid

from django.db import transaction

from accounts.selectors import the_installation
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from jobs import leases
from jobs.models import Job, JobState
from mrm.lib import clock


def sweep() -> list[uuid.UUID]:
    """Return every expired lease, then name the queued jobs that a worker should be woken for now."""
    for job_id in Job.objects.filter(state=JobState.RUNNING, lease_until__lt=clock.now()).values_list(
        "pk", flat=True
    ):
        _take_back(job_id=job_id)
    return list(leases.ready().order_by("created_at").values_list("pk", flat=True)[:50])


def _take_back(*, job_id: uuid.UUID) -> None:
    with transaction.atomic():
        job = _expired(job_id)
        if job is None:
            return
        if job.cancel_requested_at is None and job.attempt < job.max_attempts:
            job.state, job.lease_until = JobState.QUEUED, None
            job.step = f"Attempt {job.attempt} lost its worker; waiting for another."
            job.save(update_fields=["state", "lease_until", "step"])
            return
    _bury(job_id=job_id)


@unit_of_work
def _bury(*, job_id: uuid.UUID) -> None:
    job = _expired(job_id)
    if job is None:
        return
    if job.cancel_requested_at:
        job.state, job.reason = JobState.CANCELLED, "Cancelled on request; its worker was lost."
    else:
        job.state = JobState.DEAD
        job.reason = f"Gave up after {job.attempt} attempts: each lost its worker. {job.step}"
    job.lease_until, job.ended_at = None, clock.now()
    job.save()
    facts = {"kind": job.kind, "state": str(job.state), "attempt": job.attempt}
    record(event=Event.JOB_ENDED, actor=the_installation(), subject=Subject("job", str(job.pk)), facts=facts)


def _expired(job_id: uuid.UUID) -> Job | None:
    return (
        Job.objects.select_for_update(of=("self",))
        .filter(pk=job_id, state=JobState.RUNNING, lease_until__lt=clock.now())
        .first()
    )
