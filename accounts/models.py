"""People, their accounts, roles and tokens. People are counted, not accounts."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
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
    # The last time the owner chose the password.
    password_chosen_at = models.DateTimeField(null=True)
    # Set when an administrator chooses the password; gone when the owner has chosen one and enrolled a factor after it.
    signing_blocked_since = models.DateTimeField(null=True)
    # Factors enrolled up to here never count for a signature: whoever knew the password may have enrolled them.
    factors_count_from = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    # Set by token authentication for the length of one request: the token narrows what the owner may do.
    presented_scopes: frozenset[str] | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["person", "service"]), name="user_kind_is_known"),
            models.CheckConstraint(
                condition=Q(signing_blocked_since=None)
                | Q(factors_count_from__isnull=False, signing_blocked_since__lte=F("factors_count_from")),
                name="block_discounts_factors",
            ),
        ]

    @property
    def ledger_id(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        return self.person.name


class Scoped(models.Model):
    """A role with what it is for: all models or one (by slug), from when until when, and for a bounded role the days
    (UTC, both included) of the records it may read."""

    role = models.CharField(max_length=32)
    model_slug = models.CharField(max_length=64, blank=True, default="")
    ends_at = models.DateTimeField(null=True)
    records_from = models.DateField(null=True)
    records_until = models.DateField(null=True)

    class Meta:
        abstract = True


_HAS_PERIOD = Q(records_from__isnull=False, records_until__isnull=False)
_HAS_NO_PERIOD = Q(records_from=None, records_until=None)
_IS_BOUNDED = ~Q(model_slug="") & Q(ends_at__isnull=False) & _HAS_PERIOD


class RequestSource(models.TextChoices):
    PERSON = "person"
    PROVIDER_GROUP = "provider_group"
    INVITATION = "invitation"


class RequestState(models.TextChoices):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RoleRequest(Scoped):
    """A role that somebody asked for, for whom and for what, and what a second person made of it. Without
    `starts_at` the role begins when it is granted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_requests")
    starts_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    why = models.TextField()
    source = models.CharField(max_length=16, choices=RequestSource, default=RequestSource.PERSON)
    # The group of the identity provider whose members are proposed for this role; empty for any other source.
    provider_group = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.OPEN)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="role_request_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=RequestSource.values), name="role_request_source_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(source="provider_group") & ~Q(provider_group=""))
                | (~Q(source="provider_group") & Q(provider_group="")),
                name="role_request_names_its_group",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None, settled_by=None)
                | (~Q(state="open") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="settled_role_request_names_who",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "withdrawn"]) | ~Q(settled_why=""),
                name="role_request_not_granted_says_why",
            ),
            models.CheckConstraint(
                condition=(Q(role="regulator") & _IS_BOUNDED) | (~Q(role="regulator") & _HAS_NO_PERIOD),
                name="regulator_asked_for_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="role_request_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(records_from=None) | Q(records_until__gte=F("records_from")),
                name="role_request_period_runs_forward",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "model_slug"],
                condition=Q(settled_at=None),
                name="one_open_request_a_role",
            ),
        ]
        indexes = [models.Index(fields=["-asked_at", "id"], name="role_request_newest")]


class RoleGrant(Scoped):
    """A role that a user holds between two moments. Who asked for it stands in its request; the installation's own
    grants, from the command line, have none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    starts_at = models.DateTimeField()
    request = models.OneToOneField(RoleRequest, on_delete=models.PROTECT, null=True, related_name="grant")
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
            models.CheckConstraint(
                condition=(Q(role="regulator") & _IS_BOUNDED) | (~Q(role="regulator") & _HAS_NO_PERIOD),
                name="regulator_granted_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="grant_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(records_from=None) | Q(records_until__gte=F("records_from")),
                name="grant_period_runs_forward",
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


class ProofCount(models.Model):
    """What somebody has proven with last: the newest time step of a code, and how often in a row they were wrong."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="proofs")
    # A code is good for one time step; a step at or below this one is spent.
    totp_step = models.BigIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True)


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


class Session(AbstractBaseSession):
    """A browser: somebody signed in with it, or a stranger was given something to come back to."""

    # The SHA-256 of what the cookie holds: whoever reads this table can sign in with nothing of it.
    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    agent = models.CharField(max_length=64, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from accounts.session_store import SessionStore

        return SessionStore


class Draft(models.Model):
    """What a form held whose sign-in had run out: encrypted, for its sender alone, for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    path = models.CharField(max_length=500)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="one_draft_a_form"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("kept_at")), name="draft_has_an_end"),
        ]


class Invitation(models.Model):
    """A person who may make their own account, once, by a link of which only the SHA-256 is here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8)
    mail = models.EmailField(blank=True, default="")
    # None until the job that mails the link has made one.
    secret_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (unique)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="invitations")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(user__isnull=False), name="one_invitation_an_account"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("invited_at")), name="invitation_has_an_end"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, user=None)
                | Q(accepted_at__isnull=False, user__isnull=False, revoked_at=None),
                name="invitation_accepted_made_an_account",
            ),
        ]


class FailureCount(models.Model):
    """Wrong secrets in a row at one door: tried on a name, from an address, or presented as a token. The key is a keyed
    digest, because a name that was tried may be somebody's password in the wrong field."""

    class Door(models.TextChoices):
        NAME = "name"
        ADDRESS = "address"
        TOKEN = "token"  # noqa: S105 (a name, not a secret)

    door = models.CharField(max_length=8, choices=Door)
    key = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    since = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    # Until when the ledger has heard of the lockout: the first failure beyond a limit is an entry, the others are not.
    noted_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["door", "key"], name="one_failure_count_a_door")]


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
