"""Independent testing and effective challenge: standards, runs, results, findings, the signed conclusion."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Person
from registry.models import ModelVersion
from validation.measuring import VERDICTS
from validation.standard import USES

USER = settings.AUTH_USER_MODEL


class ValidationStandard(models.Model):
    """Thresholds and rules frozen before a run; immutable, named by digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    # The tiers it applies to, as in the content, where the database can hold runs to them: "1,2,3".
    tiers = models.CharField(max_length=8, default="1,2,3")
    # The uses likewise.
    uses = models.CharField(max_length=200, default=",".join(USES))
    frozen_at = models.DateTimeField()


class RunState(models.TextChoices):
    RUNNING = "running"
    COMPLETED = "completed"


class ValidationRun(models.Model):
    """One execution of a plan on one version. Its job tells how far it is; its results arrive all at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="runs")
    standard = models.ForeignKey(ValidationStandard, on_delete=models.PROTECT, related_name="+")
    plan = models.JSONField()  # the ids of the checks, in order
    plan_digest = models.CharField(max_length=64)
    job_id = models.UUIDField(unique=True)
    started_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    # What was signed is this: version, policy, snapshot, standard, plan and all results (see
    # selectors.evidence).
    evidence_digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_at=None, evidence_digest="")
                | (Q(completed_at__isnull=False) & ~Q(evidence_digest="")),
                name="completed_run_has_evidence",
            ),
        ]
        indexes = [models.Index(fields=["version", "-completed_at"], name="run_newest_of_version")]


class CheckResult(models.Model):
    """What one check measured, how it was judged, and the tables its charts are drawn from. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ValidationRun, on_delete=models.PROTECT, related_name="results")
    check_id = models.CharField(max_length=64)
    ordinal = models.PositiveSmallIntegerField()
    verdict = models.CharField(
        max_length=32
    )  # quant.verdict.Verdict, or amber (a failure that warns), or error
    is_blocking = models.BooleanField()
    headline = models.CharField(max_length=300)
    # Measurements as [{name, value, low, high, p, n, power, limit, verdict}], numbers as repr text.
    measurements = models.JSONField()
    tables = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "check_id"], name="one_result_a_check"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="result_verdict_is_known"),
            models.CheckConstraint(condition=~Q(verdict="error") | Q(is_blocking=True), name="error_blocks"),
        ]
        ordering = ["ordinal"]

    @property
    def blocks(self) -> bool:
        """A failed blocking check: nothing is concluded on it but with a signed deviation."""
        return self.is_blocking and self.verdict == "failed"


class Severity(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class FindingState(models.TextChoices):
    OPEN = "open"
    REBUTTED = "rebutted"
    CLOSED = "closed"


class Finding(models.Model):
    """Something the validator wants answered. It is closed by somebody other than the developer, with
    words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="findings")
    result = models.ForeignKey(CheckResult, on_delete=models.PROTECT, null=True, related_name="findings")
    title = models.CharField(max_length=200)
    text = models.TextField()
    severity = models.CharField(max_length=16, choices=Severity)
    state = models.CharField(max_length=16, choices=FindingState, default=FindingState.OPEN)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="finding_severity_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "rebutted"], closed_by=None, closed_at=None)
                | Q(state="closed", closed_by__isnull=False, closed_at__isnull=False),
                name="closed_finding_names_who",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="finding_by_state")]


class FindingNote(models.Model):
    """One thing said about a finding (rebuttal, closure). Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=16)
    text = models.TextField()
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Signed(models.Model):
    """What every signature keeps: who, when, what it means, what was shown, under which rules.
    Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=200)
    meaning = models.CharField(max_length=64)
    rationale = models.TextField()
    evidence_digest = models.CharField(max_length=64)
    # What was shown beyond the evidence: findings with their state, deviations, unjudged checks.
    shown_digest = models.CharField(max_length=64)
    governance_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Deviation(Signed):
    """The validator lets one failed blocking check stand, says why, and signs it."""

    result = models.ForeignKey(CheckResult, on_delete=models.PROTECT, related_name="deviations")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result"], name="one_deviation_a_result"),
            models.CheckConstraint(condition=~Q(rationale=""), name="deviation_says_why"),
        ]


# The verdicts after which the approvers are asked.
FIT = ("fit", "fit_with_conditions")


class Conclusion(Signed):
    """The validator's signed verdict on one run's evidence; quorum is counted after it."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="conclusions")
    run = models.ForeignKey(ValidationRun, on_delete=models.PROTECT, related_name="conclusions")
    verdict = models.CharField(max_length=32)  # fit, fit_with_conditions, not_fit, returned

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(rationale=""), name="conclusion_says_why"),
            models.CheckConstraint(
                condition=Q(verdict__in=[*FIT, "not_fit", "returned"]),
                name="conclusion_verdict_is_known",
            ),
        ]


class ConcludedDemand(models.Model):
    """One condition under which a validator finds a version fit: a part of the signed conclusion. It binds as a
    Condition of the request that grants the approval. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conclusion = models.ForeignKey(Conclusion, on_delete=models.PROTECT, related_name="demands")
    ordinal = models.PositiveSmallIntegerField()
    words = models.TextField()
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conclusion", "ordinal"], name="one_demand_a_place"),
            models.CheckConstraint(condition=~Q(words=""), name="demand_says_what"),
        ]
        ordering = ["ordinal"]
