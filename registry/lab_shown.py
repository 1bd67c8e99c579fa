"""What was last brought to MLflow of a model. What stands there and is neither this nor what should stand there now was
put there by somebody else."""

from __future__ import annotations

from dataclasses import asdict

from mrm.lib import clock
from registry.mlflow_client import ShownModel, ShownVersion
from registry.models import LabShown, RiskModel


def begin_showing(risk_model: RiskModel) -> None:
    """From here on MLflow may hold a part of what is being brought; until it is whole nobody is blamed for it."""
    LabShown.objects.update_or_create(risk_model=risk_model, defaults={"is_whole": False, "at": clock.now()})


def end_showing(risk_model: RiskModel, shown: ShownModel) -> None:
    held = {"shown": asdict(shown), "is_whole": True, "at": clock.now()}
    LabShown.objects.filter(risk_model=risk_model).update(**held)


def last_shown(risk_model: RiskModel) -> ShownModel | None:
    """None where nothing was brought, or not all of it."""
    row = LabShown.objects.filter(risk_model=risk_model, is_whole=True).first()
    if row is None:
        return None
    versions = tuple(ShownVersion(**each) for each in row.shown["versions"])
    return ShownModel(row.shown["name"], versions, row.shown["aliases"])
