"""Asking for a training."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.services import unit_of_work
from jobs.models import Job
from jobs.services import request_job
from registry import subjects
from registry.gatekeeper import pass_gates
from registry.models import DatasetSnapshot, RiskModel
from training.catalog import plan
from training.gates import TrainingAsked

ACT = "training"


@unit_of_work
def request_training(
    *,
    actor: User,
    risk_model: RiskModel,
    snapshot: DatasetSnapshot,
    recipe: str,
    settings: Mapping[str, object] | None = None,
) -> Job:
    """Queue a training of a named recipe on a snapshot. Refuses with every reason of every gate; the same
    gates are asked again when a worker takes the job up."""
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=risk_model.slug)
    asked = TrainingAsked(risk_model, snapshot, plan(name=recipe, snapshot=snapshot, settings=settings or {}))
    pass_gates(act=ACT, actor=actor, subject=asked, refused=f"No training for {risk_model.slug}.")
    payload = {
        "model": str(risk_model.pk),
        "snapshot": str(snapshot.pk),
        "recipe": recipe,
        "settings": dict(settings or {}),
    }
    return request_job(actor=actor, kind="train", subject=subjects.of_model(risk_model), payload=payload)
