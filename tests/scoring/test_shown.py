"""What MLflow shows follows what is deployed here, and nothing here follows MLflow."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
import time_machine

from jobs.models import Job
from mrm.lib import clock
from registry import mlflow_client
from registry.mlflow_client import Example, LabRecord
from registry.services import suspend_version
from registry.serving import manifest as names
from scoring.slots import deploy, end_deployment
from tests.scoring import in_force
from tests.scoring.conftest import CUTS, World

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "show-in-mlflow"
NAME = in_force.SLUG


@pytest.fixture
def lab(settings, tmp_path):
    from mlflow import MlflowClient

    settings.MRM_MLFLOW_URL = f"sqlite:///{tmp_path / 'mlflow.sqlite3'}"
    return lambda: MlflowClient(settings.MRM_MLFLOW_URL)


def logged(folder, digest: str) -> str:
    """The candidate as a training leaves it in MLflow; the id of its run."""
    example = json.loads((folder / names.EXAMPLE).read_bytes())["features"]
    record = LabRecord(NAME, uuid.uuid4().hex, digest, {}, {}, {})
    row = tuple(float(value) for value in example.values())
    return mlflow_client.log_candidate(folder=folder, record=record, example=Example(tuple(example), row))


@pytest.fixture
def next_version(cast, candidate_folder):
    def made(risk_model, cuts):
        run = logged(candidate_folder, uuid.uuid4().hex)
        return in_force.approve(cast, in_force.registered(cast, risk_model, candidate_folder, cuts, run))

    return made


@pytest.fixture
def world(cast, lab, next_version, applications, work) -> World:
    risk_model = in_force.accepted_model(cast)
    version = next_version(risk_model, CUTS)
    made = World(cast, risk_model, version, deploy(actor=cast.otto, version=version), applications)
    work()
    return made


def tags(lab, number: str = "1") -> dict[str, str]:
    return lab().get_model_version(NAME, number).tags


def aliases(lab) -> dict[str, str]:
    return {alias: str(at) for alias, at in lab().get_registered_model(NAME).aliases.items()}


def test_deployment_is_shown_with_its_status_its_page_and_its_data(world, lab, settings):
    assert aliases(lab) == {"champion": "1"}
    assert tags(lab) == {
        "mrm.version": "1",
        "mrm.business_unit": "Cards",
        "mrm.status": "approved",
        "mrm.review": f"{settings.MRM_PUBLIC_URL}/models/{NAME}/versions/1",
        "mrm.dataset_version": world.version.snapshot.digest,
        "mrm.artifact": world.version.artifact_id,
        "mrm.approved_until": clock.stamp(world.version.expires_at),
        "approval": "approved",
    }
    assert lab().get_model_version(NAME, "1").run_id == world.version.candidate.mlflow_run_id


def test_next_champion_takes_the_alias_and_leaves_the_one_before_behind(world, lab, next_version, work):
    second = next_version(world.risk_model, ("0.1", "0.3"))
    work()
    assert aliases(lab) == {"champion": "1"}
    deploy(actor=world.cast.otto, version=second)
    work()
    assert aliases(lab) == {"champion": "2", "previous-champion": "1"}
    end_deployment(actor=world.cast.otto, deployment=second.deployments.get(), why="A pause.")
    work()
    assert aliases(lab) == {}
    deploy(actor=world.cast.otto, version=world.version)
    work()
    assert aliases(lab) == {"champion": "1", "previous-champion": "2"}


def test_suspension_takes_alias_and_approval_away(world, lab, work):
    suspend_version(actor=world.cast.victor, version=world.version, why="It drifts.")
    work()
    assert aliases(lab) == {}
    assert tags(lab)["mrm.status"] == "suspended"
    assert "approval" not in tags(lab)


def test_what_people_keep_there_stays_and_what_they_changed_of_ours_does_not(world, lab, next_version, work):
    client = lab()
    client.set_model_version_tag(NAME, "1", "team", "cards")
    client.set_registered_model_alias(NAME, "staging", "1")
    client.set_model_version_tag(NAME, "1", "mrm.status", "whatever")
    client.set_model_version_tag(NAME, "1", "mrm.signed_by", "nobody")
    client.set_registered_model_alias(NAME, "challenger", "1")
    deploy(actor=world.cast.otto, version=next_version(world.risk_model, ("0.1", "0.3")))
    work()
    assert aliases(lab) == {"champion": "2", "previous-champion": "1", "staging": "1"}
    assert (tags(lab)["team"], tags(lab)["mrm.status"]) == ("cards", "approved")
    assert "mrm.signed_by" not in tags(lab)


def test_version_of_another_run_is_not_taken_for_ours_by_its_tag(
    world, lab, next_version, work, candidate_folder
):
    forged = logged(candidate_folder, "0" * 64)
    client = lab()
    client.create_model_version(NAME, f"runs:/{forged}/estimator", forged, tags={"mrm.version": "2"})
    second = next_version(world.risk_model, ("0.1", "0.3"))
    deploy(actor=world.cast.otto, version=second)
    work()
    champion = client.get_model_version_by_alias(NAME, "champion")
    assert champion.run_id == second.candidate.mlflow_run_id != forged


def test_mlflow_that_is_down_keeps_nothing_up_and_is_told_later(world, lab, settings, work):
    there, settings.MRM_MLFLOW_URL = settings.MRM_MLFLOW_URL, "http://127.0.0.1:9"
    suspend_version(actor=world.cast.victor, version=world.version, why="It drifts.")
    work()
    resting = Job.objects.get(kind=KIND, state="queued", subject_type="version")
    assert "MLflow does not answer" in resting.step
    settings.MRM_MLFLOW_URL = there
    assert aliases(lab) == {"champion": "1"}
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
        work()
    assert aliases(lab) == {}


@pytest.mark.parametrize("name", ["", "Approval_Check"])
def test_tag_of_the_approval_has_the_name_that_is_set_up(world, lab, settings, work, name):
    settings.MRM_MLFLOW_APPROVAL_TAG = name
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="A pause.")
    deploy(actor=world.cast.otto, version=world.version)
    work()
    assert tags(lab).get("Approval_Check") == ("approved" if name else None)


def test_model_that_was_never_deployed_is_not_shown(cast, lab, next_version, work):
    next_version(in_force.accepted_model(cast), CUTS)
    work()
    assert lab().search_registered_models() == []
    assert Job.objects.get(kind=KIND).result == {"model": NAME, "changed": 0}
