"""Documents rendered from facts; this app owns no facts but which file was made."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.scopes import EVERY_MODEL
from registry.models import ModelVersion, RiskModel, Sweep
from reports.edition import Edition, Language, Paper


class Dossier(models.Model):
    """One signed PDF. The file lies in the store under its digest. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="dossiers")
    evidence_digest = models.CharField(max_length=64)
    unsigned_digest = models.CharField(max_length=64)
    signed_digest = models.CharField(max_length=64, unique=True)
    # What every page was drawn from, in the store under this; empty for one that was made before it was kept.
    content_digest = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.ENGLISH)
    paper = models.CharField(max_length=6, choices=Paper.choices, default=Paper.A4)
    pages = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    signer = models.CharField(max_length=200)
    built_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="dossier_language_is_known"
            ),
            models.CheckConstraint(condition=Q(paper__in=Paper.values), name="dossier_paper_is_known"),
        ]

    @property
    def edition(self) -> Edition:
        return Edition(Language(self.language), Paper(self.paper))


class AuditReport(models.Model):
    """What stood and what was done in a period, as one signed PDF in the store under its digest. Append-only. Without a
    model it is about all of them. `asked_entry` is the entry that asked for it; its leaf is the seed of the sample."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField()
    asked_entry = models.BigIntegerField(unique=True)
    seed = models.CharField(max_length=64)
    # How many decisions were asked for, and what became of those that were drawn.
    sample_size = models.PositiveSmallIntegerField()
    sampled = models.PositiveSmallIntegerField()
    same = models.PositiveSmallIntegerField()
    evidence_digest = models.CharField(max_length=64)
    unsigned_digest = models.CharField(max_length=64)
    signed_digest = models.CharField(max_length=64, unique=True)
    content_digest = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    signer = models.CharField(max_length=200)
    built_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="audited_period_runs_forward"),
            models.CheckConstraint(
                condition=Q(same__lte=F("sampled"), sampled__lte=F("sample_size")),
                name="audit_sample_is_within_what_was_asked",
            ),
        ]
        indexes = [models.Index(fields=["-built_at", "id"], name="audit_report_newest")]

    @property
    def model_slug(self) -> str:
        """EVERY_MODEL for all of them."""
        return EVERY_MODEL if self.risk_model is None else self.risk_model.slug


class Benchmark(models.Model):
    """The report of one sweep as a PDF, in the store under its digest. Whoever draws it again from the same facts gets
    the same bytes. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sweep = models.OneToOneField(Sweep, on_delete=models.PROTECT, related_name="benchmark")
    pdf_digest = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    built_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField()
