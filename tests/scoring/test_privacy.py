"""Erasure destroys the key; nothing of an applicant stands anywhere else."""

from __future__ import annotations

import logging

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from prometheus_client import generate_latest

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from audit.models import Entry
from mrm.lib.errors import Conflict, Invalid, NotAllowed
from scoring import selectors
from scoring.models import DecisionPayload
from scoring.privacy import erase
from scoring.records import Erased
from scoring.replay import record_faults, replay
from tests.cast import PASSWORD
from tests.scoring.conftest import URL

AMOUNT, REFERENCE = 7_654_321, "canary-Zoë-93c1"


@pytest.fixture
def paula(world) -> User:
    """The privacy officer."""
    made = enrol_person(actor=the_installation(), username="paula", name="Paula Prado", password=PASSWORD)
    grant_role(actor=the_installation(), user=made, role="privacy_officer")
    return made


def test_an_erased_payload_is_gone_and_its_record_still_verifies(world, paula):
    decision = world.decide()
    erase(actor=paula, decision=decision, why="The applicant asked.")
    file = selectors.decision(actor=world.cast.lia, decision_id=decision.pk)
    assert file.payload is None
    assert DecisionPayload.objects.get(decision=decision).wrapped_key is None
    assert record_faults(selectors.find(decision.pk)) == ()
    with pytest.raises(Erased):
        replay(actor=world.cast.quinn, decision=decision)
    assert Entry.objects.filter(event="decision:erased", subject_id=str(decision.pk)).count() == 1


def test_an_erased_decision_is_read_as_erased(world, paula, lia):
    decision = world.decide()
    erase(actor=paula, decision=decision, why="The applicant asked.")
    answer = lia.get(f"/api/v1/decisions/{decision.pk}").json()
    assert answer["is_erased"] is True
    assert answer["payload"] is None
    assert answer["record_digest"] == bytes(decision.record).hex()


def test_a_repeated_key_does_not_bring_an_erased_answer_back(world, paula, lia):
    made = lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one").json()
    erase(actor=paula, decision=selectors.find(made["decision_id"]), why="The applicant asked.")
    answer = lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one")
    assert answer.status_code == 410
    assert answer.json()["type"] == "urn:countersign:problem:erased"


def test_an_erased_decision_is_not_replayed_by_api(world, paula, client_of):
    decision = world.decide()
    erase(actor=paula, decision=decision, why="The applicant asked.")
    answer = client_of(world.cast.quinn).post(f"/api/v1/decisions/{decision.pk}/replays", {}, format="json")
    assert answer.status_code == 410


def test_a_payload_is_erased_once_and_with_a_reason(world, paula):
    decision = world.decide()
    with pytest.raises(Invalid):
        erase(actor=paula, decision=decision, why=" ")
    erase(actor=paula, decision=decision, why="The applicant asked.")
    with pytest.raises(Conflict):
        erase(actor=paula, decision=decision, why="Again.")


def test_only_the_privacy_officer_erases_and_reads_nothing(world, paula):
    decision = world.decide()
    for name in ("lia", "quinn", "otto", "root", "olga"):
        with pytest.raises(NotAllowed):
            erase(actor=getattr(world.cast, name), decision=decision, why="No.")
    with pytest.raises(NotAllowed):
        selectors.decision(actor=paula, decision_id=decision.pk)


def test_the_database_brings_no_key_back(world, paula):
    decision = world.decide()
    kept = bytes(DecisionPayload.objects.get(decision=decision).wrapped_key)
    erase(actor=paula, decision=decision, why="The applicant asked.")
    row = DecisionPayload.objects.get(decision=decision)
    row.wrapped_key, row.erased_at, row.erased_by = kept, None, None
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()


def _canary_body(world) -> dict:
    body = world.body(reference=REFERENCE)
    body["features"]["LIMIT_BAL"] = AMOUNT
    return body


def _everything_stored() -> list[bytes]:
    """Every column of every row of every table, as bytes."""
    cells = [cell for model in apps.get_models() for row in model._base_manager.values_list() for cell in row]
    return [bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode() for cell in cells]


@pytest.mark.control("privacy:canary")
def test_nothing_of_an_applicant_stands_in_the_clear(world, lia, client_of, caplog):
    caplog.set_level(logging.DEBUG)
    made = lia.post(URL, _canary_body(world), format="json", HTTP_IDEMPOTENCY_KEY="canary").json()
    wrong = _canary_body(world)
    wrong["features"]["PAY_0"] = "late"
    refused = lia.post(URL, wrong, format="json", HTTP_IDEMPOTENCY_KEY="wrong")
    replays = client_of(world.cast.quinn)
    replays.post(made["links"]["replays"], {}, format="json", HTTP_IDEMPOTENCY_KEY="again")
    lia.get(made["links"]["self"])
    clear = [*_everything_stored(), caplog.text.encode(), generate_latest(), refused.content]
    clear += [link.encode() for link in made["links"].values()]
    for canary in (str(AMOUNT).encode(), REFERENCE.encode(), b"canary-Zo\\u00eb"):
        assert not [cell for cell in clear if canary in cell]


def test_the_canary_would_be_found(world, lia):
    made = lia.post(URL, _canary_body(world), format="json").json()
    shown = lia.get(made["links"]["self"]).json()["payload"]
    assert shown["inputs"]["LIMIT_BAL"] == AMOUNT
    assert shown["reference"] == REFERENCE
