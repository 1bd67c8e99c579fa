"""Who puts which version to work, and what that leaves behind."""

from __future__ import annotations

import json

import pytest

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import grant_role
from audit.models import Entry
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, WrongStage
from registry import vault
from registry.services import suspend_version
from scoring import environments
from scoring.models import Deployment
from scoring.slots import deploy, end_deployment
from scoring.warming import load_champions
from tests.scoring import in_force
from tests.serving.cards import card_frame, training_folder
from training.child import train

STARTS = "/api/v1/models/card-limit/deployments"


@pytest.fixture
def successor(world, candidate_folder):
    """A second approved version of the same model."""
    draft = in_force.registered(world.cast, world.risk_model, candidate_folder, ("0.1", "0.15"))
    return in_force.approve(world.cast, draft)


def _facts(event: str) -> list[dict]:
    return [json.loads(bytes(entry.body))["facts"] for entry in Entry.objects.filter(event=event)]


def test_a_deployment_names_its_environment_and_leaves_an_entry(world):
    assert world.deployment.environment_digest == environments.digest()
    facts = _facts("deployment:started")[0]
    assert (facts["model"], facts["version"], facts["slot"]) == ("card-limit", 1, "champion")
    assert facts["environment"] == environments.digest()


def test_the_environment_names_the_library_that_scores():
    assert any(name.startswith("library:xgboost") for name in environments.described())


def test_a_new_champion_ends_the_one_before_it(world, successor):
    made = deploy(actor=world.cast.otto, version=successor)
    before = Deployment.objects.get(pk=world.deployment.pk)
    assert before.ended_why == "Replaced by card-limit v2."
    assert before.ended_by == world.cast.otto
    assert Deployment.objects.get(ended_at=None) == made
    assert [facts["version"] for facts in _facts("deployment:ended")] == [1]


def test_a_new_champion_decides_from_then_on(world, successor, lia):
    deploy(actor=world.cast.otto, version=successor)
    answer = lia.post("/api/v1/models/card-limit/score", world.body("refer"), format="json").json()
    assert (answer["model"]["version"], answer["outcome"]) == (2, "decline")


def test_the_same_version_is_not_deployed_twice(world):
    with pytest.raises(Conflict):
        deploy(actor=world.cast.otto, version=world.version)


def test_only_an_operator_deploys(world, successor):
    for name in ("dana", "victor", "ada", "lia", "quinn", "root", "olga"):
        with pytest.raises(NotAllowed):
            deploy(actor=getattr(world.cast, name), version=successor)


@pytest.mark.control("segregation:operator-is-not-author")
def test_the_author_does_not_deploy(world, successor):
    grant_role(actor=the_installation(), user=world.cast.dana, role="operator")
    with pytest.raises(Blocked) as refused:
        deploy(actor=world.cast.dana, version=successor)
    assert any("made or trained this version" in reason for reason in refused.value.reasons)


@pytest.mark.control("segregation:operator-is-not-author")
def test_the_author_does_not_deploy_with_a_second_account(world, successor):
    twin = User(username="dana-ops", person=world.cast.dana.person)
    twin.save(force_insert=True)
    grant_role(actor=the_installation(), user=twin, role="operator")
    with pytest.raises(Blocked, match="made or trained this version"):
        deploy(actor=twin, version=successor)


def test_what_is_explained_by_sampling_does_not_answer_in_real_time(world, tmp_path):
    told = {"estimator": "neural-network", "hidden": 3, "epochs": 3, "permutations": 2, "folds": 2}
    folder = training_folder(tmp_path / "job", card_frame(1000), recipe=told)
    train(folder)
    draft = in_force.registered(world.cast, world.risk_model, folder / "candidate", ("0.1", "0.15"))
    sampled = in_force.approve(world.cast, draft)
    with pytest.raises(Blocked, match="explained by sampling"):
        deploy(actor=world.cast.otto, version=sampled)
    assert Deployment.objects.get(ended_at=None) == world.deployment


def test_a_suspended_version_is_not_deployed(world, successor):
    suspend_version(actor=world.cast.otto, version=successor, why="Complaints.")
    with pytest.raises(Blocked, match="suspended"):
        deploy(actor=world.cast.otto, version=successor)
    assert Deployment.objects.get(ended_at=None) == world.deployment


def test_all_reasons_are_told_at_once(world, successor):
    grant_role(actor=the_installation(), user=world.cast.dana, role="operator")
    suspend_version(actor=world.cast.otto, version=successor, why="Complaints.")
    store = vault.artifacts()
    store._path(store.read_sealed(successor.artifact_id).manifest.file("model.ubj").sha256).unlink()
    with pytest.raises(Blocked) as refused:
        deploy(actor=world.cast.dana, version=successor)
    assert len(refused.value.reasons) == 3


def test_an_unknown_slot_is_refused(world, successor):
    with pytest.raises(Invalid):
        deploy(actor=world.cast.otto, version=successor, slot="shadow")


def test_a_deployment_ends_once_and_with_a_reason(world):
    with pytest.raises(Invalid):
        end_deployment(actor=world.cast.otto, deployment=world.deployment, why=" ")
    ended = end_deployment(actor=world.cast.otto, deployment=world.deployment, why="A rehearsal.")
    assert ended.ended_why == "A rehearsal."
    with pytest.raises(WrongStage):
        end_deployment(actor=world.cast.otto, deployment=world.deployment, why="Again.")


def test_why_it_ended_stays_outside_the_ledger(world):
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="Maria's complaint.")
    assert not [entry for entry in Entry.objects.all() if b"Maria" in bytes(entry.body)]


def test_a_deployment_by_api(world, successor, client_of):
    answer = client_of(world.cast.otto).post(STARTS, {"version": 2}, format="json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["version"] == 2
    ended = client_of(world.cast.otto).post(
        f"/api/v1/deployments/{answer.json()['id']}/end", {"why": "A rehearsal."}, format="json"
    )
    assert ended.status_code == 200, ended.content
    assert ended.json()["ended_why"] == "A rehearsal."


def test_a_blocked_deployment_by_api_tells_its_reasons(world, successor, client_of):
    suspend_version(actor=world.cast.otto, version=successor, why="Complaints.")
    answer = client_of(world.cast.otto).post(STARTS, {"version": 2}, format="json")
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:countersign:problem:blocked"
    assert answer.json()["reasons"]


def test_a_malformed_deployment_is_refused(world, client_of):
    otto = client_of(world.cast.otto)
    for body in ({}, {"version": 0}, {"version": "one"}, {"version": 1, "force": True}):
        answer = otto.post(STARTS, body, format="json")
        assert answer.status_code == 422, body
        assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_version_is_not_found(world, client_of):
    assert client_of(world.cast.otto).post(STARTS, {"version": 9}, format="json").status_code == 404


def test_a_process_can_be_warmed_before_its_first_score(world):
    assert load_champions() == 1
    store = vault.artifacts()
    store._path(store.read_sealed(world.version.artifact_id).manifest.file("model.ubj").sha256).unlink()
    assert load_champions() == 0
