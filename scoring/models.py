"""Deployments, and every decision they made."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from approvals.models import Cap
from registry.models import ModelVersion, RiskModel

USER = settings.AUTH_USER_MODEL


class Deployment(models.Model):
    """A version holding a slot of its risk model. Shadow and canary come with a later issue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="deployments")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="deployments")
    slot = models.CharField(max_length=16)
    environment_digest = models.CharField(max_length=64)
    started_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["risk_model", "slot"], condition=Q(ended_at=None), name="one_version_a_slot"
            ),
            models.CheckConstraint(condition=Q(slot__in=["champion"]), name="slot_is_known"),
        ]


class Decision(models.Model):
    """One scored application. `body` is what was hashed: ids, digests, the hash of the ciphertext and a keyed
    commitment to the plain payload; the columns beside it are a projection. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="decisions")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="decisions")
    body = models.BinaryField()
    record = models.BinaryField(max_length=32, unique=True)  # SHA-256(0x00 ‖ body)
    outcome = models.CharField(max_length=16)
    # Keyed hash of the caller's reference: finds a request again without storing what the caller wrote.
    reference = models.CharField(max_length=64)
    # Under which cap, where the validation of the version had not ended.
    cap = models.ForeignKey(Cap, on_delete=models.PROTECT, null=True, related_name="decisions")
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["approve", "refer", "decline"]), name="decision_outcome_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["version", "-at", "id"], name="decision_of_version"),
            models.Index(fields=["-at", "id"], name="decision_newest"),
            models.Index(fields=["reference"], name="decision_by_reference"),
        ]


class DecisionPayload(models.Model):
    """What the applicant sent and what was answered, encrypted under a key of its own. Destroying the key
    makes it unreadable and leaves every digest valid."""

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, primary_key=True, related_name="payload"
    )
    ciphertext = models.BinaryField()
    # The payload's key, wrapped by the data key; NULL once erased.
    wrapped_key = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)
    erased_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # Words about an applicant stay outside the ledger, which holds their digest.
    erased_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrapped_key__isnull=False, erased_at=None, erased_by=None)
                | Q(wrapped_key=None, erased_at__isnull=False, erased_by__isnull=False),
                name="erased_payload_has_time_and_person",
            ),
        ]

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None
