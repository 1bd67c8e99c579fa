"""The long work of this app's jobs, outside any transaction: training, and taking in what was trained elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from accounts.access import require
from accounts.permissions import Permission
from jobs.run import Run
from mrm.lib import canonical, strict_json
from mrm.settings import governance
from registry import mlflow_client, mlmodel, serving, snapshots, submissions
from registry.artifacts import read_candidate
from registry.candidates import Trained, lab_notes, record_candidate
from registry.gatekeeper import pass_gates
from registry.logged_models import fetch_file
from registry.models import DatasetSnapshot, RiskModel
from registry.registration import Proposal, register_version, sealed_from
from registry.serving import manifest as names
from registry.submissions import Looked, Submission, submission_of
from training import lab
from training.catalog import Plan, plan
from training.gates import TrainingAsked
from training.recipes import Given
from training.services import ACT

Conclusion = Callable[[], dict[str, str | int]]


def train(run: Run) -> Conclusion:
    """Ask the gates again, train in a child process on the development part alone, log to MLflow, then
    write the candidate down."""
    run.progress("Asking the gates again", 2)
    asked, made = _asked(run.job.payload)
    pass_gates(act=ACT, actor=run.actor, subject=asked, refused=f"No training for {asked.risk_model.slug}.")
    with run.folder() as name:
        folder = Path(name)
        run.progress("Opening the development part", 5)
        development = snapshots.read_development(actor=run.actor, snapshot=asked.snapshot)
        (folder / "development.parquet").write_bytes(development.table)
        (folder / "spec.json").write_bytes(canonical.dumps(dict(made.task)))
        run.progress("Training in a child process", 10)
        run.child(target=governance.TRAINING_CHILD, folder=folder)
        run.progress("Logging to MLflow", 70)
        trained = lab.logged(run, asked.risk_model, asked.snapshot, made.kept, folder / mlflow_client.FOLDER)
    run.progress("Writing the candidate down", 95)

    def conclude() -> dict[str, str | int]:
        candidate = record_candidate(actor=run.actor, trained=trained)
        return {
            "candidate": str(candidate.pk),
            "artifact": candidate.artifact_digest,
            "mlflow_run": candidate.mlflow_run_id,
        }

    return conclude


def register_run(run: Run) -> Conclusion:
    """Fetch what somebody logged in MLflow, make its tables from the development part in a child process, examine and
    seal it, keep a copy of it in MLflow, then write candidate and draft down together."""
    submission = submission_of(run.job.payload)
    slug = submission.risk_model.slug
    require(actor=run.actor, permission=Permission.VERSION_REGISTER, model_slug=slug)
    run.progress("Asking MLflow what was logged", 3)
    looked = submissions.look(
        actor=run.actor, risk_model=submission.risk_model, uri=submission.uri, snapshot=submission.snapshot
    )
    submissions.require_complete(looked, submission.risk_model)
    with run.folder() as name:
        folder = Path(name)
        run.progress("Fetching the estimator", 10)
        task = _given_task(folder, looked, submission)
        run.progress("Opening the development part", 20)
        development = snapshots.read_development(actor=run.actor, snapshot=submission.snapshot)
        (folder / "development.parquet").write_bytes(development.table)
        (folder / "spec.json").write_bytes(canonical.dumps(task))
        run.progress("Loading it for the first time, in a process of its own", 30)
        run.child(target=governance.GIVEN_CHILD, folder=folder)
        candidate = folder / mlflow_client.FOLDER
        serving.quarantine(candidate)
        run.progress("Logging to MLflow", 65)
        taken_in = _taken_in(run, looked, submission, task, candidate)
        run.progress("Sealing the bytes", 85)
        sealed = sealed_from(candidate)
    run.progress("Writing the draft down", 95)

    def conclude() -> dict[str, str | int]:
        recorded = record_candidate(actor=run.actor, trained=taken_in)
        proposal = Proposal(
            candidate=recorded,
            policy=submission.policy,
            dictionary=submission.dictionary,
            predecessor=submission.predecessor,
            change_note=submission.change_note,
        )
        version = register_version(actor=run.actor, proposal=proposal, sealed=sealed)
        return {
            "version": version.number,
            "model": slug,
            "artifact": sealed.digest,
            "candidate": str(recorded.pk),
            "mlflow_run": recorded.mlflow_run_id,
        }

    return conclude


def _given_task(folder: Path, looked: Looked, submission: Submission) -> dict[str, Any]:
    """Write what was fetched into the folder of the child, and say what it shall make of it."""
    estimator = looked.contents.described.estimator
    content = fetch_file(looked.model, estimator, names.MAX_ESTIMATOR_BYTES)
    (folder / "given_estimator").write_bytes(content)
    example = fetch_file(looked.model, mlmodel.EXAMPLE, names.MAX_TABLE_BYTES)
    (folder / "given_example.json").write_bytes(example)
    said = submission.snapshot.declaration
    return {
        "recipe": Given(canonical.sha256(content), looked.model.uri, estimator).plain(),
        "schema": looked.declared.schema,
        "reasons": looked.declared.reasons,
        "target": said["target"],
        "forbidden": sorted({*said["protected"], *said["proxies"]}),
    }


def _taken_in(
    run: Run, looked: Looked, submission: Submission, task: dict[str, Any], candidate: Path
) -> Trained:
    metrics = strict_json.loads((candidate / names.METRICS).read_bytes())
    kept, digest = lab.with_code({"name": submissions.RECIPE, **task}), read_candidate(candidate).digest
    recipe_digest = canonical.digest(task["recipe"])
    notes = lab_notes(kept=kept, recipe_digest=recipe_digest, snapshot=submission.snapshot)
    record = mlflow_client.LabRecord(
        experiment=submission.risk_model.slug,
        job=str(run.job.pk),
        artifact_digest=digest,
        params=notes.params,
        metrics=metrics,
        tags={
            **notes.tags,
            **lab.origin(submission.risk_model, submission.snapshot),
            "mrm.source_run": looked.model.run_id,
        },
    )
    example = lab.example_of(candidate)
    return Trained(
        job_id=run.job.pk,
        risk_model=submission.risk_model,
        snapshot=submission.snapshot,
        mlflow_run_id=mlflow_client.log_candidate(folder=candidate, record=record, example=example),
        artifact_digest=digest,
        recipe=kept,
        recipe_digest=recipe_digest,
        metrics=metrics,
        source_run_id=looked.model.run_id,
        trained_by=submissions.trainer_of(looked.model, run.actor),
    )


def _asked(payload: dict[str, Any]) -> tuple[TrainingAsked, Plan]:
    risk_model = RiskModel.objects.get(pk=payload["model"])
    snapshot = DatasetSnapshot.objects.get(pk=payload["snapshot"])
    made = plan(name=payload["recipe"], snapshot=snapshot, settings=payload["settings"])
    return TrainingAsked(risk_model, snapshot, made), made
