"""The long work of a training job, outside any transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.run import Run
from mrm.lib import canonical, strict_json
from mrm.settings import governance
from registry import mlflow_client, snapshots
from registry.artifacts import read_candidate
from registry.candidates import Trained, lab_notes, record_candidate
from registry.gatekeeper import pass_gates
from registry.models import DatasetSnapshot, RiskModel
from registry.serving import manifest as names
from training.catalog import plan
from training.gates import TrainingAsked
from training.services import ACT

Conclusion = Callable[[], dict[str, str | int]]


def train(run: Run) -> Conclusion:
    """Ask the gates again, train in a child process on the development part alone, log to MLflow, then
    write the candidate down."""
    run.progress("Asking the gates again", 2)
    asked = _asked(run.job.payload)
    pass_gates(act=ACT, actor=run.actor, subject=asked, refused=f"No training for {asked.risk_model.slug}.")
    with run.folder() as name:
        folder = Path(name)
        run.progress("Opening the development part", 5)
        development = snapshots.read_development(actor=run.actor, snapshot=asked.snapshot)
        (folder / "development.parquet").write_bytes(development.table)
        (folder / "spec.json").write_bytes(canonical.dumps(dict(asked.plan.task)))
        run.progress("Training in a child process", 10)
        run.child(target=governance.TRAINING_CHILD, folder=folder)
        run.progress("Logging to MLflow", 70)
        trained = _logged(run, asked, folder / mlflow_client.FOLDER)
    run.progress("Writing the candidate down", 95)

    def conclude() -> dict[str, str | int]:
        candidate = record_candidate(actor=run.actor, trained=trained)
        return {
            "candidate": str(candidate.pk),
            "artifact": candidate.artifact_digest,
            "mlflow_run": candidate.mlflow_run_id,
        }

    return conclude


def _asked(payload: dict[str, Any]) -> TrainingAsked:
    risk_model = RiskModel.objects.get(pk=payload["model"])
    snapshot = DatasetSnapshot.objects.get(pk=payload["snapshot"])
    made = plan(name=payload["recipe"], snapshot=snapshot, settings=payload["settings"])
    return TrainingAsked(risk_model, snapshot, made)


def _logged(run: Run, asked: TrainingAsked, candidate: Path) -> Trained:
    digest = read_candidate(candidate).digest
    metrics = strict_json.loads((candidate / names.METRICS).read_bytes())
    notes = lab_notes(kept=asked.plan.kept, recipe_digest=asked.plan.recipe_digest, snapshot=asked.snapshot)
    record = mlflow_client.LabRecord(
        experiment=asked.risk_model.slug,
        job=str(run.job.pk),
        artifact_digest=digest,
        params=notes.params,
        metrics=metrics,
        tags=notes.tags,
    )
    run_id = mlflow_client.log_candidate(folder=candidate, record=record, example=_example(asked, candidate))
    return Trained(
        job_id=run.job.pk,
        risk_model=asked.risk_model,
        snapshot=asked.snapshot,
        mlflow_run_id=run_id,
        artifact_digest=digest,
        recipe=asked.plan.kept,
        recipe_digest=asked.plan.recipe_digest,
        metrics=metrics,
    )


def _example(asked: TrainingAsked, candidate: Path) -> mlflow_client.Example:
    """The candidate's synthetic application, as the estimator's own columns."""
    from quant.features import form
    from quant.features.row import compile_row

    schema = form.load(asked.plan.task["schema"])
    features = strict_json.loads((candidate / names.EXAMPLE).read_bytes())["features"]
    row = compile_row(schema)(features)[0]
    return mlflow_client.Example(schema.feature_names, tuple(float(value) for value in row))
