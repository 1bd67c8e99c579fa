"""A training from the request to the candidate, and every way in which it may fail without leaving half of it."""

import json
import socket

import pytest

from accounts.models import RoleGrant
from accounts.selectors import the_installation
from accounts.services import revoke_role
from registry import registration
from registry.models import Candidate, ModelVersion
from registry.selectors import held_out_readings
from tests.registry import built
from training.services import request_training

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(cast):
    risk_model, snapshot = built.accepted_model(cast), built.frozen_snapshot(cast.dana)

    def request(recipe="card-limit", **settings):
        return request_training(
            actor=cast.dana,
            risk_model=risk_model,
            snapshot=snapshot,
            recipe=recipe,
            settings={**built.SMALL, **settings},
        )

    return request


def only(jobs):
    (job,) = jobs
    return job


def test_the_same_recipe_twice_gives_the_same_artefact_and_is_registered(cast, ask, work, lab, events):
    ask()
    first = only(work())
    ask()
    second = only(work())
    assert (first.state, second.state) == ("succeeded", "succeeded"), first.reason
    assert first.result["artifact"] == second.result["artifact"]
    assert first.result["mlflow_run"] != second.result["mlflow_run"]
    candidate = Candidate.objects.get(pk=first.result["candidate"])
    assert held_out_readings(actor=cast.victor, snapshot=candidate.snapshot) == 0

    registration.request_registration(actor=cast.dana, proposal=built.proposal(cast, candidate))
    job = only(work())
    assert (job.state, job.result["version"]) == ("succeeded", 1), job.reason
    assert ModelVersion.objects.get().artifact_id == candidate.artifact_digest
    assert "version:registered" in events()


def test_a_family_that_mlflow_cannot_load_is_registered_and_shown_there_all_the_same(cast, work, lab):
    import mlflow

    risk_model, snapshot = built.accepted_model(cast), built.frozen_snapshot(cast.dana)
    request_training(
        actor=cast.dana,
        risk_model=risk_model,
        snapshot=snapshot,
        recipe="card-limit",
        settings={"estimator": "logistic"},
    )
    trained = only(work())
    candidate = Candidate.objects.get(pk=trained.result["candidate"])
    [logged] = mlflow.MlflowClient(tracking_uri=lab).search_logged_models(
        [mlflow.MlflowClient(tracking_uri=lab).get_run(candidate.mlflow_run_id).info.experiment_id],
        max_results=1,
    )
    details = mlflow.models.get_model_info(logged.model_uri)
    assert list(details.flavors) == ["countersign"]
    assert "limit" in details.signature.inputs.input_names()
    registration.request_registration(actor=cast.dana, proposal=built.proposal(cast, candidate))
    assert only(work()).state == "succeeded"
    assert ModelVersion.objects.get().artifact_id == candidate.artifact_digest


def test_mlflow_has_parameters_metrics_signature_and_a_synthetic_example(cast, ask, work, lab):
    import mlflow

    ask()
    job = only(work())
    assert job.state == "succeeded", job.reason
    run = mlflow.MlflowClient(tracking_uri=lab).get_run(job.result["mlflow_run"])
    assert run.data.params["rounds"] == "15"
    assert 0.5 < run.data.metrics["cross_fitted_auc"] < 1.0
    assert run.data.tags["mrm.artifact"] == job.result["artifact"]
    (logged,) = mlflow.MlflowClient(tracking_uri=lab).search_logged_models(
        [run.info.experiment_id], max_results=1
    )
    details = mlflow.models.get_model_info(logged.model_uri)
    assert "limit" in details.signature.inputs.input_names()
    example = json.loads(_example(logged))
    rows = {
        tuple(row)
        for row in built.card_table()[["LIMIT_BAL", "BILL_AMT1", "PAY_AMT1"]].itertuples(index=False)
    }
    at = [example["columns"].index(name) for name in ("limit", "balance_1", "repayment_1")]
    assert tuple(example["data"][0][place] for place in at) not in rows


def _example(logged):
    from pathlib import Path
    from urllib.parse import urlsplit

    return (Path(urlsplit(logged.artifact_location).path) / "input_example.json").read_text()


@pytest.mark.control("reliability:mlflow-down")
def test_mlflow_down_fails_the_job_with_what_to_do(cast, ask, work, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.MRM_MLFLOW_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    ask()
    job = only(work())
    assert (job.state, job.attempt) == ("failed", 1)
    assert f"MLflow does not answer at {settings.MRM_MLFLOW_URL}" in job.reason
    assert "ask again" in job.reason
    assert not Candidate.objects.exists()


@pytest.mark.control("gates:asked-again")
def test_the_gates_are_asked_again_when_a_worker_takes_the_job_up(cast, ask, work):
    ask()
    revoke_role(actor=the_installation(), grant=RoleGrant.objects.get(user=cast.dana))
    job = only(work())
    assert (job.state, len(job.reasons)) == ("failed", 1)
    assert "Dana Duarte may not train for card-limit now" in job.reasons[0]
    assert not Candidate.objects.exists()


def test_an_attempt_that_died_after_logging_is_not_logged_twice(cast, ask, work, lab, monkeypatch):
    import mlflow

    from training import handlers

    written = []

    def die_once(**kwargs):
        written.append(1)
        if len(written) == 1:
            raise ConnectionError
        return record(**kwargs)

    record = handlers.record_candidate
    monkeypatch.setattr(handlers, "record_candidate", die_once)
    job = ask()
    assert [done.state for done in work()] == ["queued", "succeeded"]
    client = mlflow.MlflowClient(tracking_uri=lab)
    experiment = client.get_experiment_by_name("card-limit").experiment_id
    assert len(client.search_runs([experiment], f"tags.`mrm.job` = '{job.pk}'")) == 1
    assert Candidate.objects.count() == 1


def test_a_table_that_does_not_fit_the_schema_fails_in_words(cast, work, lab):
    table = built.card_table(600).copy()
    table.loc[:40, "LIMIT_BAL"] = -5
    snapshot = built.frozen_snapshot(cast.dana, csv=table.to_csv(index=False).encode())
    model = built.accepted_model(cast)
    request_training(
        actor=cast.dana, risk_model=model, snapshot=snapshot, recipe="card-limit", settings=built.SMALL
    )
    job = only(work())
    assert (job.state, job.attempt) == ("failed", 1)
    assert "LIMIT_BAL" in job.reason


def test_own_columns_train_too(cast, ask, work, lab):
    ask(recipe="own-columns")
    job = only(work())
    assert job.state == "succeeded", job.reason
    assert Candidate.objects.get().recipe["name"] == "own-columns"
