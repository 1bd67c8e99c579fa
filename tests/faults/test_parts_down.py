"""A part that is missing costs a reason in words, never what was there before."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from django.conf import settings as configured

from jobs import runner, sweeper
from jobs.models import Job
from registry import registration, vault
from registry.models import Candidate, ModelVersion
from scoring.models import Decision, Deployment
from scoring.slots import end_deployment
from tests.registry import built
from tests.registry.conftest import _lab_folder, lab
from tests.scoring.conftest import applications, build_world, candidate_folder, world
from training.services import request_training

__all__ = ["_lab_folder", "applications", "build_world", "candidate_folder", "lab", "world"]


def _nowhere() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.control("reliability:mlflow-down")
def test_training_and_registering_succeed_once_mlflow_is_back(cast, work, lab, settings):
    risk_model, snapshot = built.accepted_model(cast), built.frozen_snapshot(cast.dana)

    def trained() -> Job:
        request_training(
            actor=cast.dana,
            risk_model=risk_model,
            snapshot=snapshot,
            recipe="card-limit",
            settings=built.SMALL,
        )
        return work()[-1]

    def registered() -> Job:
        proposed = built.proposal(cast, Candidate.objects.get())
        registration.request_registration(actor=cast.dana, proposal=proposed)
        return work()[-1]

    for attempt in (trained, registered):
        settings.MRM_MLFLOW_URL = _nowhere()
        down = attempt()
        assert (down.state, down.attempt) == ("failed", 1)
        assert f"MLflow does not answer at {settings.MRM_MLFLOW_URL}" in down.reason
        assert not ModelVersion.objects.exists()
        settings.MRM_MLFLOW_URL = lab
        assert (back := attempt()).state == "succeeded", back.reason
    assert (Candidate.objects.count(), ModelVersion.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
@pytest.mark.control("reliability:broker-down")
def test_a_job_whose_message_was_lost_is_done_by_the_sweep(cast, settings):
    from registry import snapshots

    folder = Path(configured.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
    aside = folder.rename(folder.with_name("gone"))
    folder.write_bytes(b"no folder: the broker takes nothing")
    try:
        job = snapshots.import_snapshot(
            actor=cast.dana, upload=built.card_csv(600), declaration=built.declaration()
        )
    finally:
        folder.unlink()
        aside.rename(folder)
    assert Job.objects.get().state == "queued"
    assert sweeper.sweep() == [job.pk]
    assert runner.run_job(job.pk).state == "succeeded"
    assert sweeper.sweep() == []


def _spoil(digest: str) -> None:
    """One byte of the sealed estimator, changed on the disk."""
    store = vault.artifacts()
    path = store._path(store.read_sealed(digest).manifest.file("model.ubj").sha256)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.mark.django_db
@pytest.mark.control("security:artefact-tampered")
def test_a_changed_byte_stops_scores_and_deployments(world, client_of):
    """That it stops a validation is tested with the validations."""
    lia, otto = client_of(world.cast.lia), client_of(world.cast.otto)
    _spoil(world.version.artifact_id)
    answer = lia.post("/api/v1/models/card-limit/score", world.body(), format="json")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert not Decision.objects.exists()
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="Bytes.")
    refused = otto.post("/api/v1/models/card-limit/deployments", {"version": 1}, format="json")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:countersign:problem:blocked")
    assert any("seal" in reason or "digest" in reason for reason in refused.json()["reasons"])
    assert not Deployment.objects.filter(ended_at=None).exists()
