"""The job `end-deployments`: the reaction to a version that was suspended or retired."""

from __future__ import annotations

from collections.abc import Callable

from jobs.run import Run
from registry.models import ModelVersion
from scoring import slots


def end_deployments(run: Run) -> Callable[[], dict[str, str | int]]:
    version = ModelVersion.objects.select_related("risk_model").get(pk=run.job.subject_id)
    run.progress("Emptying its slots", 50)

    def conclude() -> dict[str, str | int]:
        return {"ended": slots.end_deployments(actor=run.actor, version=version)}

    return conclude
