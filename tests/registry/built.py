"""Small worlds for this folder and its neighbours: a synthetic card table, what the children make of it once per
session, and the rows that the services write from that."""

from __future__ import annotations

import atexit
import dataclasses
import functools
import json
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical, strict_json
from registry import decision_policies, declarations, entries, reason_dictionaries, snapshots, vault
from registry.candidates import Trained, record_candidate
from registry.models import Candidate, DatasetSnapshot, ModelVersion, RiskModel
from registry.registration import Proposal, register_version, sealed_from
from tests.registry.documents import documented
from tests.tiers import answered

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "registry" / "demo_data"
ROWS = 2_000
SMALL = {"rounds": 15, "folds": 2, "reference_vectors": 20}
WORDS = entries.EntryWords(
    name="Card limit",
    purpose="Decide requests for a higher card limit.",
    intended_use="Existing clients of the bank's credit card.",
    **answered(1),
)
_PAY = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")


def demo_json(name: str) -> dict:
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


def card_table(rows: int = ROWS, seed: int = 7) -> pd.DataFrame:
    """Made-up clients with the columns of the card data; nobody's row is in it. A table of one's own: what a test adds
    to it, no other test meets."""
    return _card_table(rows, seed).copy()


@functools.cache
def _card_table(rows: int, seed: int) -> pd.DataFrame:
    import pandas as pd

    draw = np.random.default_rng(seed)
    limit = draw.integers(1, 50, rows) * 10_000
    columns = {"ID": np.arange(1, rows + 1), "LIMIT_BAL": limit}
    columns |= {"SEX": draw.integers(1, 3, rows), "EDUCATION": draw.integers(0, 5, rows)}
    columns |= {"MARRIAGE": draw.integers(1, 4, rows), "AGE": draw.integers(21, 70, rows)}
    columns |= {name: draw.choice([-2, -1, 0, 1, 2, 3], rows) for name in _PAY}
    columns |= {f"BILL_AMT{month}": (limit * draw.random(rows)).astype(int) for month in range(1, 7)}
    columns |= {f"PAY_AMT{month}": draw.integers(0, 20_000, rows) for month in range(1, 7)}
    risk = -2.0 + 0.8 * np.maximum(columns["PAY_0"], 0) - limit / 400_000
    columns["DEFAULT"] = (draw.random(rows) < 1 / (1 + np.exp(-risk))).astype(int)
    return pd.DataFrame(columns)


def card_csv(rows: int = ROWS) -> bytes:
    return card_table(rows).to_csv(index=False).encode()


def declaration(**changes: object) -> declarations.Declaration:
    return declarations.read({**demo_json("declaration.json"), "format": "csv", **changes})


def _kept_for_the_session(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def inspected_folder(csv: bytes, split_key: str, said: str) -> Path:
    """What the child makes of a table, made once."""
    from registry.frames import inspect_upload

    folder = _kept_for_the_session("inspected-")
    (folder / "upload.csv").write_bytes(csv)
    (folder / "spec.json").write_bytes(canonical.dumps(declarations.read(json.loads(said)).spec(split_key)))
    inspect_upload(folder)
    return folder


def frozen_snapshot(dana: object, csv: bytes | None = None, **changes: object) -> DatasetSnapshot:
    from django.conf import settings

    declared = declaration(**changes)
    folder = inspected_folder(csv or card_csv(), settings.MRM_SPLIT_KEY, json.dumps(declared.plain()))
    table = strict_json.loads((folder / "table.json").read_bytes())
    quality = strict_json.loads((folder / "quality.json").read_bytes())
    digest = snapshots.digest_of(declared, table)
    kept = {
        part: vault.put_part(snapshot=digest, name=part, content=(folder / f"{part}.parquet").read_bytes())
        for side in table["parts"]
        for part in side["digests"]
    }
    inspected = snapshots.Inspected(declared, digest, table, quality, kept)
    return snapshots.freeze_snapshot(actor=dana, inspected=inspected)


@functools.cache
def trained_folder(development: bytes, task: str) -> Path:
    """A candidate folder, trained once."""
    from training.child import train

    folder = _kept_for_the_session("trained-")
    (folder / "development.parquet").write_bytes(development)
    (folder / "spec.json").write_text(task)
    train(folder)
    return folder / "candidate"


def proposed_model(cast: object, slug: str = "card-limit", tier: int = 1) -> RiskModel:
    words = dataclasses.replace(WORDS, **answered(tier))
    return entries.propose_model(actor=cast.dana, slug=slug, words=words)


def accepted_model(cast: object, slug: str = "card-limit", tier: int = 1) -> RiskModel:
    return entries.accept_model(actor=cast.victor, risk_model=proposed_model(cast, slug, tier), tier=tier)


def small_plan(snapshot: DatasetSnapshot):
    from training.catalog import CARD_LIMIT, plan

    return plan(name=CARD_LIMIT, snapshot=snapshot, settings=SMALL)


def recorded_candidate(
    cast: object, risk_model: RiskModel, snapshot: DatasetSnapshot, run_id: str = ""
) -> tuple[Candidate, Path]:
    """The candidate of a finished training job; without a run's id it stands in no MLflow."""
    from training import lab

    made = small_plan(snapshot)
    development = snapshots.read_development(actor=cast.dana, snapshot=snapshot).table
    folder = trained_folder(development, json.dumps(made.task))
    trained = Trained(
        job_id=uuid.uuid4(),
        risk_model=risk_model,
        snapshot=snapshot,
        mlflow_run_id=run_id or uuid.uuid4().hex,
        artifact_digest=canonical.sha256((folder / "manifest.json").read_bytes()),
        recipe=lab.with_code(made.kept),
        recipe_digest=made.recipe_digest,
        metrics=json.loads((folder / "metrics.json").read_text()),
    )
    return record_candidate(actor=cast.dana, trained=trained), folder


def logged_candidate(cast: object) -> tuple[Candidate, Path]:
    """The same with its run in MLflow, and the folder in which MLflow keeps it."""
    from urllib.parse import urlsplit

    import mlflow
    from django.conf import settings

    from registry import mlflow_client

    risk_model, snapshot = accepted_model(cast), frozen_snapshot(cast.dana)
    development = snapshots.read_development(actor=cast.dana, snapshot=snapshot).table
    folder = trained_folder(development, json.dumps(small_plan(snapshot).task))
    digest = canonical.sha256((folder / "manifest.json").read_bytes())
    record = mlflow_client.LabRecord(
        "card-limit", uuid.uuid4().hex, digest, {"rounds": "15"}, {"auc": 0.7}, {}
    )
    columns = tuple(feature["name"] for feature in small_plan(snapshot).task["schema"]["features"])
    example = mlflow_client.Example(columns, tuple(0.0 for _ in columns))
    run_id = mlflow_client.log_candidate(folder=folder, record=record, example=example)
    candidate, _ = recorded_candidate(cast, risk_model, snapshot, run_id)
    run = mlflow.MlflowClient(tracking_uri=settings.MRM_MLFLOW_URL).get_run(run_id)
    return candidate, Path(urlsplit(run.info.artifact_uri).path) / "candidate"


def proposal(cast: object, candidate: Candidate, policy: str = "policy_v1.json", **more: object) -> Proposal:
    model = candidate.risk_model
    rules, words = demo_json(policy), demo_json("reasons.json")
    proposed = decision_policies.propose_policy(actor=cast.dana, risk_model=model, rules=rules)
    dictionary = reason_dictionaries.propose_dictionary(actor=cast.dana, risk_model=model, reasons=words)
    return Proposal(candidate, proposed.policy, dictionary.dictionary, **more)


def registered_version(cast: object, slug: str = "card-limit", tier: int = 1) -> ModelVersion:
    """A draft with what people write beside it."""
    return documented(cast.dana, drafted_version(cast, slug, tier))


def drafted_version(cast: object, slug: str = "card-limit", tier: int = 1) -> ModelVersion:
    """A sealed draft of an accepted model, by the services; only MLflow and the job are left out."""
    risk_model = accepted_model(cast, slug, tier)
    candidate, folder = recorded_candidate(cast, risk_model, frozen_snapshot(cast.dana))
    return register_version(actor=cast.dana, proposal=proposal(cast, candidate), sealed=sealed_from(folder))


def walked_to(cast: object, version: ModelVersion, stage: str) -> ModelVersion:
    """A version brought to a stage through `advance`, with the gates open (fixture `open_gates`) and the rows that the
    database asks for written as they are: who signed what is the subject of other apps' tests."""
    from registry.services import advance, submit_version

    path = ["draft", "in_validation", "validated", "in_review", "approved", "suspended"]
    steps = path.index(stage)
    if steps >= 1:
        version = submit_version(actor=cast.dana, version=version)
    if steps >= 2:
        conclusion = _concluded(cast, version)
        version = advance(actor=cast.victor, version=version, move="conclude")
    if steps >= 3:
        version = advance(actor=cast.dana, version=version, move="request")
        _signed_off(cast, version, conclusion)
    if steps >= 4:
        signer = cast.dana if version.risk_model.tier == 3 else cast.ada
        version = advance(actor=signer, version=version, move="approve")
    if steps >= 5:
        version = advance(actor=cast.victor, version=version, move="suspend")
    return version


def _concluded(cast: object, version: ModelVersion):
    from mrm.lib import clock
    from validation.certificate import CHECK_OF
    from validation.models import Assessment, CheckResult, Conclusion, ValidationRun, ValidationStandard

    standard, _ = ValidationStandard.objects.get_or_create(
        slug="any", digest="5" * 64, defaults={"content": {}, "frozen_at": clock.now()}
    )
    run = ValidationRun(
        version=version,
        standard=standard,
        plan=[],
        plan_digest="a" * 64,
        job_id=uuid.uuid4(),
        started_by=cast.victor,
        started_at=clock.now(),
    )
    run.save(force_insert=True)
    CheckResult.objects.bulk_create(
        CheckResult(run=run, check_id=check, ordinal=at, verdict="passed", is_blocking=True, measurements=[])
        for at, check in enumerate(CHECK_OF.values())
    )
    run.completed_at, run.evidence_digest = clock.now(), "e" * 64
    run.save(update_fields=["completed_at", "evidence_digest"])
    Assessment(
        version=version,
        run=run,
        topic="opinion",
        revision=1,
        rating="satisfactory",
        text="Seen.",
        author=cast.victor,
        printed_name=cast.victor.name,
        at=clock.now(),
        evidence_digest=run.evidence_digest,
    ).save(force_insert=True)
    conclusion = Conclusion(version=version, run=run, verdict="fit", **_signature(cast.victor))
    conclusion.save(force_insert=True)
    return conclusion


def _signed_off(cast: object, version: ModelVersion, conclusion: object) -> None:
    from approvals.models import ApprovalRequest, SignOff
    from mrm.lib import clock

    request = ApprovalRequest(
        act="approve-version",
        subject=str(version.pk),
        content={},
        digest="c" * 64,
        due_at=clock.now(),
        version=version,
        conclusion=conclusion,
        evidence_digest="e" * 64,
        quorum=2,
        opened_by=cast.dana,
        opened_at=clock.now(),
    )
    request.save(force_insert=True)
    for signer in (cast.ada, cast.amir):
        SignOff(request=request, verdict="approve", **_signature(signer)).save(force_insert=True)


def _signature(user: object) -> dict:
    from mrm.lib import clock

    return {
        "user": user,
        "person": user.person,
        "printed_name": user.name,
        "meaning": "test",
        "rationale": "Seen.",
        "evidence_digest": "e" * 64,
        "shown_digest": "d" * 64,
        "governance_digest": "b" * 64,
        "at": clock.now(),
    }
