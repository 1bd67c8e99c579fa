"""What a caller of the score is answered."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import IdempotencyKey
from mrm.lib.errors import Unavailable
from scoring import records
from scoring.models import Decision, DecisionPayload
from tests.scoring.conftest import URL


def test_a_score_is_answered_with_its_decision(world, lia):
    answer = lia.post(URL, world.body("decline"), format="json")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    decision = Decision.objects.get()
    assert body["decision_id"] == str(decision.pk)
    assert body["model"] == {"slug": "card-limit", "version": 1}
    assert body["outcome"] == decision.outcome == "decline"
    assert 0 < body["probability"] < 1
    assert isinstance(body["score"], int)
    assert body["record_digest"] == bytes(decision.record).hex()
    assert body["links"]["self"] == f"/api/v1/decisions/{decision.pk}"
    assert 1 <= len(body["reasons"]) <= 4


def test_every_outcome_of_the_policy_is_reached(world, lia):
    for outcome in ("approve", "refer", "decline"):
        assert lia.post(URL, world.body(outcome), format="json").json()["outcome"] == outcome


def test_an_approval_states_no_reasons(world, lia):
    assert lia.post(URL, world.body("approve"), format="json").json()["reasons"] == []


def test_reason_texts_follow_the_language_asked_for(world, lia):
    english = lia.post(URL, world.body(), format="json").json()["reasons"]
    portuguese = lia.post(URL, world.body(), format="json", HTTP_ACCEPT_LANGUAGE="pt-BR").json()["reasons"]
    assert [reason["code"] for reason in english] == [reason["code"] for reason in portuguese]
    assert english[0]["text"].startswith("English ")
    assert portuguese[0]["text"].startswith("Português ")


def test_a_code_never_seen_is_flagged_and_referred_by_rule(world, lia):
    body = world.body("approve")
    body["features"]["PAY_0"] = 42
    answer = lia.post(URL, body, format="json").json()
    assert answer["flags"] == ["unknown_code:PAY_0"]
    assert answer["outcome"] == "refer"
    assert [reason["group"] for reason in answer["reasons"]] == ["unknown_code"]


def test_the_same_application_gets_the_same_bits(world, lia):
    first, second = (lia.post(URL, world.body(), format="json").json() for _ in range(2))
    assert first["decision_id"] != second["decision_id"]
    assert first["probability"] == second["probability"]
    assert first["record_digest"] != second["record_digest"]


def test_the_caller_never_chooses_the_version(world, lia):
    answer = lia.post(URL, world.body() | {"version": 1}, format="json")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/version"]


def test_a_score_costs_a_known_number_of_statements(world, lia):
    lia.post(URL, world.body(), format="json")
    with CaptureQueriesContext(connection) as seen:
        lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="count")
    statements = [query["sql"] for query in seen.captured_queries]
    selects = [sql for sql in statements if sql.startswith("SELECT")]
    inserts = [sql for sql in statements if sql.startswith("INSERT")]
    assert len(selects) <= 5, selects
    assert len(inserts) == 4, inserts
    assert not [sql for sql in statements if sql.startswith(("UPDATE", "DELETE"))]


def test_points_of_the_groups_add_up_to_the_score(world, lia):
    answer = lia.post(URL, world.body(), format="json").json()
    payload = lia.get(answer["links"]["self"]).json()["payload"]
    assert payload["score"] == answer["score"]
    assert (
        payload["base_points"] + sum(line["points"] for line in payload["contributions"]) == answer["score"]
    )


def test_the_record_is_the_hash_of_the_stored_body(world):
    decision = world.decide()
    assert records.record_of(bytes(decision.body)) == bytes(decision.record)
    body = json.loads(bytes(decision.body))
    assert body["artifact"] == world.version.artifact_id
    assert body["policy"] == world.version.policy.digest
    assert body["deployment"] == str(world.deployment.pk)
    assert body["model"] == "card-limit"


def test_the_stored_payload_opens_only_for_its_own_decision(world):
    first, second = world.decide(), world.decide()
    kept = DecisionPayload.objects.get(decision=first)
    payload, commitment = records.unseal(first.pk, bytes(kept.ciphertext), bytes(kept.wrapped_key))
    assert payload.reference == "application 1"
    assert json.loads(bytes(first.body))["commitment"] == commitment
    with pytest.raises(Unavailable):
        records.unseal(second.pk, bytes(kept.ciphertext), bytes(kept.wrapped_key))


def test_a_key_holds_the_decision_id_and_nothing_else(world, lia):
    answer = lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="k1").json()
    assert IdempotencyKey.objects.get(key="k1").answer == {"decision": answer["decision_id"]}
