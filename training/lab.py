"""A candidate folder in MLflow: logged once for each job and artefact, found again by a second attempt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from jobs.run import Run
from mrm.lib import canonical, code, strict_json
from registry import mlflow_client
from registry.artifacts import read_candidate
from registry.candidates import Trained, lab_notes
from registry.serving import manifest as names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.models import DatasetSnapshot, RiskModel


def logged(
    run: Run, risk_model: RiskModel, snapshot: DatasetSnapshot, kept: Mapping[str, Any], folder: Path
) -> Trained:
    """Log what was trained by the task `kept`. The artefact's digest is taken before MLflow sees the bytes."""
    digest = read_candidate(folder).digest
    metrics = strict_json.loads((folder / names.METRICS).read_bytes())
    kept, recipe_digest = with_code(kept), canonical.digest(kept["recipe"])
    notes = lab_notes(kept=kept, recipe_digest=recipe_digest, snapshot=snapshot)
    record = mlflow_client.LabRecord(
        experiment=risk_model.slug,
        job=str(run.job.pk),
        artifact_digest=digest,
        params=notes.params,
        metrics=metrics,
        tags={**notes.tags, **origin(risk_model, snapshot)},
    )
    return Trained(
        job_id=run.job.pk,
        risk_model=risk_model,
        snapshot=snapshot,
        mlflow_run_id=mlflow_client.log_candidate(folder=folder, record=record, example=example_of(folder)),
        artifact_digest=digest,
        recipe=kept,
        recipe_digest=recipe_digest,
        metrics=metrics,
    )


def with_code(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A task as a candidate keeps it: with the code that made the candidate."""
    return {**kept, "code": code_here()}


def code_here() -> dict[str, str]:
    """Read anew each time: a child that trains reads the same files."""
    commit = settings.MRM_COMMIT or code.commit_of(settings.BASE_DIR)
    return {"commit": commit, "digest": code.digest_of(settings.BASE_DIR)}


def origin(risk_model: RiskModel, snapshot: DatasetSnapshot) -> dict[str, str]:
    """Tags by which people find runs in MLflow: whose model it is, and on which frozen data it was trained."""
    told = {"mrm.dataset_version": f"{snapshot.name} {snapshot.digest[:12]}"}
    return told | ({"mrm.business_unit": risk_model.business_unit} if risk_model.business_unit else {})


def example_of(folder: Path) -> mlflow_client.Example:
    """The candidate's synthetic application, as the estimator's own columns."""
    from quant.features import form
    from quant.features.row import compile_row

    tables = (folder / names.TABLES).read_bytes()
    schema = form.load(strict_json.loads(tables, max_bytes=names.MAX_TABLE_BYTES))
    features = strict_json.loads((folder / names.EXAMPLE).read_bytes())["features"]
    row = compile_row(schema)(features)[0]
    return mlflow_client.Example(schema.feature_names, tuple(float(value) for value in row))
