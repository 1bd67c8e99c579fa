"""The jobs of approvals: reactions to new evidence, to a version that moved, and to a break-glass grant."""

from __future__ import annotations

from collections.abc import Callable

from approvals import emergencies, services
from jobs.run import Run
from registry.models import ModelVersion


def void_requests(run: Run) -> Callable[[], dict[str, str | int]]:
    version = ModelVersion.objects.select_related("risk_model").get(pk=run.job.subject_id)
    run.progress("Looking for open requests on older evidence", 50)

    def conclude() -> dict[str, str | int]:
        return {"voided": services.void_requests(actor=run.actor, version=version)}

    return conclude


def open_emergency_finding(run: Run) -> Callable[[], dict[str, str | int]]:
    version = ModelVersion.objects.select_related("risk_model").get(pk=run.job.subject_id)
    run.progress("Looking for a grant without its finding", 50)

    def conclude() -> dict[str, str | int]:
        return {"opened": emergencies.open_emergency_findings(actor=run.actor, version=version)}

    return conclude
