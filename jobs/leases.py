"""Who works on a job now: claiming, renewing and losing a lease. Every write names the attempt it belongs to."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from jobs.models import Job, JobState
from mrm.lib import clock

# A worker takes up what is ready within seconds.
TAKEN_UP_WITHIN = dt.timedelta(minutes=10)


def length() -> dt.timedelta:
    return dt.timedelta(seconds=settings.MRM_LEASE_SECONDS)


def ready() -> QuerySet[Job]:
    """Queued jobs whose time has come."""
    queued = Job.objects.filter(state=JobState.QUEUED)
    return queued.filter(Q(not_before=None) | Q(not_before__lte=clock.now()))


def ready_since(moment: dt.datetime) -> QuerySet[Job]:
    """Those that somebody could have taken up before this moment."""
    return ready().filter(created_at__lt=moment).exclude(not_before__gte=moment)


def claim(*, worker: str, job_id: uuid.UUID | None = None) -> Job | None:
    """Take one queued job that does not rest (the named one, or the oldest) and return it with its new attempt, or
    None. On PostgreSQL a row that another worker holds is skipped; on SQLite the transaction is the only writer."""
    with transaction.atomic():
        queued = ready().select_for_update(skip_locked=True, of=("self",))
        if job_id is not None:
            queued = queued.filter(pk=job_id)
        job = queued.order_by("created_at").first()
        if job is None:
            return None
        moment = clock.now()
        Job.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=moment + length(),
            worker=worker,
            started_at=job.started_at or moment,
        )
    return Job.objects.select_related("requested_by__person").get(pk=job.pk)


def renew(*, job_id: uuid.UUID, attempt: int) -> bool:
    """Keep the lease; False when it is lost or somebody asked to cancel."""
    held = Job.objects.filter(pk=job_id, attempt=attempt, state=JobState.RUNNING, cancel_requested_at=None)
    return held.update(lease_until=clock.now() + length()) > 0


def lock_held(*, job_id: uuid.UUID, attempt: int) -> Job | None:
    """The job's row, locked, if this attempt still holds it. Call inside the transaction that ends the job."""
    return (
        Job.objects.select_for_update(of=("self",))
        .filter(pk=job_id, attempt=attempt, state=JobState.RUNNING)
        .first()
    )
