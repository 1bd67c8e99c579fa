"""The jobs `validate` (long work outside any transaction, results written all at once by the services) and
`open-lab-findings`, a reaction."""

from __future__ import annotations

from collections.abc import Callable

from jobs.run import Run
from registry.models import ModelVersion
from validation import retraining, sample_runs, services, standards
from validation.lab_findings import open_lab_findings
from validation.models import SampleRun, ValidationRun


def validate(run: Run) -> Callable[[], dict[str, str | int]]:
    """Refuses again whatever `start_run` refuses: stage and roles may have changed while the job waited."""
    from validation import gathering, runner

    row = ValidationRun.objects.select_related(
        "standard",
        "version__risk_model__owner",
        "version__candidate",
        "version__policy",
        "version__snapshot",
        "version__dictionary",
        "version__predecessor",
    ).get(pk=run.job.payload["run"])
    services.require_startable(actor=run.actor, version=row.version)
    services.require_applicable(version=row.version, standard=row.standard)
    standard = standards.load(row.standard.content)
    run.progress("Training again from the recipe", 1)
    retrained = retraining.retrained(run, row.version)
    run.progress("Reading the held-out part", 15)
    sample = gathering.gather(actor=run.actor, run=row, retrained=retrained)
    outcomes = runner.run_plan(sample, standard, progress=run.progress)
    run.progress("Writing the evidence", 98)

    def conclude() -> dict[str, str | int]:
        done = services.complete_run(actor=run.actor, run=row, outcomes=outcomes)
        failed = sum(outcome.is_blocking_failure for outcome in outcomes)
        return {
            "run": str(done.pk),
            "version": row.version.number,
            "evidence": done.evidence_digest,
            "checks": len(outcomes),
            "blocking_failures": failed,
        }

    return conclude


def validate_sample(run: Run) -> Callable[[], dict[str, str | int]]:
    """Refuses again whatever `start_sample_run` refuses: roles may have changed while the job waited."""
    from validation import elsewhere, runner

    row = SampleRun.objects.select_related("standard", "sample__risk_model", "sample__brought_by").get(
        pk=run.job.payload["run"]
    )
    sample_runs.require_startable(actor=run.actor, sample=row.sample)
    sample_runs.require_applicable(sample=row.sample, standard=row.standard)
    standard = standards.load(row.standard.content)
    run.progress("Reading the sample", 5)
    sample = elsewhere.gather(actor=run.actor, sample=row.sample, standard=standard)
    outcomes = runner.run_plan(sample, standard, progress=run.progress)
    run.progress("Writing the evidence", 98)

    def conclude() -> dict[str, str | int]:
        done = sample_runs.complete_sample_run(actor=run.actor, run=row, outcomes=outcomes)
        failed = sum(outcome.is_blocking_failure for outcome in outcomes)
        return {
            "sample_run": str(done.pk),
            "evidence": done.evidence_digest,
            "checks": len(outcomes),
            "blocking_failures": failed,
        }

    return conclude


def open_findings_of_mlflow(run: Run) -> Callable[[], dict[str, str | int]]:
    version = ModelVersion.objects.select_related("risk_model").get(pk=run.job.subject_id)
    run.progress("Looking for a difference without its finding", 50)

    def conclude() -> dict[str, str | int]:
        return {"opened": open_lab_findings(actor=run.actor, version=version)}

    return conclude
