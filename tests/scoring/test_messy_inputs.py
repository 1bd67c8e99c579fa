"""A decision keeps texts and days as they were read, and a replay reads them again."""

from __future__ import annotations

import pytest
from django.urls import reverse

from scoring.payloads import Payload
from scoring.replay import replay
from scoring.services import Asked, score
from scoring.slots import deploy
from tests.scoring import in_force
from tests.scoring.conftest import CUTS
from tests.serving.messy_cards import application, groups, messy_folder, messy_frame

SENT = {"JOB": "Autônomo <b>", "SINCE": "1 de março de 1999", "INCOME": "R$ 3.200,50"}
KEPT = {"JOB": "Autônomo <b>", "SINCE": "1999-03-01", "INCOME": 3200.5}


@pytest.fixture(scope="session")
def messy_candidate(tmp_path_factory):
    from training.child import train

    folder = messy_folder(tmp_path_factory.mktemp("messy") / "job", messy_frame(1500))
    train(folder)
    return folder / "candidate"


@pytest.fixture
def decided(cast, messy_candidate):
    risk_model = in_force.accepted_model(cast)
    draft = in_force.registered(cast, risk_model, messy_candidate, CUTS, reasons=groups())
    deploy(actor=cast.otto, version=in_force.approve(cast, draft))
    body = {"reference": "application 1", "features": application(messy_frame(20)) | SENT}
    return score(actor=cast.lia, asked=Asked(in_force.SLUG, body))


def test_a_decision_keeps_what_was_read(decided):
    assert {name: decided.payload.inputs[name] for name in KEPT} == KEPT
    assert decided.payload.outcome in {"refer", "approve", "decline"}


def test_a_payload_with_texts_loads_equal(decided):
    assert Payload.load(decided.payload.plain()) == decided.payload


def test_a_replay_of_texts_and_days_gives_the_same_bits(cast, decided):
    replayed = replay(actor=cast.quinn, decision=decided.decision)
    assert replayed.same, replayed.differences


def test_the_page_shows_a_text_escaped(cast, decided, client):
    client.force_login(cast.lia)
    page = client.get(reverse("decision", args=[decided.decision.pk])).content.decode()
    assert "Autônomo &lt;b&gt;" in page
    assert "1999-03-01" in page
