"""Reading jobs."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from accounts.access import reach, require
from accounts.models import User
from accounts.permissions import Permission
from jobs import leases
from jobs.models import Job
from mrm.lib import clock
from mrm.lib.errors import NotFound


def visible_jobs(*, actor: User) -> QuerySet[Job]:
    """All jobs, newest first: a job holds ids and counts, never an applicant's data. A job knows no model, so whoever
    reads for some models only sees the jobs they asked for themselves."""
    require(actor=actor, permission=Permission.JOB_READ)
    jobs = Job.objects.select_related("requested_by__person").order_by("-created_at", "id")
    if reach(actor=actor, permission=Permission.JOB_READ) is None:
        return jobs
    return jobs.filter(requested_by=actor)


def waits_for_a_worker() -> bool:
    """Whether a job has been ready for so long that nobody can be taking them up."""
    long_ago = clock.now() - leases.TAKEN_UP_WITHIN
    return leases.ready_since(long_ago).exists()


def job(*, actor: User, job_id: uuid.UUID) -> Job:
    found = visible_jobs(actor=actor).filter(pk=job_id).first()
    if found is None:
        raise NotFound("There is no such job that you may see.")
    return found
