"""The decision is committed before the first byte of its answer, and the database keeps what Python says."""

from __future__ import annotations

import io
import json
import threading
import uuid

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client

from audit.models import Unsealed
from registry.services import suspend_version
from scoring.models import Decision, DecisionPayload, Deployment
from scoring.slots import end_deployment
from tests.scoring import in_force
from tests.scoring.conftest import URL


def _in_another_connection(question):
    """What somebody else sees of the database now: only what was committed."""
    seen = []

    def ask():
        try:
            seen.append(question())
        finally:
            connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return seen[0]


def test_the_decision_is_committed_before_the_first_byte(transactional_db, world, token_of):
    body = json.dumps(world.body()).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": URL,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {token_of(world.cast.lia)}",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    committed = []

    def start_response(status, headers):
        committed.append((status, _in_another_connection(Decision.objects.count)))

    answer = get_wsgi_application()(environ, start_response)
    # The client goes away here: nothing of the answer is ever read.
    assert committed == [("200 OK", 1)]
    answer.close()
    assert _in_another_connection(DecisionPayload.objects.count) == 1


def test_two_equal_requests_at_once_make_one_decision(transactional_db, world, token_of):
    header = f"Bearer {token_of(world.cast.lia)}"
    answers = []

    def ask():
        try:
            client = Client(headers={"Authorization": header, "Idempotency-Key": "at once"})
            answers.append(client.post(URL, world.body(), content_type="application/json").json())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer["decision_id"] for answer in answers}) == 1
    assert Decision.objects.count() == 1


def test_each_decision_waits_for_the_sealer_once(world):
    decision = world.decide()
    assert [bytes(row.record) for row in Unsealed.objects.filter(log="decisions")] == [bytes(decision.record)]


def test_nothing_is_kept_when_one_of_its_rows_cannot_be(world, monkeypatch):
    """The queue of the sealer refuses: neither decision nor payload stays."""
    world.decide()
    record = Unsealed.objects.get().record
    monkeypatch.setattr("scoring.records.record_of", lambda _: bytes(record))
    with pytest.raises(IntegrityError):
        world.decide()
    assert Decision.objects.count() == DecisionPayload.objects.count() == 1


def _insert(deployment: Deployment, made_by: object) -> None:
    """A decision by hand, past every line of Python."""
    like = Decision(
        id=uuid.uuid4(),
        deployment=deployment,
        version=deployment.version,
        body=b"{}",
        record=uuid.uuid4().bytes * 2,
        outcome="approve",
        reference="r" * 64,
        made_by=made_by,
        at=deployment.started_at,
    )
    fields = Decision._meta.concrete_fields
    values = [field.get_db_prep_save(getattr(like, field.attname), connection) for field in fields]
    columns = ", ".join(field.column for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO scoring_decision ({columns}) VALUES ({marks})", values)


def test_raw_sql_can_insert_a_decision_of_a_version_in_force(world):
    """The control of the tests below: what they insert is refused for its version, not for its form."""
    _insert(world.deployment, world.cast.lia)
    assert Decision.objects.count() == 1


@pytest.mark.control("scoring:no-score-without-approval")
def test_the_database_refuses_a_decision_of_a_suspended_version(world):
    suspend_version(actor=world.cast.otto, version=world.version, why="Complaints.")
    with pytest.raises(DatabaseError, match="no score without an approved version"):
        _insert(world.deployment, world.cast.lia)


@pytest.mark.control("scoring:no-score-without-approval")
def test_the_database_refuses_a_decision_after_the_deployment_ended(world):
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="A rehearsal.")
    with pytest.raises(DatabaseError, match="no score without an approved version"):
        _insert(world.deployment, world.cast.lia)


@pytest.mark.control("scoring:no-score-without-approval")
def test_the_database_refuses_to_deploy_a_draft(world, candidate_folder):
    draft = in_force.registered(world.cast, world.risk_model, candidate_folder, ("0.1", "0.15"))
    with pytest.raises(DatabaseError, match="only an approved version"), transaction.atomic():
        Deployment.objects.create(
            risk_model=world.risk_model,
            version=draft,
            slot="champion",
            environment_digest="e" * 64,
            started_by=world.cast.otto,
            started_at=world.deployment.started_at,
        )


@pytest.mark.sqlite
def test_the_database_refuses_to_replace_a_decision(world):
    world.decide()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO scoring_decision SELECT * FROM scoring_decision")
