"""Idempotency-Key: the same request has one effect and one answer, whoever repeats it and however often."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from django.db import connection

from accounts.models import IdempotencyKey, SignatureChallenge
from audit.selectors import rows as entries
from registry.models import RiskModel
from tests.badinput.places import problem_with

ENTRY = {"slug": "card-limit", "name": "Card limit"}


def _propose(client, key: str = "once", **changes: object):
    return client.post("/api/v1/models", ENTRY | changes, format="json", headers={"Idempotency-Key": key})


@pytest.mark.django_db
def test_the_same_key_and_body_get_the_stored_answer(cast, client_of):
    dana = client_of(cast.dana)
    first, second = _propose(dana), _propose(dana)
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.json(), first["Location"]) == (second.json(), second["Location"])
    assert RiskModel.objects.count() == 1


@pytest.mark.django_db
def test_a_secret_answer_is_the_same_and_opened_once(cast, client_of):
    ada, asked = client_of(cast.ada), {"digest": "a" * 64, "meaning": "signoff:approve"}
    address = "/api/v1/signature-challenges"
    nonces = {
        ada.post(address, asked, format="json", headers={"Idempotency-Key": "n"}).json()["nonce"]
        for _ in range(3)
    }
    assert (len(nonces), SignatureChallenge.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "body"), [("/api/v1/models", ENTRY | {"name": "Other"}), ("/api/v1/standards", ENTRY)]
)
def test_another_body_or_operation_under_the_same_key_is_refused(cast, client_of, address, body):
    dana = client_of(cast.dana)
    _propose(dana)
    answer = dana.post(address, body, format="json", headers={"Idempotency-Key": "once"})
    assert (answer.status_code, problem_with(answer)) == (422, None)
    assert answer.json()["errors"][0]["code"] == "idempotency-key"
    assert RiskModel.objects.get().name == "Card limit"


@pytest.mark.django_db
def test_a_refused_request_may_be_repeated_under_its_key(cast, client_of):
    assert _propose(client_of(cast.lia)).status_code == 403
    dana = client_of(cast.dana)
    assert _propose(dana, slug="Not A Slug").status_code == 422
    assert _propose(dana).status_code == 201


@pytest.mark.django_db
def test_the_same_key_of_somebody_else_is_another_key(cast, client_of):
    first = client_of(cast.ada), client_of(cast.amir)
    asked = {"digest": "a" * 64, "meaning": "signoff:approve"}
    nonces = {
        client.post(
            "/api/v1/signature-challenges", asked, format="json", headers={"Idempotency-Key": "k"}
        ).json()["nonce"]
        for client in first
    }
    assert len(nonces) == 2


@pytest.mark.django_db
def test_a_key_in_flight_is_refused_and_an_abandoned_one_is_taken_over(cast, client_of):
    dana = client_of(cast.dana)
    _propose(dana)
    # As a process that died before it answered leaves it: taken, without an answer; nothing else was kept.
    held = IdempotencyKey.objects.get()
    IdempotencyKey.objects.filter(pk=held.pk).update(status=None, answer=None)
    assert (in_flight := _propose(dana)).status_code == 409
    assert problem_with(in_flight) is None
    IdempotencyKey.objects.filter(pk=held.pk).update(created_at=held.created_at - dt.timedelta(minutes=6))
    again = _propose(dana)
    # The effect of the dead process stands or it does not; a second one never does.
    assert again.status_code in {201, 409, 422}
    assert RiskModel.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.control("security:duplicate-client-retry")
def test_eight_at_the_same_time_have_one_effect(cast, client_of):
    clients, answers, start = [client_of(cast.dana) for _ in range(8)], [], threading.Barrier(8)

    def ask(client) -> None:
        start.wait()
        answers.append(_propose(client))
        connection.close()

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in made}) == 1
    assert RiskModel.objects.count() == 1
    assert [row.event for row in entries()].count("model:proposed") == 1
