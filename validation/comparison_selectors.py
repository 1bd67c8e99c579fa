"""Reading comparisons, and what may be compared."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry.lifecycle import Stage
from registry.models import ModelVersion, RiskModel
from validation.models import Comparison
from validation.signing import insider_role


def comparisons_of(*, actor: User, risk_model: RiskModel) -> QuerySet[Comparison]:
    """Those of one model, newest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=risk_model.slug)
    found = _rows().filter(challenger__risk_model=risk_model)
    return found.order_by("-completed_at", "id")


def comparison(*, actor: User, comparison_id: uuid.UUID) -> Comparison:
    found = _rows().filter(pk=comparison_id).first()
    if found is None or not allows(
        actor=actor,
        permission=Permission.INVENTORY_READ,
        model_slug=found.challenger.risk_model.slug,
    ):
        raise NotFound("There is no such comparison that you may see.")
    return found


def rivals_of(*, actor: User, version: ModelVersion) -> list[ModelVersion]:
    """What this version may be compared with by this person, newest first."""
    others = version.risk_model.versions.exclude(pk=version.pk).exclude(stage=Stage.DRAFT)
    rows = others.select_related("risk_model").order_by("-number")
    return [each for each in rows if insider_role(each, actor.person_id) is None]


def why_no_comparison(*, actor: User, version: ModelVersion) -> str | None:
    """What a page says instead of a button that would be refused; None shows the button."""
    slug = version.risk_model.slug
    if not allows(actor=actor, permission=Permission.RUN_START, model_slug=slug):
        return f"{actor.name} is no validator of {slug}."
    part = insider_role(version, actor.person_id)
    if part is not None:
        return f"{actor.name} is the {part} of {version.label}."
    if version.stage == Stage.DRAFT:
        return f"{version.label} is a draft."
    return None if rivals_of(actor=actor, version=version) else "There is no other version to compare with."


def _rows() -> QuerySet[Comparison]:
    return Comparison.objects.select_related(
        "champion__risk_model", "challenger__risk_model", "snapshot", "standard", "compared_by__person"
    )
