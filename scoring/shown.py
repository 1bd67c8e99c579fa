"""What MLflow shows of what is deployed here: versions with their tags, and the aliases of the slots. It follows the
governed state and decides nothing; a score never asks it."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from approvals.selectors import standing_of
from mrm.lib import clock
from registry.gateway.bodies import GOVERNED_PREFIX as TAGS
from registry.lifecycle import Stage
from registry.mlflow_client import ShownModel, ShownVersion, governed_tags
from registry.models import ModelVersion, RiskModel
from scoring.models import Deployment
from scoring.slots import CHAMPION

APPROVED = "approved"


def shown_model(risk_model: RiskModel) -> ShownModel:
    """Every version that was ever deployed, as it stands now."""
    rows = ModelVersion.objects.filter(risk_model=risk_model, deployments__isnull=False).distinct()
    versions = rows.select_related("risk_model", "candidate", "snapshot").order_by("number")
    return ShownModel(risk_model.slug, tuple(map(_shown, versions)), _aliases(risk_model))


def _shown(version: ModelVersion) -> ShownVersion:
    page = reverse("version", args=[version.risk_model.slug, version.number])
    tags = {
        f"{TAGS}status": version.stage,
        f"{TAGS}review": f"{settings.MRM_PUBLIC_URL}{page}",
        f"{TAGS}dataset_version": version.snapshot.digest,
        f"{TAGS}artifact": version.artifact_id,
    }
    if version.risk_model.business_unit:
        tags[f"{TAGS}business_unit"] = version.risk_model.business_unit
    if version.expires_at:
        tags[f"{TAGS}approved_until"] = clock.stamp(version.expires_at)
    if version.stage == Stage.APPROVED and standing_of(version).why_not_in_force is None:
        tags |= dict.fromkeys(governed_tags(), APPROVED)
    return ShownVersion(version.number, version.candidate.mlflow_run_id, tags)


def _aliases(risk_model: RiskModel) -> dict[str, int]:
    """The champion, and the version that was it before. Without a champion there is nothing to go back from."""
    held = Deployment.objects.filter(risk_model=risk_model, slot=CHAMPION).select_related("version")
    champion = held.filter(ended_at=None).first()
    if champion is None:
        return {}
    before = held.exclude(version=champion.version_id).order_by("-ended_at").first()
    aliases = {CHAMPION: champion.version.number}
    return aliases if before is None else aliases | {"previous-champion": before.version.number}
