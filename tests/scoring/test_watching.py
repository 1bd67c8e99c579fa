"""What is changed in MLflow below the gate: found at the next look, written down once, answered by a finding; no score
changes. The server is a real one, its files lie on this disk, and whoever changes them here has the run of both."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine

from audit.models import Entry
from mrm.celery import app
from mrm.lib import clock
from registry import lab_watch, vault
from registry.models import LabDifference, LabWatch
from registry.services import suspend_version
from registry.serving import door
from registry.version_files import Brought, add_file
from scoring import watching
from scoring.services import Asked, score
from scoring.slots import deploy, end_deployment
from tests.scoring import in_force, in_lab
from tests.scoring.conftest import CUTS, World
from validation.models import Finding
from validation.services import close_finding

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.control("security:mlflow-changed-below-the-gate"),
]
NAME = in_force.SLUG
CHANGED, RESTORED = "mlflow:changed", "mlflow:restored"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with in_lab.served(tmp_path_factory.mktemp("mlflow")) as running:
        yield running


@pytest.fixture(scope="module")
def run(lab, candidate_folder, tmp_path_factory):
    from django.test import override_settings

    with override_settings(MRM_MLFLOW_URL=lab.url):
        return in_lab.logged(candidate_folder)


@pytest.fixture(autouse=True)
def _address(lab, settings):
    settings.MRM_MLFLOW_URL = lab.url


@pytest.fixture
def world(cast, lab, run, applications, work) -> Iterator[World]:
    """One version in force, shown in MLflow; afterwards MLflow knows nothing of it but its run."""
    risk_model = in_force.accepted_model(cast)
    draft = in_lab.registered(cast, in_lab.candidate_of(cast, risk_model, run), CUTS)
    version = in_force.approve(cast, draft)
    made = World(cast, risk_model, version, deploy(actor=cast.otto, version=version), applications)
    work()
    yield made
    lab.client.delete_registered_model(NAME)


def entries(event: str) -> list[dict]:
    return [json.loads(bytes(row.body))["facts"] for row in Entry.objects.filter(event=event).order_by("pk")]


def looked(work: Callable[[], list]) -> int:
    """One turn, and the jobs that came of it."""
    places = watching.watch()
    work()
    return places


def looked_everywhere(work: Callable[[], list]) -> None:
    """As often as it takes until a turn has had an answer at both places: on a busy machine MLflow may be late."""
    assert any(looked(work) == 2 for _ in range(10))


def named(facts: list[dict]) -> list[tuple[str, str]]:
    return [(each["kind"], each["what"]) for each in facts]


@contextmanager
def other_bytes(path: Path) -> Iterator[None]:
    """One byte changed in place: the size is as it was."""
    as_it_was = path.read_bytes()
    path.write_bytes(as_it_was[:100] + bytes([as_it_was[100] ^ 1]) + as_it_was[101:])
    try:
        yield
    finally:
        path.write_bytes(as_it_was)


@contextmanager
def without(path: Path) -> Iterator[None]:
    aside = path.parent / f"{path.name}.{uuid.uuid4().hex}"
    aside = Path(shutil.move(path, path.parents[1] / aside.name))
    try:
        yield
    finally:
        shutil.move(aside, path)


def scored(world: World) -> tuple[str, float]:
    """What a score is made of, with the bytes loaded anew, and what it comes to."""
    door.forget(vault.artifacts(), world.version.artifact_id)
    file = score(actor=world.cast.lia, asked=Asked(NAME, world.body("refer", uuid.uuid4().hex)))
    return json.loads(bytes(file.decision.body))["artifact"], file.payload.margin


def test_what_nobody_touched_is_looked_at_and_nothing_is_written(world, work):
    before = Entry.objects.count()
    assert looked(work) == 2
    assert looked(work) == 2
    assert (Entry.objects.count(), LabDifference.objects.count(), Finding.objects.count()) == (before, 0, 0)


def test_byte_overwritten_below_the_gate_is_found_once_and_reaches_no_score(world, lab, work):
    before = scored(world)
    with (
        other_bytes(lab.files_of(world.version) / "model.ubj"),
        other_bytes(lab.native_of(world.version) / "model.ubj"),
    ):
        looked(work)
        looked(work)
        assert sorted(named(entries(CHANGED))) == [("file", "model.ubj"), ("native", "estimator")]
        assert scored(world) == before
        findings = Finding.objects.order_by("title")
        assert [(each.severity, each.state, each.owner) for each in findings] == [
            ("high", "open", world.cast.dana)
        ] * 2
        assert "model.ubj" in findings[1].title
    looked(work)
    assert sorted(named(entries(RESTORED))) == [("file", "model.ubj"), ("native", "estimator")]
    assert not LabDifference.objects.filter(gone_at=None).exists()
    assert Finding.objects.filter(state="open").count() == 2


def test_entry_says_which_bytes_by_their_digests(world, lab, work):
    with other_bytes(lab.files_of(world.version) / "tables.json"):
        looked(work)
    (facts,) = entries(CHANGED)
    sealed = vault.artifacts().read_sealed(world.version.artifact_id).manifest.file("tables.json")
    assert (facts["expected"], facts["mlflow_run"]) == (sealed.sha256, world.version.candidate.mlflow_run_id)
    assert len(facts["found"]) == 64
    assert facts["found"] != sealed.sha256


def test_missing_file_is_found(world, lab, work):
    with without(lab.files_of(world.version) / "calibration.json"):
        looked(work)
    (facts,) = entries(CHANGED)
    assert (facts["kind"], facts["what"], facts["found"]) == ("file", "calibration.json", "")


def test_folder_that_is_gone_is_one_difference_and_not_ten(world, lab, work):
    with without(lab.files_of(world.version)), without(lab.native_of(world.version)):
        looked(work)
        assert sorted(named(entries(CHANGED))) == [("file", "candidate"), ("native", "estimator")]
    looked(work)
    assert len(entries(RESTORED)) == 2


def test_file_of_another_size_is_told_without_being_fetched(world, lab, work):
    large = lab.files_of(world.version) / "points.json"
    as_it_was = large.read_bytes()
    with large.open("r+b") as grown:
        grown.truncate(3 * 1024**3)
    try:
        looked(work)
    finally:
        large.write_bytes(as_it_was)
    assert named(entries(CHANGED)) == [("file", "points.json")]


def test_file_that_was_added_is_told_and_its_name_is_not(world, lab, work):
    added = lab.files_of(world.version) / "Maria da Silva.pkl"
    added.write_bytes(b"cos\nsystem\n.")
    try:
        looked(work)
    finally:
        added.unlink()
    assert named(entries(CHANGED)) == [("file", "another file")]
    assert not [row for row in Entry.objects.all() if b"Silva" in bytes(row.body)]


def test_deleted_run_is_found_and_its_return(world, lab, work):
    run_id = world.version.candidate.mlflow_run_id
    lab.client.delete_run(run_id)
    try:
        looked(work)
        assert named(entries(CHANGED)) == [("run", "run")]
    finally:
        lab.client.restore_run(run_id)
    looked(work)
    assert named(entries(RESTORED)) == [("run", "run")]


def test_what_the_training_noted_is_held_to_the_record_here(world, lab, work):
    run_id, client = world.version.candidate.mlflow_run_id, lab.client
    client.log_metric(run_id, "auc", 0.99)
    client.log_metric(run_id, "of_my_own", 1.0)
    client.set_tag(run_id, "team", "cards")
    client.set_tag(run_id, "mrm.recipe", "another")
    client.delete_tag(run_id, "mrm.artifact")
    try:
        looked(work)
    finally:
        client.log_metric(run_id, "auc", in_lab.METRICS["auc"], timestamp=4_000_000_000_000)
        client.set_tag(run_id, "mrm.recipe", in_lab.RECIPE)
        client.set_tag(run_id, "mrm.artifact", world.version.artifact_id)
    told = {("record", "metric auc"), ("record", "tag mrm.recipe"), ("record", "tag mrm.artifact")}
    assert set(named(entries(CHANGED))) == told
    assert set(Finding.objects.values_list("severity", flat=True)) == {"medium"}
    looked(work)
    assert set(named(entries(RESTORED))) == told


def test_moved_alias_is_written_down_and_put_back(world, lab, work):
    client, run_id = lab.client, world.version.candidate.mlflow_run_id
    source = f"runs:/{run_id}/candidate"
    forged = client.create_model_version(NAME, source, run_id, tags={"approval": "approved"})
    client.set_registered_model_alias(NAME, "champion", forged.version)
    looked(work)
    assert sorted(named(entries(CHANGED))) == [("alias", "champion"), ("tag", "another version")]
    assert client.get_model_version_by_alias(NAME, "champion").version == "1"
    assert client.get_model_version(NAME, forged.version).tags == {}
    looked(work)
    assert sorted(named(entries(RESTORED))) == [("alias", "champion"), ("tag", "another version")]


def test_version_that_two_workers_registered_at_once_is_tidied_up_and_nobody_is_blamed(world, lab, work):
    client, run_id = lab.client, world.version.candidate.mlflow_run_id
    tags = {"mrm.version": "1", "approval": "approved"}
    twin = client.create_model_version(NAME, f"runs:/{run_id}/candidate", run_id, tags=tags)
    client.set_registered_model_alias(NAME, "champion", twin.version)
    looked(work)
    assert client.get_model_version_by_alias(NAME, "champion").version == "1"
    assert "approval" not in client.get_model_version(NAME, twin.version).tags
    assert entries(CHANGED) == []
    suspend_version(actor=world.cast.victor, version=world.version, why="It drifts.")
    work()
    client.set_model_version_tag(NAME, twin.version, "approval", "approved")
    looked(work)
    assert named(entries(CHANGED)) == [("tag", "another version")]
    assert "approval" not in client.get_model_version(NAME, twin.version).tags


def test_governed_tags_that_were_changed_are_written_down_and_put_back(world, lab, work):
    client = lab.client
    as_it_was = client.get_model_version(NAME, "1").tags
    client.set_model_version_tag(NAME, "1", "mrm.status", "retired")
    client.set_model_version_tag(NAME, "1", "mrm.signed_by", "Maria da Silva")
    client.delete_model_version_tag(NAME, "1", "approval")
    client.set_model_version_tag(NAME, "1", "team", "cards")
    looked(work)
    told = {("tag", "mrm.status"), ("tag", "another tag"), ("tag", "approval")}
    assert set(named(entries(CHANGED))) == told
    assert client.get_model_version(NAME, "1").tags == as_it_was | {"team": "cards"}
    looked(work)
    assert set(named(entries(RESTORED))) == told
    assert Finding.objects.count() == 3


def test_whoever_flips_it_to_and_fro_opens_one_finding_until_that_is_closed(world, lab, work):
    cast, client = world.cast, lab.client
    for _ in range(2):
        client.delete_registered_model_alias(NAME, "champion")
        looked_everywhere(work)
        looked_everywhere(work)
    assert (len(entries(CHANGED)), Finding.objects.count()) == (2, 1)
    finding = Finding.objects.get()
    script = add_file(actor=cast.victor, version=finding.version, brought=Brought("script.txt", b"gone"))
    close_finding(actor=cast.victor, finding=finding, text="Otto's script; it is gone.", files=[script])
    client.delete_registered_model_alias(NAME, "champion")
    looked_everywhere(work)
    assert Finding.objects.count() == 2


def test_what_is_late_is_brought_forward_and_nobody_is_blamed(world, lab, settings, work):
    settings.MRM_PUBLIC_URL = "https://elsewhere.example"
    looked(work)
    assert lab.client.get_model_version(NAME, "1").tags["mrm.review"].startswith("https://elsewhere.example")
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="A pause.")
    watching.watch()
    assert lab.client.get_registered_model(NAME).aliases == {}
    looked(work)
    assert entries(CHANGED) == []


def test_approval_that_ends_by_the_clock_loses_its_tag_without_any_event(world, lab, work):
    looked(work)
    before = Entry.objects.count()
    assert lab.client.get_model_version(NAME, "1").tags["approval"] == "approved"
    with time_machine.travel(world.version.expires_at + dt.timedelta(seconds=1)):
        assert watching.watch() == 2
    assert "approval" not in lab.client.get_model_version(NAME, "1").tags
    assert Entry.objects.count() == before


def test_mlflow_that_is_down_is_no_difference_and_is_said(world, lab, settings, work):
    settings.MRM_MLFLOW_URL = "http://127.0.0.1:9"
    assert looked(work) == 0
    assert entries(CHANGED) == []
    assert "does not answer" in lab_watch.refusal()
    settings.MRM_MLFLOW_URL = lab.url
    assert looked(work) == 2
    assert lab_watch.refusal() == ""
    assert lab_watch.compared_since() == LabWatch.objects.get().whole_round_began_at


def test_open_difference_stands_while_mlflow_is_down(world, lab, settings, work):
    with other_bytes(lab.files_of(world.version) / "model.ubj"):
        looked(work)
        settings.MRM_MLFLOW_URL = "http://127.0.0.1:9"
        looked(work)
        assert LabDifference.objects.get().gone_at is None
    assert entries(RESTORED) == []


def test_versions_of_one_run_are_each_told(world, lab, work):
    cast = world.cast
    second = in_lab.registered(cast, world.version.candidate, ("0.1", "0.3"))
    with other_bytes(lab.files_of(world.version) / "model.ubj"):
        assert looked(work) == 2
    assert {row.version for row in LabDifference.objects.all()} == {world.version, second}
    assert set(Finding.objects.values_list("version", flat=True)) == {world.version.pk, second.pk}


def test_a_turn_ends_in_time_and_the_next_one_goes_on_behind_it(world, monkeypatch, work):
    monkeypatch.setattr(watching, "TURN_SECONDS", 0.0)
    assert looked(work) == 1
    first = LabWatch.objects.get()
    assert (first.place.split()[0], first.whole_round_began_at) == ("model", None)
    assert looked(work) == 1
    assert LabWatch.objects.get().whole_round_began_at == first.round_began_at


def test_what_one_look_fails_at_keeps_no_other_from_being_looked_at(world, lab, work):
    shutil.rmtree(vault.artifacts().root)
    lab.client.delete_registered_model_alias(NAME, "champion")
    assert looked(work) == 1
    assert named(entries(CHANGED)) == [("alias", "champion")]
    assert "not in the store" in lab_watch.refusal()


def test_one_looks_at_a_time_and_one_whose_turn_is_over_writes_nothing(world, lab, work, monkeypatch):
    held = lab_watch.take()
    assert watching.watch() == 0
    with time_machine.travel(clock.now() + lab_watch.LENGTH + dt.timedelta(seconds=1)):
        monkeypatch.setattr(watching.lab_watch, "take", lambda: held)
        LabWatch.objects.update(turn=held.number + 1)
        lab.client.delete_registered_model_alias(NAME, "champion")
        assert watching.watch() == 0
    assert entries(CHANGED) == []


def test_within_a_minute_by_the_schedule_s_own_numbers():
    """A change just behind a look is met by the next round: what waits for the tick, and a whole turn."""
    row = app.conf.beat_schedule["watch-mlflow"]
    assert row["task"] == "scoring.tasks.watch_mlflow"
    assert row["schedule"] <= 30
    assert row["schedule"] + watching.TURN_SECONDS + watching.LONGEST_LOOK_SECONDS <= 60
    assert row["schedule"] >= watching.TURN_SECONDS
