"""A version whose run stands in a real MLflow as a training leaves it there, and what somebody may do to it below the
gate: past the address, in MLflow itself or in its folder."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mrm.demo.processes import Place, mlflow
from mrm.lib import canonical
from quant.features import form
from quant.reasons import dump_groups
from registry import mlflow_client, vault
from registry.candidates import Trained, lab_notes, record_candidate
from registry.decision_policies import propose_policy
from registry.models import Candidate, DatasetSnapshot, ModelVersion, RiskModel
from registry.reason_dictionaries import propose_dictionary
from registry.registration import Proposal, register_version, sealed_under
from registry.serving import manifest as names
from tests.cast import Cast
from tests.registry.documents import documented
from tests.registry.gateway_servers import await_answer, bare_environment, free_address, killed, started
from tests.scoring import in_force
from training import card

METRICS = {"auc": 0.71, "brier": 0.1375}
TASK = {
    "name": "card-limit",
    "recipe": {"rounds": 15, "monotone": [1, 0, -1]},
    "schema": form.dump(card.schema()),
    "reasons": dump_groups(card.groups()),
}
RECIPE = canonical.digest(TASK["recipe"])


@dataclass(frozen=True)
class Lab:
    """A running server and the folder of its files."""

    url: str
    folder: Path

    @property
    def client(self) -> Any:  # MLflow's own, typed loosely
        from mlflow import MlflowClient

        return MlflowClient(self.url)

    def files_of(self, version: ModelVersion) -> Path:
        """Where the server keeps the candidate's files."""
        return self._run(version) / "artifacts" / mlflow_client.FOLDER

    def native_of(self, version: ModelVersion) -> Path:
        (found,) = self.client.get_run(version.candidate.mlflow_run_id).outputs.model_outputs
        (folder,) = self.folder.glob(f"mlflow-artifacts/*/models/{found.model_id}/artifacts")
        return folder

    def _run(self, version: ModelVersion) -> Path:
        (found,) = self.folder.glob(f"mlflow-artifacts/*/{version.candidate.mlflow_run_id}")
        return found


@contextmanager
def served(folder: Path) -> Iterator[Lab]:
    place = Place(var=folder, mlflow=free_address())
    server = mlflow(place)
    process = started(server, folder, bare_environment())
    try:
        await_answer(server, folder)
        yield Lab(f"http://{place.mlflow}", folder)
    finally:
        killed(process)


@dataclass(frozen=True)
class Logged:
    """What a training left in MLflow."""

    run_id: str
    job: uuid.UUID
    folder: Path


def logged(folder: Path) -> Logged:
    """A run as training/handlers.py writes it."""
    job, snapshot = uuid.uuid4(), DatasetSnapshot(digest=in_force.SNAPSHOT)
    notes = lab_notes(kept=TASK, recipe_digest=RECIPE, snapshot=snapshot)
    digest = canonical.sha256((folder / names.MANIFEST).read_bytes())
    record = mlflow_client.LabRecord(in_force.SLUG, str(job), digest, notes.params, METRICS, notes.tags)
    columns = tuple(feature["name"] for feature in TASK["schema"]["features"])
    example = mlflow_client.Example(columns, tuple(0.0 for _ in columns))
    return Logged(mlflow_client.log_candidate(folder=folder, record=record, example=example), job, folder)


def candidate_of(cast: Cast, risk_model: RiskModel, run: Logged) -> Candidate:
    made = Trained(
        job_id=run.job,
        risk_model=risk_model,
        snapshot=in_force.snapshot_of(cast),
        mlflow_run_id=run.run_id,
        artifact_digest=vault.artifacts().put_folder(run.folder),
        recipe=TASK,
        recipe_digest=RECIPE,
        metrics=METRICS,
    )
    return record_candidate(actor=cast.dana, trained=made)


def registered(cast: Cast, candidate: Candidate, cuts: tuple[str, str]) -> ModelVersion:
    model = candidate.risk_model
    policy = propose_policy(actor=cast.dana, risk_model=model, rules=in_force.policy_rules(*cuts)).policy
    words = propose_dictionary(actor=cast.dana, risk_model=model, reasons=in_force.dictionary()).dictionary
    sealed = sealed_under(candidate.artifact_digest)
    version = register_version(actor=cast.dana, proposal=Proposal(candidate, policy, words), sealed=sealed)
    return documented(cast.dana, version)
