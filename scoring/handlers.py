"""The jobs `end-deployments` and `show-in-mlflow`: reactions to versions and deployments that changed."""

from __future__ import annotations

from collections.abc import Callable

from jobs.run import Run, TryAgain
from mrm.lib.errors import Unavailable
from registry.models import ModelVersion, RiskModel
from scoring import slots
from scoring.models import Deployment
from scoring.showing import show


def end_deployments(run: Run) -> Callable[[], dict[str, str | int]]:
    version = ModelVersion.objects.select_related("risk_model").get(pk=run.job.subject_id)
    run.progress("Emptying its slots", 50)

    def conclude() -> dict[str, str | int]:
        return {"ended": slots.end_deployments(actor=run.actor, version=version)}

    return conclude


def show_in_mlflow(run: Run) -> Callable[[], dict[str, str | int]]:
    """MLflow is brought to what stands here now, whatever the event was: two of these jobs at once end alike, since the
    slower one looks again."""
    risk_model = _model_of(run)
    run.progress("Showing in MLflow what is deployed", 50)
    try:
        changed = show(risk_model)
    except Unavailable as refusal:
        raise TryAgain(refusal.message) from None
    return lambda: {"model": risk_model.slug, "changed": changed}


def _model_of(run: Run) -> RiskModel:
    subject = run.job.subject_id
    if run.job.subject_type == "deployment":
        return Deployment.objects.select_related("risk_model").get(pk=subject).risk_model
    return ModelVersion.objects.select_related("risk_model").get(pk=subject).risk_model
