"""Who is told of what: notices, the people they are for, and where their mail goes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from jobs.models import Job

USER = settings.AUTH_USER_MODEL


class Notice(models.Model):
    """Something happened, or falls due. It holds names of things, never anybody's words. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(max_length=64)
    about = models.CharField(max_length=32)
    about_id = models.CharField(max_length=64)
    # What its sentence needs, so that a list asks for no row of another app.
    named = models.CharField(max_length=200)
    act = models.CharField(max_length=32, blank=True, default="")
    outcome = models.CharField(max_length=32, blank=True, default="")
    path = models.CharField(max_length=300)
    # Nobody, where the clock did it.
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    # Of a reminder: what it reminds of, and at which of the days before.
    due_at = models.DateTimeField(null=True)
    days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=None, days=None) | Q(due_at__isnull=False, days__isnull=False),
                name="reminder_has_date_and_days",
            ),
            models.UniqueConstraint(
                fields=["about", "about_id", "due_at", "days"],
                condition=Q(days__isnull=False),
                name="one_reminder_a_day_named",
            ),
        ]
        indexes = [models.Index(fields=["event", "about_id"], name="notice_of_thing")]

    @property
    def is_reminder(self) -> bool:
        return self.days is not None


class Unmailed(models.TextChoices):
    """Why a notice stands on the page only."""

    MAILED = ""
    NO_ADDRESS = "no_address"
    NO_MAIL = "no_mail"


class Telling(models.Model):
    """One notice for one user, and the job that mails it. How far the mail is, the job says. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="tellings")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, related_name="+")
    unmailed = models.CharField(max_length=16, choices=Unmailed, blank=True, default=Unmailed.MAILED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "user"], name="one_telling_a_user"),
            models.CheckConstraint(
                condition=Q(job__isnull=False, unmailed="")
                | Q(job=None, unmailed__in=["no_address", "no_mail"]),
                name="telling_is_mailed_or_says_why_not",
            ),
        ]
        indexes = [models.Index(fields=["user", "-at", "id"], name="telling_newest_first")]


class Address(models.Model):
    """Where somebody's notices are mailed to; empty when they want no mail. It signs nobody in."""

    user = models.OneToOneField(USER, on_delete=models.PROTECT, primary_key=True, related_name="+")
    mail = models.EmailField(blank=True, default="")
    changed_at = models.DateTimeField()


class Endpoint(models.Model):
    """A receiver of webhooks: another system's address, and the events that it is told of. Its address never changes:
    who moves adds another one, and disables this."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    events = models.JSONField()
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    disabled_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="endpoint_has_a_name"),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_by=None)
                | Q(disabled_at__isnull=False, disabled_by__isnull=False),
                name="disabled_endpoint_names_who",
            ),
        ]
        indexes = [models.Index(fields=["-added_at", "id"], name="endpoint_newest_first")]


class EndpointSecret(models.Model):
    """What deliveries to an endpoint are signed with: encrypted, shown once. After a rotation the one before signs as
    well, until it ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="secrets")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ends_at=None), name="one_standing_secret_an_endpoint"
            ),
        ]


class Delivery(models.Model):
    """One notice for one endpoint, and the job that delivers it, which says how far it is. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    at = models.DateTimeField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "endpoint"], name="one_delivery_an_endpoint"),
        ]
        indexes = [models.Index(fields=["endpoint", "-at", "id"], name="delivery_newest_first")]
