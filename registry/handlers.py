"""The long work of this app's jobs, outside any transaction. Each asks for the permission again when it is
claimed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from accounts.access import require
from accounts.permissions import Permission
from jobs.run import ChildRefused, Run
from mrm.lib.errors import NotFound
from registry import declarations, mlflow_client, samples, serving, snapshots, vault
from registry.artifacts import BytesDoNotMatch, read_candidate
from registry.importing import examined, examined_sample
from registry.models import Candidate, DecisionPolicy, ModelVersion, ReasonDictionary, RiskModel
from registry.registration import Proposal, register_version, sealed_from

Conclusion = Callable[[], dict[str, str | int]]


def import_snapshot(run: Run) -> Conclusion:
    """Read an upload in a child process, keep its parts encrypted, then freeze the snapshot."""
    require(actor=run.actor, permission=Permission.SNAPSHOT_IMPORT)
    upload = str(run.job.payload["upload"])
    declaration = declarations.read(run.job.payload["declaration"])
    with run.folder() as name:
        try:
            run.progress("Opening the upload", 5)
            (Path(name) / f"upload.{declaration.format}").write_bytes(vault.read_upload(upload))
            inspected = examined(run, Path(name), declaration)
        except ChildRefused:
            vault.discard_upload(upload)
            raise
    run.progress("Freezing the snapshot", 95)

    def conclude() -> dict[str, str | int]:
        snapshot = snapshots.freeze_snapshot(actor=run.actor, inspected=inspected)
        snapshots.discard_after_commit(upload)
        return {
            "snapshot": str(snapshot.pk),
            "digest": snapshot.digest,
            "development_rows": snapshot.development_rows,
            "held_out_rows": snapshot.held_out_rows,
        }

    return conclude


def import_sample(run: Run) -> Conclusion:
    """Read a table of outcomes and scores in a child process, keep its parts encrypted, then freeze the sample."""
    risk_model = RiskModel.objects.get(pk=run.job.payload["model"])
    samples.require_bringable(actor=run.actor, risk_model=risk_model)
    upload = str(run.job.payload["upload"])
    spec = samples.read_declaration(run.job.payload["declaration"])
    with run.folder() as name:
        try:
            run.progress("Opening the upload", 5)
            (Path(name) / f"upload.{spec.format}").write_bytes(vault.read_upload(upload))
            found = examined_sample(run, Path(name), risk_model, spec)
        except ChildRefused:
            vault.discard_upload(upload)
            raise
    run.progress("Freezing the sample", 95)

    def conclude() -> dict[str, str | int]:
        sample = samples.freeze_sample(actor=run.actor, examined=found)
        snapshots.discard_after_commit(upload)
        return {"sample": str(sample.pk), "digest": sample.digest, "rows": sample.rows}

    return conclude


def register(run: Run) -> Conclusion:
    """Fetch a candidate from MLflow, examine it in a child process, seal it, then write the draft down."""
    proposal = _proposal(run.job.payload)
    model_slug = proposal.risk_model.slug
    require(actor=run.actor, permission=Permission.VERSION_REGISTER, model_slug=model_slug)
    with run.folder() as name:
        run.progress("Fetching the candidate from MLflow", 10)
        folder = mlflow_client.download_candidate(run_id=proposal.candidate.mlflow_run_id, folder=Path(name))
        run.progress("Comparing its digest with what was trained", 30)
        _refuse_changed(folder, proposal.candidate)
        run.progress("Loading it for the first time, in a process of its own", 40)
        serving.quarantine(folder)
        run.progress("Sealing the bytes", 80)
        sealed = sealed_from(folder)
    run.progress("Writing the draft down", 95)

    def conclude() -> dict[str, str | int]:
        version = register_version(actor=run.actor, proposal=proposal, sealed=sealed)
        return {"version": version.number, "model": model_slug, "artifact": sealed.digest}

    return conclude


def _proposal(payload: dict[str, Any]) -> Proposal:
    candidate = (
        Candidate.objects.select_related("risk_model", "snapshot", "trained_by__person")
        .filter(pk=payload["candidate"])
        .first()
    )
    if candidate is None:
        raise NotFound("The candidate of this job is not there.")
    predecessor = payload["predecessor"]
    return Proposal(
        candidate=candidate,
        policy=DecisionPolicy.objects.get(pk=payload["policy"]),
        dictionary=ReasonDictionary.objects.get(pk=payload["dictionary"]),
        predecessor=ModelVersion.objects.get(pk=predecessor) if predecessor else None,
        change_note=str(payload["change_note"]),
    )


def _refuse_changed(folder: Path, candidate: Candidate) -> None:
    found = read_candidate(folder).digest
    if found != candidate.artifact_digest:
        raise BytesDoNotMatch(
            f"The candidate was refused: MLflow gave back {found[:12]}, training made"
            f" {candidate.artifact_digest[:12]}. Somebody changed it there."
            " Train again and tell the operator."
        )
