"""MLflow keeps its files in an object store: the gate and the stock client notice nothing of it. The store is a server of its
own that speaks S3."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.services import issue_token, permissions_of
from mrm.demo import processes
from tests.registry import gateway_servers, object_store

# Only for the store of this test, which asks nobody who they are.
KEYS = (
    ("AWS_ACCESS_KEY_ID", object_store.KEY),
    ("AWS_SECRET_ACCESS_KEY", object_store.KEY),
    ("AWS_DEFAULT_REGION", "us-east-1"),
)


@pytest.fixture
def store(tmp_path):
    """An empty bucket, and a client of the store."""
    with object_store.running(tmp_path) as client:
        yield client


@pytest.fixture
def address(store, tmp_path, transactional_db):
    """The gate, in front of an MLflow whose files lie in the bucket."""

    def lab_of(place: processes.Place) -> processes.Process:
        local = processes.mlflow(place)
        kept = str(place.var / "mlflow-artifacts")
        command = tuple(
            f"s3://{object_store.BUCKET}/files" if word == kept else word for word in local.command
        )
        where = ("MLFLOW_S3_ENDPOINT_URL", store.meta.endpoint_url)
        return replace(local, command=command, environment=(*local.environment, *KEYS, where))

    environment = gateway_servers.environment_of_the_application
    with gateway_servers.stack(tmp_path, environment, lab_of) as both:
        yield both.place.gateway


def test_log_download_and_a_refused_overwrite_with_files_in_an_object_store(
    cast, store, address, monkeypatch, tmp_path
):
    import mlflow

    _, secret = issue_token(actor=cast.dana, name="lab", days=1, scopes=sorted(permissions_of(cast.dana)))
    for name, said in {
        "MLFLOW_TRACKING_URI": f"http://{address}",
        "MLFLOW_TRACKING_TOKEN": secret,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    }.items():
        monkeypatch.setenv(name, said)
    mlflow.set_tracking_uri(f"http://{address}")
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 80_000)
    try:
        mlflow.set_experiment(f"card-{uuid.uuid4().hex}")
        with mlflow.start_run() as run:
            mlflow.log_text("as it was", "notes/first.txt")
            mlflow.log_artifact(str(large))
            mlflow.log_dict({"columns": ["age"], "data": [[98765432]]}, "model/input_example.json")
        files, place = (
            store.list_objects_v2(Bucket=object_store.BUCKET)["Contents"],
            f"runs:/{run.info.run_id}",
        )
        assert sorted(file["Key"].rpartition("artifacts/")[2] for file in files) == [
            "large.bin",
            "model/input_example.json",
            "notes/first.txt",
        ]
        with pytest.raises(Exception, match="rule write-once"):
            mlflow.MlflowClient().log_text(run.info.run_id, "altered", "notes/first.txt")
        assert mlflow.artifacts.load_text(f"{place}/notes/first.txt") == "as it was"
        assert mlflow.artifacts.load_dict(f"{place}/model/input_example.json")["data"] == [[0]]
        found = mlflow.artifacts.download_artifacts(f"{place}/large.bin", dst_path=str(tmp_path / "back"))
        assert Path(found).read_bytes() == large.read_bytes()
    finally:
        mlflow.set_tracking_uri(None)
