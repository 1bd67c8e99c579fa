"""Who signed what, having seen which evidence."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models import ModelVersion
from validation.models import Conclusion, Signed

USER = settings.AUTH_USER_MODEL


class RequestState(models.TextChoices):
    OPEN = "open"
    GRANTED = "granted"
    REJECTED = "rejected"
    RETURNED = "returned"
    VOID = "void"


class ApprovalRequest(models.Model):
    """The question put to the approvers, bound to the evidence they are shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="requests")
    conclusion = models.ForeignKey(Conclusion, on_delete=models.PROTECT, related_name="+")
    evidence_digest = models.CharField(max_length=64)
    quorum = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.OPEN)
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(state="open"), name="one_open_request_a_version"
            ),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="request_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="closed_request_has_a_time",
            ),
        ]


class SignOff(Signed):
    """One approver's signature under one request. Append-only."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="signoffs")
    verdict = models.CharField(max_length=16)  # approve, reject, return

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="one_signoff_a_person"),
            models.CheckConstraint(
                condition=Q(verdict__in=["approve", "reject", "return"]), name="signoff_verdict_is_known"
            ),
            models.CheckConstraint(condition=~Q(rationale=""), name="signoff_says_why"),
        ]
