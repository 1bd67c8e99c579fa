"""People, their accounts, roles and tokens. People are counted, not accounts."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q


class Person(models.Model):
    """A human being or an organisation's service; two accounts of one person count once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)


class UserKind(models.TextChoices):
    PERSON = "person"
    SERVICE = "service"


class UserManager(BaseUserManager["User"]):
    """Only reads by natural key: accounts are made by services, which leave an entry."""


class User(AbstractBaseUser):
    """An account. It holds no permission of its own, and `is_superuser` does not exist here: roles are granted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=16, choices=UserKind, default=UserKind.PERSON)
    is_active = models.BooleanField(default=True)
    # A database administrator's or framework's notion; no gate and no permission ever reads it.
    is_superuser = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="en")

    USERNAME_FIELD = "username"
    objects = UserManager()

    # Set by token authentication for the length of one request: the token narrows what the owner may do.
    presented_scopes: frozenset[str] | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["person", "service"]), name="user_kind_is_known"),
        ]

    @property
    def ledger_id(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        return self.person.name


class RoleGrant(models.Model):
    """One role of one user, for all models or for one (by slug)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32)
    model_slug = models.CharField(max_length=64, blank=True, default="")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("granted_by")), name="role_not_granted_to_oneself"),
            models.UniqueConstraint(
                fields=["user", "role", "model_slug"],
                condition=Q(revoked_at=None),
                name="one_open_grant_a_role",
            ),
        ]


class Token(models.Model):
    """An API token: the secret is shown once, its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    secret_digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignatureChallenge(models.Model):
    """A single-use promise to sign one digest with one meaning, valid for a minute."""

    nonce = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    meaning = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class IdempotencyKey(models.Model):
    """The stored answer of a write, so that a client may repeat it. Holds no applicant's data: a score keeps the
    id of its Decision here and the answer is shaped again from there."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    operation = models.CharField(max_length=200)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key")]


class RefusalCount(models.Model):
    """How often one actor was refused one permission in one minute; the first of each minute is an entry."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    permission = models.CharField(max_length=64)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "permission", "minute"], name="one_refusal_row_a_minute")
        ]


class ThrottleWindow(models.Model):
    """How often one user asked for one scope in one minute of the clock. Swept; says nothing that is kept."""

    scope = models.CharField(max_length=32)
    who = models.CharField(max_length=64)
    # Minutes since 1970: a whole number is compared without a calendar.
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "who", "minute"], name="one_window_a_minute"),
            models.CheckConstraint(condition=Q(count__gte=1), name="window_counts_something"),
        ]
        indexes = [models.Index(fields=["minute"], name="throttle_minute")]
