"""Candidates: what a training left in MLflow, with the digest it had before MLflow saw it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from registry import subjects
from registry.mlflow_client import LONGEST_PARAM
from registry.models import Candidate, DatasetSnapshot, RiskModel

_NEEDED = frozenset({"recipe", "schema", "reasons", "target"})


@dataclass(frozen=True)
class Trained:
    """The outcome of one training job."""

    job_id: uuid.UUID
    risk_model: RiskModel
    snapshot: DatasetSnapshot
    mlflow_run_id: str
    artifact_digest: str
    # The task as the child got it (recipe, schema, reasons, target, forbidden) under the name it was asked
    # by, and the code (commit, digest) that the child was.
    recipe: Mapping[str, Any]
    recipe_digest: str
    metrics: Mapping[str, float]
    # Of an estimator that was trained elsewhere: the run its author logged, and whoever that was.
    source_run_id: str = ""
    trained_by: User | None = None


@dataclass(frozen=True)
class LabNotes:
    """What a training writes beside the files of its run, by which people find and compare runs in MLflow."""

    params: Mapping[str, str]
    tags: Mapping[str, str]


def was_trained_here(kept: Mapping[str, Any]) -> bool:
    """Whether the task was kept whole: then this installation wrote the run, and knows what is in it."""
    return "recipe" in kept


def task_again(kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """spec.json of the child that trains this again; None where the task was not kept whole."""
    if not set(kept) >= _NEEDED:
        return None
    return {member: kept[member] for member in (*sorted(_NEEDED), "forbidden", "split") if member in kept}


def lab_notes(*, kept: Mapping[str, Any], recipe_digest: str, snapshot: DatasetSnapshot) -> LabNotes:
    """Of a task as a candidate keeps it."""
    if not was_trained_here(kept):
        return LabNotes({}, {})
    params = {name: str(value)[:LONGEST_PARAM] for name, value in kept["recipe"].items()}
    tags = {"mrm.snapshot": snapshot.digest, "mrm.recipe": recipe_digest}
    if "code" in kept:
        tags["mrm.code"] = kept["code"]["digest"]
    return LabNotes({**params, "recipe": str(kept["name"])}, tags)


@unit_of_work
def record_candidate(*, actor: User, trained: Trained) -> Candidate:
    """Write down what was trained. A second attempt of the same job finds the row of the first."""
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=trained.risk_model.slug)
    standing = Candidate.objects.filter(
        job_id=trained.job_id, artifact_digest=trained.artifact_digest
    ).first()
    if standing is not None:
        return standing
    candidate = Candidate(
        risk_model=trained.risk_model,
        snapshot=trained.snapshot,
        mlflow_run_id=trained.mlflow_run_id,
        source_run_id=trained.source_run_id,
        artifact_digest=trained.artifact_digest,
        recipe=dict(trained.recipe),
        recipe_digest=trained.recipe_digest,
        metrics=dict(trained.metrics),
        job_id=trained.job_id,
        trained_by=trained.trained_by or actor,
        trained_at=clock.now(),
    )
    candidate.save(force_insert=True)
    facts = {
        "model": trained.risk_model.slug,
        "candidate": str(candidate.pk),
        "artifact": trained.artifact_digest,
        "recipe": trained.recipe_digest,
        "snapshot": trained.snapshot.digest,
        "mlflow_run": trained.mlflow_run_id,
    }
    if "code" in trained.recipe:
        facts["code"] = trained.recipe["code"]["digest"]
    if trained.source_run_id:
        facts |= {"source_run": trained.source_run_id, "trained_by": str(candidate.trained_by_id)}
    record(
        event=Event.CANDIDATE_RECORDED,
        actor=actor,
        subject=subjects.of_model(trained.risk_model),
        facts=facts,
    )
    return candidate
