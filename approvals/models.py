"""Who signed what, having seen which evidence."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from approvals.policy import quorum_of
from mrm.lib import clock
from registry.models import DatasetSnapshot, ModelVersion
from validation.models import CheckResult, ConcludedDemand, Conclusion, Signed

USER = settings.AUTH_USER_MODEL


class RequestState(models.TextChoices):
    OPEN = "open"
    GRANTED = "granted"
    REJECTED = "rejected"
    RETURNED = "returned"
    VOID = "void"
    WITHDRAWN = "withdrawn"


class ApprovalRequest(models.Model):
    """A question put to the approvers: may this act be done to this subject, exactly as `content` says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField(max_length=32)
    # What the act is done to, as text: acts of other apps are about rows that this app does not know.
    subject = models.CharField(max_length=200)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, related_name="requests")
    snapshot = models.ForeignKey(
        DatasetSnapshot, on_delete=models.PROTECT, null=True, related_name="requests"
    )
    conclusion = models.ForeignKey(Conclusion, on_delete=models.PROTECT, null=True, related_name="+")
    # What every sign-off here names: the evidence that was concluded on, or the digest of what is asked.
    evidence_digest = models.CharField(max_length=64)
    quorum = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.OPEN)
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.TextField(blank=True, default="")
    # How long the owner of the object may act on the grant.
    holds_until = models.DateTimeField(null=True)
    # Who has taken it in hand; the claim lapses by the clock.
    claimed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["act", "subject"], condition=Q(state="open"), name="one_open_request_an_act"
            ),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="request_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="closed_request_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="granted", holds_until__isnull=False)
                | (~Q(state="granted") & Q(holds_until=None)),
                name="granted_request_ends",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None, claimed_until=None)
                | Q(
                    claimed_by__isnull=False,
                    claimed_at__isnull=False,
                    claimed_until__isnull=False,
                    claimed_until__gt=F("claimed_at"),
                ),
                name="claim_has_person_and_end",
            ),
        ]
        indexes = [models.Index(fields=["act", "digest"], name="request_by_digest")]

    @property
    def is_overdue(self) -> bool:
        return self.state == RequestState.OPEN and self.due_at <= clock.now()

    @property
    def is_claimed(self) -> bool:
        return self.claimed_until is not None and self.claimed_until > clock.now()

    @property
    def owed(self) -> int:
        """The sign-offs it takes. While it is open the tier is asked again: the number written down is what was
        promised, and a model that has become more material since takes more."""
        if self.version is None or self.state != RequestState.OPEN:
            return self.quorum
        return max(self.quorum, quorum_of(self.version.risk_model.tier, self.act))


class SignOff(Signed):
    """One approver's signature under one request. Append-only."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="signoffs")
    verdict = models.CharField(max_length=32)  # policy.SignVerdict
    on_behalf_of = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="one_signoff_a_person"),
            models.CheckConstraint(
                condition=Q(
                    verdict__in=[
                        "approve",
                        "approve_with_conditions",
                        "reject",
                        "return",
                        "dissent",
                    ]
                ),
                name="signoff_verdict_is_known",
            ),
            models.CheckConstraint(condition=~Q(rationale=""), name="signoff_says_why"),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("person")), name="signoff_for_another"
            ),
        ]


class Recusal(models.Model):
    """An approver's declared conflict: from then on they sign nothing under this request. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="recusals")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=200)
    why = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="one_recusal_a_person"),
            models.CheckConstraint(condition=~Q(why=""), name="recusal_says_why"),
        ]


class Delegation(models.Model):
    """One approver stands in for another, for a time. It gives no permission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delegator = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    why = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends"),
            models.CheckConstraint(condition=~Q(delegate=F("delegator")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="ended_delegation_names_who",
            ),
        ]


class Condition(models.Model):
    """What an approver, or the validator who concluded, asks for later. It binds once its request is granted; overdue
    it closes the gates, by the clock. Append-only: whether it is met is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="conditions")
    # Whose it is: an approver's signature, or what the conclusion demanded.
    signoff = models.ForeignKey(SignOff, on_delete=models.PROTECT, null=True, related_name="conditions")
    demand = models.ForeignKey(ConcludedDemand, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="conditions")
    words = models.TextField()
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="condition_says_what"),
            models.CheckConstraint(
                condition=Q(signoff__isnull=False, demand=None) | Q(signoff=None, demand__isnull=False),
                name="condition_has_one_source",
            ),
            models.UniqueConstraint(fields=["request", "demand"], name="one_condition_a_demand"),
        ]
        indexes = [models.Index(fields=["version", "due_at"], name="condition_of_version")]

    @property
    def source(self) -> Signed | None:
        """The signature that asks for it."""
        return self.demand.conclusion if self.demand is not None else self.signoff

    @property
    def is_met(self) -> bool:
        return hasattr(self, "fulfilment")

    @property
    def state(self) -> str:
        """Met, lapsed or open, by the clock."""
        if self.is_met:
            return "met"
        return "lapsed" if self.due_at <= clock.now() else "open"


class Fulfilment(Signed):
    """A validator's signature that a condition is met. Append-only."""

    condition = models.OneToOneField(Condition, on_delete=models.PROTECT, related_name="fulfilment")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(rationale=""), name="fulfilment_says_why")]


class ValidationException(models.Model):
    """One failed blocking check let stand until a date, by quorum. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="exception")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="exceptions")
    result = models.ForeignKey(CheckResult, on_delete=models.PROTECT, related_name="exceptions")
    check_id = models.CharField(max_length=64)
    granted_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("granted_at")), name="exception_ends"),
        ]
        indexes = [models.Index(fields=["version", "until"], name="exception_of_version")]

    @property
    def has_lapsed(self) -> bool:
        return self.until <= clock.now()


class SnapshotException(models.Model):
    """One failed quality rule of a snapshot let stand until a date, by quorum. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(
        ApprovalRequest, on_delete=models.PROTECT, related_name="snapshot_exception"
    )
    snapshot = models.ForeignKey(DatasetSnapshot, on_delete=models.PROTECT, related_name="exceptions")
    rule = models.CharField(max_length=64)
    granted_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("granted_at")), name="snapshot_exception_ends"),
        ]
        indexes = [models.Index(fields=["snapshot", "until"], name="exception_of_snapshot")]

    @property
    def has_lapsed(self) -> bool:
        return self.until <= clock.now()


class Cap(models.Model):
    """Use of a version before its validation has ended, by quorum: so many decisions, such amounts, one segment, until
    a moment. What is used of it only grows; nothing else of it changes. Amounts are hundredths."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="cap")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="caps")
    granted_at = models.DateTimeField()
    until = models.DateTimeField()
    most_decisions = models.PositiveIntegerField()
    # The input of an application that is its amount; empty where amounts are not capped.
    amount_input = models.CharField(max_length=63, blank=True, default="")
    most_each = models.BigIntegerField(null=True)
    most_total = models.BigIntegerField(null=True)
    # Only applications with this value of this input; empty for all.
    segment_input = models.CharField(max_length=63, blank=True, default="")
    segment_value = models.CharField(max_length=40, blank=True, default="")
    used_decisions = models.PositiveIntegerField(default=0)
    used_amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("granted_at")), name="cap_ends"),
            models.CheckConstraint(
                condition=Q(most_decisions__gte=1, used_decisions__lte=F("most_decisions")),
                name="cap_holds_decisions",
            ),
            models.CheckConstraint(
                condition=Q(amount_input="", most_each=None, most_total=None, used_amount=0)
                | Q(
                    ~Q(amount_input=""),
                    most_each__gt=0,
                    most_total__gte=F("most_each"),
                    used_amount__gte=0,
                    used_amount__lte=F("most_total"),
                ),
                name="cap_holds_amounts",
            ),
            models.CheckConstraint(
                condition=Q(segment_input="", segment_value="")
                | (~Q(segment_input="") & ~Q(segment_value="")),
                name="cap_segment_has_a_value",
            ),
        ]
        indexes = [models.Index(fields=["version", "-granted_at"], name="cap_of_version")]

    @property
    def has_ended(self) -> bool:
        return self.until <= clock.now()

    @property
    def is_used_up(self) -> bool:
        return self.used_decisions >= self.most_decisions


class OverlayKind(models.TextChoices):
    """What is put on top of what a version says."""

    PD_MULTIPLIER = "pd_multiplier", _("PD multiplied by")
    PD_ADD_ON = "pd_add_on", _("Added to the PD")
    PROVISION_AMOUNT = "provision_amount", _("Added to the provision")
    CUT_OFF_TIGHTENING = "cut_off_tightening", _("Cut-off lowered by")


class Overlay(models.Model):
    """An amount on top of what a version says, by quorum, until a moment. No score changes by it here. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="overlay")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="overlays")
    kind = models.CharField(max_length=32, choices=OverlayKind)
    # As it was signed: a decimal as text.
    size = models.CharField(max_length=40)
    segment = models.TextField()
    granted_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OverlayKind.values), name="overlay_kind_is_known"),
            models.CheckConstraint(condition=~Q(size="") & ~Q(segment=""), name="overlay_says_how_much"),
            models.CheckConstraint(condition=Q(until__gt=F("granted_at")), name="overlay_ends"),
        ]
        indexes = [models.Index(fields=["version", "until"], name="overlay_of_version")]

    @property
    def has_lapsed(self) -> bool:
        return self.until <= clock.now()

    @property
    def why(self) -> str:
        return str(self.request.content["why"])

    @property
    def signed_by(self) -> list[str]:
        """Who signed for it."""
        approving = [each for each in self.request.signoffs.all() if each.verdict.startswith("approve")]
        return [each.printed_name for each in approving]


class Emergency(models.Model):
    """A suspended version back in force for hours, by two people. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="emergency")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="emergencies")
    begins_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("begins_at")), name="emergency_ends")]
        indexes = [models.Index(fields=["version", "until"], name="emergency_of_version")]

    @property
    def has_ended(self) -> bool:
        return self.until <= clock.now()
