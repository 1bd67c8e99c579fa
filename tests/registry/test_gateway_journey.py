"""The stock client against the real gate and a real MLflow server: what a data scientist does, and what they read in the
traceback where it is refused. Two environment variables are all that they change."""

from __future__ import annotations

import http.client
import json
import os
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from accounts.services import issue_token, permissions_of
from mrm.lib.errors import NotFound
from registry.mlflow_client import logged_by
from registry.models import Candidate, ModelVersion
from tests.browser.screenshots import ARGUMENTS
from tests.plugin_services import chromium
from tests.registry import built

pytestmark = pytest.mark.control("security:gateway-bypass")


@pytest.fixture
def token_of(cast):
    def issued(name: str) -> str:
        user = getattr(cast, name)
        return issue_token(actor=user, name="lab", days=1, scopes=sorted(permissions_of(user)))[1]

    return issued


@pytest.fixture
def lab_of(gateway, token_of, monkeypatch):
    """MLflow's client as this person uses it."""

    def used(name: str):
        import mlflow

        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://{gateway.gateway}")
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token_of(name))
        monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        mlflow.set_tracking_uri(f"http://{gateway.gateway}")
        return mlflow

    yield used
    import mlflow

    mlflow.set_tracking_uri(None)


@pytest.fixture
def dana(lab_of):
    return lab_of("dana")


@pytest.fixture
def run(dana):
    """A run of Dana's with a parameter and a file, under an experiment of its own."""
    dana.set_experiment(f"card-{uuid.uuid4().hex}")
    with dana.start_run() as started:
        dana.log_params({"depth": 2})
        dana.log_text("as it was", "notes/first.txt")
    return started.info


def logged_model(mlflow, registered_as: str):
    import mlflow.xgboost
    import numpy as np
    import xgboost

    rows, labels = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    booster = xgboost.train({"max_depth": 2, "nthread": 1}, xgboost.DMatrix(rows, labels), 3)
    info = mlflow.xgboost.log_model(
        booster,
        name="estimator",
        model_format="ubj",
        pip_requirements=["xgboost"],
        registered_model_name=registered_as,
    )
    return SimpleNamespace(booster=booster, rows=rows, id=info.model_id)


def refused(act, *words: str) -> str:
    with pytest.raises(Exception) as refusal:  # noqa: PT011 (the client raises different ones for files and for the rest)
        act()
    said = str(refusal.value)
    assert "PERMISSION_DENIED" in said
    assert not [each for each in words if each not in said], said
    return said


def test_log_register_search_and_download_as_ever(dana):
    import xgboost

    name, experiment = f"card-{uuid.uuid4().hex}", f"card-{uuid.uuid4().hex}"
    dana.set_experiment(experiment)
    with dana.start_run() as run:
        dana.log_params({"depth": 2})
        dana.log_metrics({"auc": 0.71})
        dana.set_tag("team", "cards")
        dana.log_text("why two levels", "notes/why.txt")
        dana.log_dict({}, "empty.json")
        logged = logged_model(dana, name)
    client = dana.MlflowClient()
    (row,) = dana.search_runs(experiment_names=[experiment]).to_dict("records")
    (version,) = client.search_model_versions(f"name='{name}'")
    assert (row["params.depth"], row["metrics.auc"], row["tags.team"]) == ("2", 0.71, "cards")
    assert (version.version, version.run_id) == ("1", run.info.run_id)
    assert dana.artifacts.load_text(f"runs:/{run.info.run_id}/notes/why.txt") == "why two levels"
    again = dana.xgboost.load_model(f"models:/{name}/1")
    asked = xgboost.DMatrix(logged.rows)
    assert again.predict(asked).tolist() == logged.booster.predict(asked).tolist()
    client.set_registered_model_alias(name, "my-best", "1")
    assert client.get_model_version_by_alias(name, "my-best").version == "1"
    assert dana.register_model(f"runs:/{run.info.run_id}/estimator", name).version == "2"


def test_a_run_says_whose_token_logged_it(cast, dana, run, gateway, settings):
    refused(lambda: dana.start_run(tags={"mrm.logged_by": str(cast.victor.pk)}), "rule tag")
    refused(lambda: dana.MlflowClient().set_tag(run.run_id, "mrm.logged_by", "x"), "rule tag")
    # From here on past the gate, as the workers ask.
    settings.MRM_MLFLOW_URL = f"http://{gateway.mlflow}"
    assert logged_by(run.run_id) == str(cast.dana.pk)
    beside = dana.MlflowClient(tracking_uri=settings.MRM_MLFLOW_URL).create_run(run.experiment_id)
    assert logged_by(beside.info.run_id) == ""
    with pytest.raises(NotFound):
        logged_by("0" * 32)


def test_autologging_works(dana):
    import numpy as np
    import xgboost

    dana.set_experiment(f"card-{uuid.uuid4().hex}")
    dana.xgboost.autolog(log_models=False, log_datasets=True)
    try:
        with dana.start_run() as run:
            data = xgboost.DMatrix(np.arange(40.0).reshape(20, 2), np.arange(20) % 2)
            xgboost.train(
                {"max_depth": 2, "nthread": 1}, data, 3, evals=[(data, "train")], verbose_eval=False
            )
    finally:
        dana.xgboost.autolog(disable=True)
    kept = dana.get_run(run.info.run_id)
    assert kept.data.params["max_depth"] == "2"
    assert "train-rmse" in kept.data.metrics


CANARY = 98765432.125


def real_rows(count: int):
    """A frame as of applicants: a number that is found again, one that is missing, whole numbers."""
    import pandas as pd

    incomes = [CANARY, None, *map(float, range(count - 2))]
    return pd.DataFrame({"income": incomes, "age": range(count), "is_owner": [True] * count})


def files_with_the_canary(place) -> list[str]:
    files = [path for path in place.var.rglob("*") if path.is_file() and path.suffix != ".log"]
    assert [path for path in files if path.name.startswith("mlflow.sqlite3")]
    return [path.name for path in files if b"98765432" in path.read_bytes()]


SYNTHETIC = [{"income": 0.0, "age": 0, "is_owner": False}]


@pytest.mark.control("privacy:canary")
def test_an_input_example_is_logged_as_ever_and_loads_back_as_one_synthetic_row(dana, gateway):
    import mlflow.xgboost
    import numpy as np
    import xgboost
    from mlflow.models import infer_signature
    from mlflow.models.utils import load_serving_example

    dana.set_experiment(f"card-{uuid.uuid4().hex}")
    frame = real_rows(20)
    booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(frame.astype(float), np.arange(20) % 2), 3)
    with dana.start_run():
        info = mlflow.xgboost.log_model(
            booster,
            name="estimator",
            model_format="ubj",
            pip_requirements=["xgboost"],
            signature=infer_signature(frame, np.zeros(20, dtype="float32")),
            input_example=frame.head(5),
        )
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    assert loaded.input_example.to_dict("records") == SYNTHETIC
    assert len(loaded.predict(loaded.input_example)) == 1
    assert json.loads(load_serving_example(info.model_uri))["dataframe_split"]["data"] == [[0.0, 0, False]]
    tags = dana.MlflowClient().get_logged_model(info.model_id).tags
    assert tags["mrm.input_example"].startswith("One synthetic row stands here")
    assert files_with_the_canary(gateway) == []


@pytest.mark.control("privacy:canary")
def test_autologging_with_input_examples_logs_nobodys_rows(dana, gateway):
    import numpy as np
    import xgboost

    dana.set_experiment(f"card-{uuid.uuid4().hex}")
    dana.xgboost.autolog(log_input_examples=True, log_model_signatures=True)
    try:
        with dana.start_run() as run:
            data = xgboost.DMatrix(real_rows(20).astype(float), np.arange(20) % 2)
            xgboost.train({"max_depth": 2, "nthread": 1}, data, 3)
    finally:
        dana.xgboost.autolog(disable=True)
    (output,) = dana.get_run(run.info.run_id).outputs.model_outputs
    loaded = dana.pyfunc.load_model(f"models:/{output.model_id}")
    assert loaded.input_example.to_dict("records") == [{"income": 0.0, "age": 0.0, "is_owner": 0.0}]
    assert files_with_the_canary(gateway) == []


@pytest.mark.control("privacy:canary")
def test_the_rows_of_an_evaluation_go_on_as_a_note(dana, gateway, run):
    client = dana.MlflowClient()
    client.log_table(run.run_id, real_rows(20), "eval_results_table.json")
    said = client.load_table(run.experiment_id, "eval_results_table.json", [run.run_id])
    assert said["note"].item().startswith("The rows of this table stay where the evaluation ran")
    assert files_with_the_canary(gateway) == []


@pytest.mark.control("privacy:canary")
def test_an_example_in_another_form_says_in_the_traceback_how_to_make_one(dana, run, tmp_path):
    kept = tmp_path / "input_example.csv"
    kept.write_text("income\n98765432.125\n")
    refused(
        lambda: dana.MlflowClient().log_artifact(run.run_id, str(kept), "model"),
        "rule example",
        "input_example=frame.head(1)",
    )


def test_a_protected_alias_is_refused_in_the_traceback(dana, run):
    name = f"card-{uuid.uuid4().hex}"
    client = dana.MlflowClient()
    client.create_registered_model(name)
    client.create_model_version(name, f"runs:/{run.run_id}/notes", run.run_id)
    for alias in ("champion", "challenger", "previous-champion"):
        refused(
            lambda alias=alias: client.set_registered_model_alias(name, alias, "1"),
            "rule alias",
            "follow approved deployments",
            "Ask at http://127.0.0.1:8000/models",
        )
    assert client.get_registered_model(name).aliases == {}


def test_what_is_refused_says_which_rule_and_where_to_ask(dana, run):
    client = dana.MlflowClient()
    name = f"card-{uuid.uuid4().hex}"
    client.create_registered_model(name)
    client.create_model_version(name, f"runs:/{run.run_id}/notes", run.run_id)
    refused(lambda: client.delete_run(run.run_id), "rule delete", "/models")
    refused(lambda: client.delete_registered_model(name), "rule delete")
    refused(lambda: client.delete_model_version(name, "1"), "rule delete")
    refused(lambda: client.delete_experiment(run.experiment_id), "rule delete")
    refused(lambda: client.rename_registered_model(name, "another"), "rule rename")
    refused(lambda: client.rename_experiment(run.experiment_id, "another"), "rule rename")
    refused(lambda: client.transition_model_version_stage(name, "1", "Production"), "rule stage")
    refused(lambda: client.set_tag(run.run_id, "mrm.job", "x"), "rule tag")
    refused(lambda: client.log_param(run.run_id, "mrm.job", "x"), "rule tag")
    refused(lambda: client.set_model_version_tag(name, "1", "mrm.status", "approved"), "rule tag")
    refused(lambda: client.set_model_version_tag(name, "1", "Approval", "approved"), "rule tag")
    client.set_tag(run.run_id, "approval", "the word is free on a run")
    refused(lambda: client.create_experiment("x", artifact_location="file:///etc"), "rule place")
    refused(lambda: client.create_model_version(name, "file:///etc", run.run_id), "rule source")
    refused(lambda: client.create_model_version(name, f"runs:/{'0' * 32}/x", "0" * 32), "rule source")
    assert client.get_run(run.run_id).info.lifecycle_stage == "active"
    assert len(client.search_model_versions(f"name='{name}'")) == 1


def test_a_file_is_written_once(dana, run):
    refused(
        lambda: dana.MlflowClient().log_text(run.run_id, "altered", "notes/first.txt"),
        "rule write-once",
        "notes/first.txt",
    )
    assert dana.artifacts.load_text(f"runs:/{run.run_id}/notes/first.txt") == "as it was"


def test_the_file_of_a_registered_model_is_not_overwritten(dana):
    """What one PUT did to MLflow alone: other bytes under the same version."""
    dana.set_experiment(f"card-{uuid.uuid4().hex}")
    with dana.start_run():
        logged = logged_model(dana, f"card-{uuid.uuid4().hex}")
    client = dana.MlflowClient()
    place = client.get_logged_model(logged.id).artifact_location.removeprefix("mlflow-artifacts:/")
    connection = http.client.HTTPConnection(urlsplit(dana.get_tracking_uri()).netloc)
    connection.request(
        "PUT",
        f"/api/2.0/mlflow-artifacts/artifacts/{place}/model.ubj",
        b"altered",
        {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"},
    )
    answer = connection.getresponse()
    assert answer.status == 403
    assert b"rule write-once" in answer.read()


def test_an_upload_that_breaks_off_leaves_nothing(dana, run, gateway):
    place = f"{run.experiment_id}/{run.run_id}/artifacts/late.bin"
    head = (
        f"PUT /api/2.0/mlflow-artifacts/artifacts/{place} HTTP/1.1\r\nHost: {gateway.gateway}\r\n"
        f"Authorization: Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}\r\nContent-Length: 5000000\r\n\r\n"
    )
    host, port = gateway.gateway.split(":")
    with socket.create_connection((host, int(port))) as broken:
        broken.sendall(head.encode() + bytes(1_000_000))
    client = dana.MlflowClient()
    client.log_text(run.run_id, "whole", "late.bin")
    assert [file.path for file in client.list_artifacts(run.run_id)] == ["late.bin", "notes"]
    assert dana.artifacts.load_text(f"runs:/{run.run_id}/late.bin") == "whole"


def test_a_run_whose_version_is_registered_here_takes_no_more(cast, dana):
    dana.set_experiment(f"card-{uuid.uuid4().hex}")
    with dana.start_run() as started:
        logged = logged_model(dana, f"card-{uuid.uuid4().hex}")
    version = built.registered_version(cast)
    _came_from(version, started.info.run_id)
    client = dana.MlflowClient()
    run_id = started.info.run_id
    words = ("rule frozen", run_id, "log a new run")
    refused(lambda: client.log_metric(run_id, "auc", 0.99), *words)
    refused(lambda: client.log_param(run_id, "depth", 3), *words)
    refused(lambda: client.set_tag(run_id, "team", "x"), *words)
    refused(lambda: client.log_batch(run_id, params=[dana.entities.Param("a", "b")]), *words)
    refused(lambda: client.update_run(run_id, name="another"), *words)
    refused(lambda: client.log_text(run_id, "late", "late.txt"), *words)
    refused(lambda: client.set_logged_model_tags(logged.id, {"team": "x"}), *words)
    refused(lambda: client.finalize_logged_model(logged.id, "READY"), *words)
    refused(lambda: dana.log_metric("auc", 0.99, model_id=logged.id, run_id=run_id), *words)
    assert client.get_run(run_id).data.metrics == {}


def _came_from(version: ModelVersion, run_id: str) -> None:
    """A second version, made like this one, of a candidate with that run."""
    from registry.registration import Proposal, SealedBytes, register_version

    made = version.candidate
    again = Candidate.objects.get(pk=made.pk)
    again.pk, again.job_id, again.mlflow_run_id = uuid.uuid4(), uuid.uuid4(), run_id
    again.save(force_insert=True)
    artifact = version.artifact
    register_version(
        actor=made.trained_by,
        proposal=Proposal(again, version.policy, version.dictionary),
        sealed=SealedBytes(artifact.digest, artifact.manifest, artifact.size),
    )


def test_who_reads_does_not_write(lab_of, run):
    victor = lab_of("victor")
    client = victor.MlflowClient()
    assert client.get_run(run.run_id).data.params == {"depth": "2"}
    refused(lambda: client.log_metric(run.run_id, "auc", 0.9), "training:run:request", "/roles/requests")
    refused(lambda: client.create_registered_model("x"), "registry:version:register")
    refused(lambda: client.log_text(run.run_id, "x", "x.txt"), "training:run:request")


def test_who_has_no_part_in_models_reads_nothing(lab_of, run):
    client = lab_of("olga").MlflowClient()
    refused(lambda: client.get_run(run.run_id), "registry:inventory:read")


@pytest.mark.browser
def test_mlflows_own_pages_open_in_a_browser(gateway, token_of, run):
    """With the token as the password. The parameter on the page comes by a GraphQL operation; nothing is blocked by the
    policy of the page."""
    secret = token_of("victor")
    address = f"http://{gateway.gateway}/#/experiments/{run.experiment_id}/runs/{run.run_id}"
    # In a thread of its own: the browser's event loop must not be one that the ORM of this test sees.
    with ThreadPoolExecutor(1) as beside:
        complaints = beside.submit(_opened, address, secret, "depth").result()
    assert [each for each in complaints if "Content Security Policy" in each] == []


def _opened(address: str, secret: str, words: str) -> list[str]:
    """Open a page, wait until it shows the words, and answer what its console complained about."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_context(http_credentials={"username": "any", "password": secret}).new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(address)
        page.get_by_text(words, exact=True).first.wait_for(timeout=60_000)
        browser.close()
    return complaints
