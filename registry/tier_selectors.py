"""Reading the tier of a model: how it was answered for, who accepted it, and what a change of it means for versions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.models import User
from registry import selectors
from registry.lifecycle import Stage
from registry.models import ModelVersion, RiskModel, TierAssessment

# What goes on when a tier changes: an approval holds until its date, everything before it asks again.
CONCERNED = (Stage.IN_VALIDATION, Stage.VALIDATED, Stage.IN_REVIEW, Stage.APPROVED, Stage.SUSPENDED)


def visible_assessments(*, actor: User, slug: str) -> QuerySet[TierAssessment]:
    """Every assessment of one model, the newest first."""
    entry = selectors.risk_model(actor=actor, slug=slug)
    return _rows(entry).order_by("-number")


def accepted_assessment(risk_model: RiskModel) -> TierAssessment | None:
    """The one whose tier holds; None for a model that was accepted before there was a questionnaire. For callers that
    may see the model."""
    return _rows(risk_model).filter(acceptance__isnull=False).order_by("-number").first()


def last_change(risk_model: RiskModel) -> tuple[TierAssessment, int] | None:
    """The newest accepted assessment with another tier than the one that held before, and that tier."""
    accepted = list(_rows(risk_model).filter(acceptance__isnull=False).order_by("-number"))
    for after, before in itertools.pairwise(accepted):
        if after.proposed_tier != before.proposed_tier:
            return after, before.proposed_tier
    return None


def change_since(version: ModelVersion) -> tuple[TierAssessment, int] | None:
    """The last change of tier, where it came after this version was submitted."""
    if version.stage not in CONCERNED:
        return None
    found = last_change(version.risk_model)
    submitted = version.changes.filter(move="submit").order_by("-made_at").first()
    if found is None or submitted is None or found[0].acceptance.accepted_at < submitted.made_at:
        return None
    return found


def versions_concerned(risk_model: RiskModel) -> Sequence[ModelVersion]:
    """Those that a change of tier says something about, the newest first."""
    return list(risk_model.versions.filter(stage__in=CONCERNED).order_by("-number")[:20])


def _rows(risk_model: RiskModel) -> QuerySet[TierAssessment]:
    return risk_model.assessments.select_related("proposed_by__person", "acceptance__accepted_by__person")
