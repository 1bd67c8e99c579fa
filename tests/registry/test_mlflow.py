"""Nothing that comes back from MLflow is believed: what was changed there never becomes a version."""

import shutil
import socket

import pytest

from mrm.lib.errors import Unavailable
from registry import mlflow_client, registration
from registry.models import ModelVersion
from tests.registry import built

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def logged(cast, lab):
    """(candidate, the folder in which MLflow keeps it)"""
    return built.logged_candidate(cast)


def register(cast, candidate, work):
    registration.request_registration(actor=cast.dana, proposal=built.proposal(cast, candidate))
    (job,) = work()
    return job


def test_a_candidate_is_fetched_examined_and_sealed(cast, logged, work):
    job = register(cast, logged[0], work)
    assert (job.state, job.result) == (
        "succeeded",
        {"version": 1, "model": "card-limit", "artifact": logged[0].artifact_digest},
    ), job.reason


def _flip(folder):
    file = folder / "calibration.json"
    file.write_bytes(file.read_bytes().replace(b"1", b"2"))


def _another_model(folder):
    """All of it changed in a consistent way: only the digest that was written down before can tell."""
    from registry.serving import manifest

    calibration = folder / "calibration.json"
    calibration.write_bytes(calibration.read_bytes() + b" ")
    sealed = manifest.load((folder / "manifest.json").read_bytes())
    manifest.write(
        folder, estimator="model.ubj", recipe=sealed.recipe, schema=sealed.schema, platform=sealed.platform
    )


def _pickle(folder):
    (folder / "model.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")


def _nothing(folder):
    shutil.rmtree(folder)


@pytest.mark.control("SR26-2:artefact-integrity")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_flip, "calibration.json is not the file its manifest lists"),
        (_another_model, "Somebody changed it there"),
        (_pickle, "'model.pkl', which is not a file of our format"),
        (_nothing, "no candidate folder"),
    ],
)
def test_what_was_changed_in_mlflow_is_not_registered(cast, logged, work, change, words):
    change(logged[1])
    job = register(cast, logged[0], work)
    assert job.state == "failed"
    assert words in job.reason
    assert not ModelVersion.objects.exists()


def test_a_server_that_is_down_is_told_within_seconds(settings, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.MRM_MLFLOW_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unavailable, match="does not answer"):
        mlflow_client.download_candidate(run_id="0" * 32, folder=tmp_path)
