"""A sweep as its job writes it down, made by the real child once per session; only MLflow and the job are left out."""

from __future__ import annotations

import functools
import uuid
from pathlib import Path
from typing import Any

from mrm.lib import canonical, strict_json
from registry import snapshots
from registry.candidates import Trained
from registry.models import DatasetSnapshot, ModelVersion, RiskModel, Sweep
from registry.sweeps import Swept, record_sweep
from tests.registry import built
from training.sweep.plan import SweepPlan, plan_sweep

ASKED = {
    "fields": "card-limit",
    "split": {"method": "random", "validation_percent": 25, "test_percent": 25},
    "encoders": ["woe"],
    "imputers": ["median"],
    "families": ["logistic", "xgboost"],
    "settings": {"xgboost": {"rounds": 15}},
}


@functools.cache
def swept_folder(development: bytes, spec: bytes) -> Path:
    """What the child of a sweep leaves behind, made once."""
    from training.sweep.child import sweep

    folder = built._kept_for_the_session("swept-")
    (folder / "development.parquet").write_bytes(development)
    (folder / "spec.json").write_bytes(spec)
    sweep(folder)
    return folder


def recorded_sweep(
    cast: Any,
    risk_model: RiskModel,
    snapshot: DatasetSnapshot,
    incumbent: ModelVersion | None = None,
    **changes: Any,
) -> Sweep:
    """`changes` replaces members of the facts, for what the tiny table does not bring about."""
    plan = plan_sweep(raw=ASKED, snapshot=snapshot)
    development = snapshots.read_development(actor=cast.dana, snapshot=snapshot).table
    folder = swept_folder(development, canonical.dumps(plan.spec()))
    facts = {**strict_json.loads((folder / "sweep.json").read_bytes()), **changes}
    job = uuid.uuid4()
    trained = [_trained(job, risk_model, snapshot, plan, entry) for entry in facts["candidates"]]
    swept = Swept(job, risk_model, snapshot, plan.asked.plain(), facts, trained, incumbent)
    return record_sweep(actor=cast.dana, swept=swept)


def _trained(
    job: uuid.UUID, risk_model: RiskModel, snapshot: DatasetSnapshot, plan: SweepPlan, entry: dict[str, Any]
) -> Trained | None:
    if entry["why_not"]:
        return None
    task = plan.entrants[0].task
    return Trained(
        job_id=job,
        risk_model=risk_model,
        snapshot=snapshot,
        mlflow_run_id=uuid.uuid4().hex,
        artifact_digest=entry["artifact"],
        recipe={"name": f"sweep: {entry['name']}", **task, "recipe": entry["recipe"]},
        recipe_digest=canonical.digest(entry["recipe"]),
        metrics={name: float(value) for name, value in entry["metrics"].items()},
    )
