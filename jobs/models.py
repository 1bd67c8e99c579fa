"""Background work whose truth is in the database; Celery only wakes a worker up."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEAD = "dead"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """One unit of work. `attempt` is the fencing token: a worker whose attempt is not the row's writes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    # Ids and settings only: an applicant's data never travels in a job.
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    lease_until = models.DateTimeField(null=True)
    # A queued job that failed outside rests until then, so that what is down is not asked without pause.
    not_before = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True, default="")
    step = models.CharField(max_length=200, blank=True, default="")
    steps_done = models.JSONField(default=list)
    percent = models.PositiveSmallIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    reasons = models.JSONField(default=list)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="job_percent_at_most_100"),
            models.CheckConstraint(
                condition=(Q(state="running") & Q(lease_until__isnull=False))
                | (~Q(state="running") & Q(lease_until__isnull=True)),
                name="job_running_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at=None)
                | Q(state__in=["succeeded", "failed", "cancelled", "dead"], ended_at__isnull=False),
                name="job_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "dead", "cancelled"]) | ~Q(reason=""),
                name="job_that_did_not_succeed_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="job_by_state"),
            models.Index(fields=["subject_type", "subject_id"], name="job_by_subject"),
            models.Index(fields=["-created_at", "id"], name="job_newest_first"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
