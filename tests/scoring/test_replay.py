"""A replay computes the decision again from what was sealed and compares exactly."""

from __future__ import annotations

import dataclasses
import json

import pytest
from django.db import DatabaseError, connection, transaction

from audit import guards
from audit.models import Entry
from mrm.lib.errors import NotAllowed
from registry.services import suspend_version
from scoring import records
from scoring.models import Decision, DecisionPayload
from scoring.replay import record_faults, replay
from scoring.services import Asked, score
from scoring.slots import deploy
from tests.scoring import in_force


def _noted() -> dict:
    entry = Entry.objects.filter(event="decision:replayed").order_by("-sequence").first()
    return json.loads(bytes(entry.body))["facts"]


def _behind_the_guards(sql: str, parameters: list) -> None:
    """What a database administrator could do: lift the guards, change a row, put them back."""
    # PostgreSQL drops no trigger of a table whose deferred foreign keys still wait to be checked.
    connection.check_constraints()
    guards.lift()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    connection.check_constraints()
    guards.install()


def _id(decision: Decision) -> str:
    return decision.pk.hex if connection.vendor == "sqlite" else str(decision.pk)


def test_a_replay_gives_the_same_bits(world):
    for outcome in ("approve", "refer", "decline"):
        replayed = replay(actor=world.cast.quinn, decision=world.decide(outcome))
        assert replayed.same, replayed.differences
        assert _noted()["same"] is True


def test_a_replay_by_a_rule_gives_the_same(world):
    body = world.body("approve")
    body["features"]["PAY_0"] = 42
    file = score(actor=world.cast.lia, asked=Asked(in_force.SLUG, body))
    assert file.payload.basis == "rule"
    assert replay(actor=world.cast.otto, decision=file.decision).same


def test_an_altered_payload_under_its_own_key_is_found(world):
    """Whoever holds the data key could seal another payload: record, ciphertext hash and commitment contradict."""
    decision = world.decide("decline")
    kept = decision.payload
    payload, _ = records.unseal(decision.pk, bytes(kept.ciphertext), bytes(kept.wrapped_key))
    header = records.Header(decision.pk, *[""] * 3, 1, *[""] * 8)
    forged = records.seal(header, dataclasses.replace(payload, outcome="approve", points=payload.points + 1))
    _behind_the_guards(
        "UPDATE scoring_decisionpayload SET ciphertext = %s, wrapped_key = %s WHERE decision_id = %s",
        [forged.ciphertext, forged.wrapped_key, _id(decision)],
    )
    replayed = replay(actor=world.cast.quinn, decision=decision)
    assert {difference.name for difference in replayed.differences} == {
        "ciphertext",
        "commitment",
        "outcome",
        "points",
    }


def test_a_replay_works_after_a_new_champion_and_a_suspension(world, candidate_folder):
    decision = world.decide()
    draft = in_force.registered(world.cast, world.risk_model, candidate_folder, ("0.1", "0.15"))
    deploy(actor=world.cast.otto, version=in_force.approve(world.cast, draft))
    suspend_version(actor=world.cast.otto, version=world.version, why="Replaced.")
    assert replay(actor=world.cast.victor, decision=decision).same


def test_who_may_not_replay_is_refused(world):
    decision = world.decide()
    for name in ("dana", "ada", "lia", "root", "olga"):
        with pytest.raises(NotAllowed):
            replay(actor=getattr(world.cast, name), decision=decision)


def test_a_flipped_byte_of_the_ciphertext_is_found(world):
    decision = world.decide()
    changed = bytearray(DecisionPayload.objects.get(decision=decision).ciphertext)
    changed[20] ^= 1
    _behind_the_guards(
        "UPDATE scoring_decisionpayload SET ciphertext = %s WHERE decision_id = %s",
        [bytes(changed), _id(decision)],
    )
    replayed = replay(actor=world.cast.quinn, decision=decision)
    assert {difference.name for difference in replayed.differences} == {"ciphertext", "payload"}
    assert _noted() == {
        "differences": ["ciphertext", "payload"],
        "model": "card-limit",
        "same": False,
        "version": 1,
    }


def test_an_altered_outcome_column_is_found(world):
    decision = world.decide("decline")
    _behind_the_guards("UPDATE scoring_decision SET outcome = 'approve' WHERE id = %s", [_id(decision)])
    replayed = replay(actor=world.cast.quinn, decision=decision)
    assert [difference.name for difference in replayed.differences] == ["outcome"]


def test_an_altered_body_is_found(world):
    decision = world.decide("decline")
    body = bytes(decision.body).replace(b'"outcome":"decline"', b'"outcome":"approve"')
    _behind_the_guards("UPDATE scoring_decision SET body = %s WHERE id = %s", [body, _id(decision)])
    decision.refresh_from_db()
    assert {difference.name for difference in record_faults(decision)} == {"record", "outcome"}


CHANGES = (
    "UPDATE scoring_decision SET outcome = 'approve'",
    "DELETE FROM scoring_decision",
    "UPDATE scoring_decisionpayload SET ciphertext = wrapped_key",
    "UPDATE scoring_decisionpayload SET wrapped_key = ciphertext",
    "DELETE FROM scoring_decisionpayload",
)


def test_the_database_refuses_to_change_a_decision(world):
    world.decide()
    for sql in CHANGES:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_replay_by_api_names_what_differs_and_no_value(world, client_of):
    decision = world.decide("decline")
    _behind_the_guards("UPDATE scoring_decision SET outcome = 'approve' WHERE id = %s", [_id(decision)])
    answer = client_of(world.cast.otto).post(f"/api/v1/decisions/{decision.pk}/replays", {}, format="json")
    assert answer.status_code == 201, answer.content
    assert answer.json() == {"decision_id": str(decision.pk), "same": False, "differences": ["outcome"]}
