"""Independent testing and effective challenge: standards, runs, results, findings, the signed conclusion."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from registry.models import DatasetSnapshot, ModelVersion, ScoredSample, VersionFile
from validation.measuring import VERDICTS
from validation.standard import USES
from validation.topics import Area, Rating, Topic

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


class Execution(models.Model):
    """One execution of a plan. Its job tells how far it is; its results arrive all at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    standard = models.ForeignKey(ValidationStandard, on_delete=models.PROTECT, related_name="+")
    plan = models.JSONField()  # the ids of the checks, in order
    plan_digest = models.CharField(max_length=64)
    job_id = models.UUIDField(unique=True)
    started_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    evidence_digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def approve_below(self) -> str:
        """The cut-off that was judged, as text; empty where none was given."""
        raise NotImplementedError


_COMPLETED_HAS_EVIDENCE = Q(completed_at=None, evidence_digest="") | (
    Q(completed_at__isnull=False) & ~Q(evidence_digest="")
)


class ValidationRun(Execution):
    """One execution of a plan on one version. What was signed is its evidence: version, policy, snapshot, standard,
    plan and all results (see selectors.evidence)."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="runs")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_COMPLETED_HAS_EVIDENCE, name="completed_run_has_evidence"),
        ]
        indexes = [models.Index(fields=["version", "-completed_at"], name="run_newest_of_version")]

    @property
    def approve_below(self) -> str:
        return str(self.version.policy.rules["approve_below"])


class SampleRun(Execution):
    """One execution of a plan on the outcomes and scores of a model that lives elsewhere. Nothing is concluded,
    approved or deployed on it: it belongs to no version."""

    sample = models.ForeignKey(ScoredSample, on_delete=models.PROTECT, related_name="runs")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_COMPLETED_HAS_EVIDENCE, name="completed_sample_run_has_evidence"
            ),
        ]
        indexes = [models.Index(fields=["sample", "-started_at"], name="run_of_sample")]

    @property
    def approve_below(self) -> str:
        return str(self.sample.declaration["approve_below"])


class Answered(models.Model):
    """What one check measured, how it was judged, and the tables its charts are drawn from. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
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
        abstract = True

    @property
    def execution(self) -> Execution:
        """The run that it belongs to, of whichever kind."""
        raise NotImplementedError

    @property
    def blocks(self) -> bool:
        """A failed blocking check: nothing is concluded on it but with a signed deviation."""
        return self.is_blocking and self.verdict == "failed"


class CheckResult(Answered):
    run = models.ForeignKey(ValidationRun, on_delete=models.PROTECT, related_name="results")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "check_id"], name="one_result_a_check"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="result_verdict_is_known"),
            models.CheckConstraint(condition=~Q(verdict="error") | Q(is_blocking=True), name="error_blocks"),
        ]
        ordering = ["ordinal"]

    @property
    def execution(self) -> ValidationRun:
        return self.run


class SampleResult(Answered):
    """A result of a model that lives elsewhere; no deviation is signed on it, for nothing is concluded."""

    run = models.ForeignKey(SampleRun, on_delete=models.PROTECT, related_name="results")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "check_id"], name="one_sample_result_a_check"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="sample_verdict_is_known"),
            models.CheckConstraint(
                condition=~Q(verdict="error") | Q(is_blocking=True), name="sample_error_blocks"
            ),
        ]
        ordering = ["ordinal"]

    @property
    def execution(self) -> SampleRun:
        return self.run


class Reperformance(models.Model):
    """A completed run performed again in another process: every number beside what was recorded, with its tolerance
    and verdict. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ValidationRun, on_delete=models.PROTECT, related_name="reperformances")
    job_id = models.UUIDField(unique=True)
    performed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    evidence_digest = models.CharField(max_length=64)
    tolerances_digest = models.CharField(max_length=64)
    # As validation.reperformance.rows.Row writes them, numbers as text.
    rows = models.JSONField()
    rows_digest = models.CharField(max_length=64)
    agreeing = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    not_reperformed = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(rows_digest="") & ~Q(tolerances_digest="") & ~Q(evidence_digest=""),
                name="reperformance_names_its_digests",
            ),
        ]
        indexes = [models.Index(fields=["run", "-at"], name="reperformance_newest_of_run")]


class ToldBy(models.TextChoices):
    """How it is known that none of the compared rows was learned from."""

    SAME_SNAPSHOT = "same_snapshot"
    APPLICANTS = "applicants"
    CONTENT = "content"


class Comparison(models.Model):
    """Two versions of one model on the same held-out rows: all that was found, as canonical facts. It stops nothing and
    grants nothing. Append-only: its job writes it whole, or not at all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    champion = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    challenger = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="comparisons")
    snapshot = models.ForeignKey(DatasetSnapshot, on_delete=models.PROTECT, related_name="+")
    standard = models.ForeignKey(ValidationStandard, on_delete=models.PROTECT, related_name="+")
    job_id = models.UUIDField(unique=True)
    rows = models.PositiveIntegerField()
    told_by = models.CharField(max_length=16, choices=ToldBy)
    # Numbers as repr text; nothing of an applicant.
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    compared_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(champion=models.F("challenger")), name="comparison_is_of_two_versions"
            ),
            models.CheckConstraint(
                condition=Q(told_by__in=ToldBy.values), name="comparison_says_how_rows_are_held_out"
            ),
            models.CheckConstraint(condition=Q(rows__gte=1), name="comparison_has_rows"),
        ]
        indexes = [models.Index(fields=["challenger", "-completed_at"], name="comparison_of_challenger")]


class Severity(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class FindingState(models.TextChoices):
    OPEN = "open"
    REBUTTED = "rebutted"
    PLANNED = "planned"
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
                condition=Q(state__in=["open", "rebutted", "planned"], closed_by=None, closed_at=None)
                | Q(state="closed", closed_by__isnull=False, closed_at__isnull=False),
                name="closed_finding_names_who",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="finding_by_state")]


class NoteKind(models.TextChoices):
    REBUTTAL = "rebuttal"
    ACTION_PLAN = "action_plan"
    POSTPONEMENT = "postponement"
    CLOSURE = "closure"


class FindingNote(models.Model):
    """One thing said about a finding, with what it rests on. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=16, choices=NoteKind)
    text = models.TextField()
    # The day an action plan promises, or the finding is postponed to.
    due_on = models.DateField(null=True)
    # What a closure rests on: a result of the version's evidence, files beside the version.
    result = models.ForeignKey(CheckResult, on_delete=models.PROTECT, null=True, related_name="+")
    files = models.ManyToManyField(VersionFile, through="NoteFile", related_name="+")
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoteKind.values), name="note_kind_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["action_plan", "postponement"], due_on__isnull=False)
                | Q(kind__in=["rebuttal", "closure"], due_on=None),
                name="promise_has_a_day",
            ),
        ]


class NoteFile(models.Model):
    """A file that something said about a finding rests on. Append-only."""

    note = models.ForeignKey(FindingNote, on_delete=models.PROTECT, related_name="attached")
    file = models.ForeignKey(VersionFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "file"], name="one_file_a_note")]


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


class Assessment(models.Model):
    """What a validator wrote and rated about one topic. The newest revision of each topic is a part of the evidence;
    the earlier ones stay readable. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="assessments")
    # The newest completed run when it was written; None where there was none yet.
    run = models.ForeignKey(ValidationRun, on_delete=models.PROTECT, null=True, related_name="assessments")
    topic = models.CharField(max_length=32, choices=Topic)
    revision = models.PositiveIntegerField()
    rating = models.CharField(max_length=32, choices=Rating)
    text = models.TextField()
    files = models.ManyToManyField(VersionFile, through="AssessmentFile", related_name="+")
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    # Of the evidence of that run with this in it; empty without a run.
    evidence_digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "topic", "revision"], name="one_assessment_a_revision"
            ),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="assessment_topic_is_known"),
            models.CheckConstraint(condition=Q(rating__in=Rating.values), name="assessment_rating_is_known"),
            models.CheckConstraint(
                condition=~Q(text="") & Q(revision__gte=1), name="assessment_says_something"
            ),
            models.CheckConstraint(
                condition=Q(run=None, evidence_digest="") | (Q(run__isnull=False) & ~Q(evidence_digest="")),
                name="assessment_of_a_run_has_evidence",
            ),
        ]


class AssessmentFile(models.Model):
    """A file that an assessment rests on. Append-only."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="attached")
    file = models.ForeignKey(VersionFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "file"], name="one_file_an_assessment")]


class Competence(models.Model):
    """What somebody is able to judge, what that rests on and until when it counts, as another person recorded it. The
    newest record of a person and area counts. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="competences")
    area = models.CharField(max_length=32, choices=Area)
    rests_on = models.TextField()
    until = models.DateTimeField()
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(area__in=Area.values), name="competence_area_is_known"),
            models.CheckConstraint(condition=~Q(rests_on=""), name="competence_rests_on_something"),
            models.CheckConstraint(
                condition=Q(until__gt=F("recorded_at")), name="competence_counts_for_a_time"
            ),
        ]
        indexes = [models.Index(fields=["person", "area", "recorded_at"], name="competence_of_person")]


class Question(models.Model):
    """What a validator asks whoever made the version, and the one answer; what follows is another question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="questions")
    topic = models.CharField(max_length=32, choices=Topic)
    text = models.TextField()
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="question_topic_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="answered_question_names_who",
            ),
        ]
        indexes = [models.Index(fields=["version", "asked_at"], name="question_of_version")]


class PolicyPack(models.Model):
    """One revision of a policy pack as it was installed; immutable, named by digest. Revisions of a name follow one
    another without a gap, and none takes effect before the one it follows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=64)
    revision = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    # As in the content, where the database can compare it; null where the pack does not state it.
    effective_from = models.DateField(null=True)
    installed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    installed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "revision"], name="one_pack_a_revision"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="pack_revision_is_counted"),
        ]

    @property
    def label(self) -> str:
        return f"{self.slug} r{self.revision}"


class PackReview(Signed):
    """A person who did not install a pack has read it and signs it; until then it is printed as unreviewed. The digest
    of the evidence is the pack's."""

    pack = models.ForeignKey(PolicyPack, on_delete=models.PROTECT, related_name="reviews")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "person"], name="one_review_a_person"),
            models.CheckConstraint(condition=~Q(rationale=""), name="pack_review_says_why"),
        ]
