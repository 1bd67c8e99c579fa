"""Sweeps by API: asked once for a key, read with their facts."""

from __future__ import annotations

import pytest

from jobs.models import Job
from mrm.lib import canonical
from registry.models import ModelVersion
from tests.registry import built
from tests.training.swept import ASKED, recorded_sweep

pytestmark = pytest.mark.django_db
HERE = "/api/v1/models/card-limit/sweeps"


def test_a_sweep_is_asked_for_once_a_key_and_registers_nothing(cast, client_of):
    built.accepted_model(cast)
    body = {"snapshot": str(built.frozen_snapshot(cast.dana).pk), "sweep": ASKED}
    answers = [
        client_of(cast.dana).post(HERE, body, format="json", headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["job"] == answers[1].json()["job"] == str(Job.objects.get(kind="sweep").pk)
    assert "/api/v1/jobs/" in answers[0]["Location"]
    assert not ModelVersion.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"families": ["svm"]},
        {"split": {"method": "time", "column": "AGE", "validation_from": "2022-01-01", "test_from": "2022-06-01", "gap_days": 30}},
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told_where(cast, client_of, wrong):
    built.accepted_model(cast)
    body = {"snapshot": str(built.frozen_snapshot(cast.dana).pk), "sweep": {**ASKED, **wrong}}
    answer = client_of(cast.dana).post(HERE, body, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/sweep")


def test_its_facts_are_read_and_have_the_digest_that_the_ledger_holds(cast, client_of):
    made = recorded_sweep(cast, built.accepted_model(cast), built.frozen_snapshot(cast.dana))
    [listed] = client_of(cast.lia).get(HERE).json()["results"]
    assert (listed["id"], listed["incumbent"], listed["proposed"]) == (
        str(made.pk),
        None,
        str(made.proposed_id),
    )
    whole = client_of(cast.victor).get(f"{HERE}/{made.pk}").json()
    assert canonical.digest(whole["facts"]) == whole["facts_digest"] == listed["facts_digest"]
    assert whole["asked"] == made.asked
    assert client_of(cast.root).get(f"{HERE}/{made.pk}").status_code == 403
