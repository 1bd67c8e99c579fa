"""The jobs `end-deployments` and `show-in-mlflow`: reactions to versions and deployments that changed."""

from __future__ import annotations

from collections.abc import Callable

from jobs.run import Run, TryAgain
from mrm.lib.errors import Unavailable
from registry.mlflow_client import ShownModel, show_model
from registry.models import ModelVersion, RiskModel
from scoring import slots
from scoring.models import Deployment
from scoring.shown import shown_model


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
    changed, shown = 0, None
    while (now := shown_model(risk_model)) != shown:
        shown = now
        changed += _show(shown) if shown.versions else 0
    return lambda: {"model": risk_model.slug, "changed": changed}


def _model_of(run: Run) -> RiskModel:
    subject = run.job.subject_id
    if run.job.subject_type == "deployment":
        return Deployment.objects.select_related("risk_model").get(pk=subject).risk_model
    return ModelVersion.objects.select_related("risk_model").get(pk=subject).risk_model


def _show(shown: ShownModel) -> int:
    try:
        return show_model(shown)
    except Unavailable as refusal:
        raise TryAgain(refusal.message) from None
