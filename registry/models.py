"""The inventory: risk models, frozen data, sealed artefacts and the versions made of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from registry.frames.scored_spec import SampleKind
from registry.lifecycle import Stage

USER = settings.AUTH_USER_MODEL


class RiskModel(models.Model):
    """An inventory entry: what a model is for, who answers for it, how much depends on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True, default="")
    intended_use = models.TextField(blank=True, default="")
    # Each with products, segments and countries; each limitation with its consequence and its control.
    uses = models.JSONField(default=list, blank=True)
    limitations = models.JSONField(default=list, blank=True)
    # Follows the newest accepted assessment; before the first one it is what is proposed.
    tier = models.PositiveSmallIntegerField(null=True)
    # Why it is another than the computed one; empty where it is that one.
    tier_reason = models.TextField(blank=True, default="")
    # Whose decisions it takes part in. Nothing depends on it.
    business_unit = models.CharField(max_length=100, blank=True, default="")
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    accepted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tier=None) | Q(tier__in=[1, 2, 3]), name="tier_is_1_2_or_3"),
            models.CheckConstraint(
                condition=~Q(accepted_by=F("proposed_by")), name="model_not_accepted_by_its_proposer"
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, tier__isnull=False),
                name="accepted_model_has_tier_and_time",
            ),
        ]


class TierAssessment(models.Model):
    """The questionnaire as somebody answered it for a model: the tier that follows, the one they propose, and why where
    it is another. Append-only; who accepts it does so in a row of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveIntegerField()
    # The digest of the questionnaire; its file is never changed.
    questionnaire = models.CharField(max_length=64)
    answers = models.JSONField()
    # Bands, materiality and what raised it, so that it can be read without the questionnaire.
    steps = models.JSONField()
    computed_tier = models.PositiveSmallIntegerField()
    proposed_tier = models.PositiveSmallIntegerField()
    override_reason = models.TextField(blank=True, default="")
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["risk_model", "number"], name="one_assessment_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="assessment_number_from_one"),
            models.CheckConstraint(
                condition=Q(computed_tier__in=[1, 2, 3], proposed_tier__in=[1, 2, 3]),
                name="assessed_tier_is_1_2_or_3",
            ),
            models.CheckConstraint(
                condition=Q(proposed_tier=F("computed_tier"), override_reason="")
                | ~Q(proposed_tier=F("computed_tier")) & ~Q(override_reason=""),
                name="another_tier_than_computed_says_why",
            ),
        ]


class TierAcceptance(models.Model):
    """A second person took an assessment: from then on its tier is the model's. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.OneToOneField(TierAssessment, on_delete=models.PROTECT, related_name="acceptance")
    accepted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()


class DatasetSnapshot(models.Model):
    """Data frozen by digest. The rows lie encrypted in the store; here stands what may be known about
    them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    # Over the content of all columns and rows, the roles that were declared and the way of the split: the
    # same data declared alike have the same digest anywhere, whatever file they came in.
    digest = models.CharField(max_length=64, unique=True)
    development_digest = models.CharField(max_length=64)
    held_out_digest = models.CharField(max_length=64)
    development_rows = models.PositiveIntegerField()
    held_out_rows = models.PositiveIntegerField()
    # Names and logical types of columns, target, protected, exposure, documented codes: no values of
    # applicants.
    declaration = models.JSONField()
    # Counts, missingness, duplicates, constants, undocumented codes: aggregates only.
    quality = models.JSONField()
    quality_failures = models.JSONField(default=list)
    attribution = models.TextField(blank=True, default="")
    # Of a table made of several: the assembly as declared, and of each source its rows, files and digest, of each join
    # what matched and what did not. Counts and names only.
    lineage = models.JSONField(default=dict, blank=True)
    split = models.JSONField()
    imported_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()


class ScoredSample(models.Model):
    """Outcomes and scores of a model that lives elsewhere, frozen by digest. The rows lie encrypted in the store; here
    stands what was declared and counted. Its bytes are sealed nowhere here. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="samples")
    name = models.CharField(max_length=200)
    # Over the rows, the roles that were declared, the entry and where the model lives.
    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    vendor = models.CharField(max_length=200)
    system = models.CharField(max_length=200)
    system_version = models.CharField(max_length=200)
    declaration = models.JSONField()
    # By column its name, role, type, and how many values it lacks and has: counts only.
    columns = models.JSONField()
    rows = models.PositiveIntegerField()
    defaults = models.PositiveIntegerField()
    reference_rows = models.PositiveIntegerField()
    # The digest of the ciphertext of each part in the store.
    parts = models.JSONField()
    brought_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in SampleKind]), name="sample_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(rows__gte=1, defaults__lte=F("rows")), name="sample_has_rows_for_its_defaults"
            ),
            models.CheckConstraint(
                condition=~Q(vendor="") & ~Q(system="") & ~Q(system_version=""),
                name="sample_says_where_its_model_lives",
            ),
        ]
        indexes = [models.Index(fields=["risk_model", "-brought_at"], name="sample_of_model")]


class FeatureView(models.Model):
    """What bookings say of each application of a table, under a name and a number. The rows lie encrypted in the store;
    here stand the definition and counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    definition_digest = models.CharField(max_length=64)
    # Over every row: the same bookings and applications give the same digest from whatever files.
    content_digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    # What was asked for, and of each source its rows, files and digest; what became of the bookings. Counts and names.
    lineage = models.JSONField()
    # The digest of the ciphertext of each part in the store.
    parts = models.JSONField()
    built_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="one_feature_view_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="feature_view_number_from_one"),
            models.CheckConstraint(condition=Q(rows__gte=1), name="feature_view_has_rows"),
        ]

    @property
    def label(self) -> str:
        """As an assembly names it."""
        return f"{self.name}/{self.number}"


class FeatureRow(models.Model):
    """The latest features of one applicant under one view, for looking up. `sealed` empty: they were erased, and are
    not published again."""

    view = models.ForeignKey(FeatureView, on_delete=models.PROTECT, related_name="published")
    # A keyed digest of the customer's number: without the key nobody can try numbers out.
    token = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["view", "token"], name="one_feature_row_an_applicant")]


class SealedArtifact(models.Model):
    """Content-addressed bytes copied out of MLflow when a version was registered; the bytes lie in the
    store."""

    digest = models.CharField(max_length=64, primary_key=True)
    manifest = models.JSONField()
    size = models.PositiveBigIntegerField()
    sealed_at = models.DateTimeField()


class DecisionPolicy(models.Model):
    """Rules and cut-offs around the score; immutable, named by digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="policies")
    digest = models.CharField(max_length=64)
    rules = models.JSONField()
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["risk_model", "digest"], name="one_policy_a_digest")]


class ReasonDictionary(models.Model):
    """Reason groups with their code and text per language; immutable, named by digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="dictionaries")
    digest = models.CharField(max_length=64)
    reasons = models.JSONField()
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["risk_model", "digest"], name="one_dictionary_a_digest")
        ]


class Candidate(models.Model):
    """A trained thing in MLflow that may be registered: who trained it, on which data, by which recipe."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="candidates")
    snapshot = models.ForeignKey(DatasetSnapshot, on_delete=models.PROTECT, related_name="+")
    mlflow_run_id = models.CharField(max_length=64, unique=True)
    # The run of an author who trained elsewhere; the one above is then our copy of it.
    source_run_id = models.CharField(max_length=64, blank=True, default="", db_index=True)
    # What the training job saw before MLflow did; the copy that comes back must have the same digest.
    artifact_digest = models.CharField(max_length=64)
    recipe = models.JSONField()
    recipe_digest = models.CharField(max_length=64)
    metrics = models.JSONField()
    # A sweep is one job with many candidates.
    job_id = models.UUIDField()
    trained_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    trained_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job_id", "artifact_digest"], name="one_candidate_a_job_and_artifact"
            )
        ]


class Sweep(models.Model):
    """Many candidates compared on the same rows by a rule that was there before: what was asked, and all that was
    found, by digest. Append-only. It promotes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="sweeps")
    snapshot = models.ForeignKey(DatasetSnapshot, on_delete=models.PROTECT, related_name="+")
    job_id = models.UUIDField(unique=True)
    asked = models.JSONField()
    facts = models.JSONField()
    facts_digest = models.CharField(max_length=64)
    # Whoever answered at the time; None where no version was in force.
    incumbent = models.ForeignKey("ModelVersion", on_delete=models.PROTECT, null=True, related_name="+")
    # None where the rule kept the incumbent.
    proposed = models.ForeignKey(Candidate, on_delete=models.PROTECT, null=True, related_name="+")
    run_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["risk_model", "-ended_at"], name="sweep_of_model")]


class Trial(models.Model):
    """One entrant of a sweep, as lists sort and filter it; the sweep's facts are what counts. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sweep = models.ForeignKey(Sweep, on_delete=models.PROTECT, related_name="trials")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    family = models.CharField(max_length=32)
    encoder = models.CharField(max_length=32)
    imputer = models.CharField(max_length=32)
    # None where it could not be trained; `why_not` then says why.
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, null=True, related_name="+")
    why_not = models.TextField(blank=True, default="")
    validation_auc = models.FloatField(null=True)
    test_auc = models.FloatField(null=True)
    test_brier = models.FloatField(null=True)
    test_log_loss = models.FloatField(null=True)
    seconds = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sweep", "place"], name="one_trial_a_place"),
            models.CheckConstraint(
                condition=Q(candidate=None, test_auc=None) & ~Q(why_not="")
                | Q(candidate__isnull=False, test_auc__isnull=False, why_not=""),
                name="trial_is_trained_or_says_why",
            ),
        ]


class ModelVersion(models.Model):
    """Artefact + data + code + proposed decision policy. Everything but its stage is immutable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    artifact = models.ForeignKey(SealedArtifact, on_delete=models.PROTECT, related_name="versions")
    snapshot = models.ForeignKey(DatasetSnapshot, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="versions")
    policy = models.ForeignKey(DecisionPolicy, on_delete=models.PROTECT, related_name="+")
    dictionary = models.ForeignKey(ReasonDictionary, on_delete=models.PROTECT, related_name="+")
    predecessor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="successors")
    change_note = models.TextField(blank=True, default="")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    submitter = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField()
    # The uses and limitations of the entry as it was submitted: what is validated, approved and signed.
    use = models.JSONField(null=True)
    use_digest = models.CharField(max_length=64, blank=True, default="")
    stage = models.CharField(max_length=16, choices=[(stage, stage) for stage in Stage], default=Stage.DRAFT)
    stage_since = models.DateTimeField()
    # Set by the approval; a gate reads it, no job has to run on the day.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["risk_model", "number"], name="one_version_a_number"),
            models.CheckConstraint(condition=Q(stage__in=list(Stage)), name="version_stage_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
            models.CheckConstraint(
                condition=~Q(stage="approved") | Q(expires_at__isnull=False), name="approved_version_expires"
            ),
            models.CheckConstraint(
                condition=Q(stage="draft") | Q(submitter__isnull=False),
                name="submitted_version_names_submitter",
            ),
        ]
        indexes = [models.Index(fields=["stage", "stage_since"], name="version_by_stage")]

    @property
    def label(self) -> str:
        return f"{self.risk_model.slug} v{self.number}"


class StageChange(models.Model):
    """One move a version made: by whom, when, and the words that go with it. Append-only; the ledger has
    the digest of the words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="changes")
    move = models.CharField(max_length=16)
    source = models.CharField(max_length=16)
    target = models.CharField(max_length=16)
    why = models.TextField(blank=True, default="")
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["version", "made_at"], name="change_of_version")]


class VersionFile(models.Model):
    """A file that somebody put beside a version, by the digest of its bytes; they lie encrypted in the store.
    Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="files")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    # The digest of the ciphertext in the store.
    kept = models.CharField(max_length=64)
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "digest"], name="one_file_a_digest"),
            models.CheckConstraint(condition=Q(size__gte=1), name="file_is_not_empty"),
        ]


class DeveloperDocument(models.Model):
    """What the developer wrote about a version, by the template it was written on; the newest revision counts.
    Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="documents")
    revision = models.PositiveIntegerField()
    template_digest = models.CharField(max_length=64)
    # The words of each part under its key.
    parts = models.JSONField()
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "revision"], name="one_document_a_revision"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="document_revision_from_one"),
        ]


class MonitoringPlan(models.Model):
    """What is watched of a version once it decides, and who answers; the newest revision counts. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="monitoring_plans")
    revision = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "revision"], name="one_monitoring_plan_a_revision"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="monitoring_plan_from_one"),
        ]


class LabKind(models.TextChoices):
    """What of a version MLflow may hold otherwise than it stands here."""

    RUN = "run"
    FILE = "file"
    NATIVE = "native"
    RECORD = "record"
    ALIAS = "alias"
    TAG = "tag"


class LabDifference(models.Model):
    """MLflow holds something of a version that is not what was sealed, recorded or shown. What stands on either side is
    kept as a digest; empty says that nothing stands there. It ends when it is as it was again, or differs anew."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="lab_differences")
    kind = models.CharField(max_length=16, choices=LabKind)
    # A name of ours (a file, a tag, an alias), never one that somebody chose in MLflow.
    what = models.CharField(max_length=100)
    expected = models.CharField(max_length=64, blank=True, default="")
    found = models.CharField(max_length=64, blank=True, default="")
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "what"], condition=Q(gone_at=None), name="one_open_lab_difference"
            ),
            models.CheckConstraint(condition=Q(kind__in=LabKind.values), name="lab_difference_kind_is_known"),
            models.CheckConstraint(condition=~Q(expected=F("found")), name="lab_difference_differs"),
            models.CheckConstraint(
                condition=Q(gone_at=None) | Q(gone_at__gte=F("seen_at")),
                name="lab_difference_ends_after_start",
            ),
        ]


class LabShown(models.Model):
    """What was last brought to MLflow of a model, as JSON: whatever else stands there was put there by somebody else.
    Not whole while it is being brought."""

    risk_model = models.OneToOneField(
        RiskModel, on_delete=models.PROTECT, primary_key=True, related_name="lab_shown"
    )
    shown = models.JSONField(default=dict)
    is_whole = models.BooleanField(default=False)
    at = models.DateTimeField()


class LabWatch(models.Model):
    """Whose turn it is to compare MLflow with what stands here, and how far that is. `turn` is the fencing token: a
    process of an earlier turn writes nothing."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    turn = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=200, blank=True, default="")
    until = models.DateTimeField()
    # The place that was looked at last, and since when this round, and the last whole one, have gone on.
    place = models.CharField(max_length=64, blank=True, default="")
    round_began_at = models.DateTimeField(null=True)
    is_unbroken = models.BooleanField(default=True)
    whole_round_began_at = models.DateTimeField(null=True)
    # Why a look failed, in words; empty once a round has gone through.
    refusal = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_lab_watch")]
