"""Scoring before validation has ended: within the cap, counted, with the notice in every answer, or not at all."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from dataclasses import dataclass
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from approvals.caps import spend
from approvals.models import Cap
from approvals.services import Terms
from mrm.lib import clock
from mrm.lib.errors import Blocked, Refusal
from registry.models import ModelVersion
from registry.services import submit_version
from scoring.capped import OutsideCap, amount_of
from scoring.models import Decision, Deployment
from scoring.replay import record_faults, replay
from scoring.services import Asked, score
from scoring.slots import deploy, end_deployments
from tests.cast import Cast
from tests.scoring import in_force
from tests.scoring.conftest import CUTS, URL
from validation.services import conclude

NOTICE = "Made before the validation of this version had ended"


@dataclass
class Pilot:
    """A version in validation, deployed under a cap."""

    cast: Cast
    version: ModelVersion
    cap: Cap
    features: dict[str, int]

    def body(self, reference: str = "a 1", **changed: object) -> dict[str, object]:
        kept = {name: value for name, value in (self.features | changed).items() if value is not ...}
        return {"reference": reference, "features": kept}

    def decide(self, **changed: object) -> Decision:
        return score(actor=self.cast.lia, asked=Asked(in_force.SLUG, self.body(**changed))).decision

    def used(self) -> tuple[int, int]:
        self.cap.refresh_from_db()
        return self.cap.used_decisions, self.cap.used_amount


@pytest.fixture
def pilot_of(cast, candidate_folder, applications):
    def build(**terms: object) -> Pilot:
        draft = in_force.registered(cast, in_force.accepted_model(cast), candidate_folder, CUTS)
        version = submit_version(actor=cast.dana, version=draft)
        known = {"decisions": 10, "until": clock.now() + dt.timedelta(days=30)}
        cap = in_force.cap(cast, version, Terms(**known | terms))
        deploy(actor=cast.otto, version=version)
        return Pilot(cast, version, cap, applications["decline"])

    return build


@pytest.fixture
def pilot(pilot_of) -> Pilot:
    return pilot_of()


def amounts(each: object, total: object) -> dict[str, object]:
    return {"amount_input": "LIMIT_BAL", "most_each": Decimal(each), "most_total": Decimal(total)}


def refusal(pilot, client_of, **changed) -> dict[str, object]:
    answer = client_of(pilot.cast.lia).post(URL, pilot.body(**changed), format="json")
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.content
    return {"status": answer.status_code, **answer.json()}


# --- Within the cap ---------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:use-before-validation")
def test_every_answer_says_that_the_validation_has_not_ended(pilot, client_of):
    lia = client_of(pilot.cast.lia)
    answer = lia.post(URL, pilot.body(), format="json").json()
    assert answer["notice"].startswith(NOTICE)
    assert lia.get(answer["links"]["self"]).json()["notice"] == answer["notice"]
    assert pilot.used() == (1, 0)


def test_an_answer_under_an_approval_has_no_notice(world, lia):
    assert lia.post(URL, world.body(), format="json").json()["notice"] is None


def test_the_page_of_the_decision_says_it_too(pilot):
    decision, browser = pilot.decide(), Client()
    browser.force_login(pilot.cast.lia)
    assert NOTICE in browser.get(f"/decisions/{decision.pk}").content.decode()


def test_a_decision_names_its_cap_in_what_is_sealed(pilot):
    decision = pilot.decide()
    assert json.loads(bytes(decision.body))["cap"] == str(pilot.cap.pk)
    assert record_faults(Decision.objects.get()) == ()


def test_a_repeated_request_and_a_replay_are_not_counted(pilot, client_of):
    lia = client_of(pilot.cast.lia)
    first, again = (
        lia.post(URL, pilot.body(), format="json", HTTP_IDEMPOTENCY_KEY="k").json() for _ in range(2)
    )
    assert first == again
    assert replay(actor=pilot.cast.victor, decision=Decision.objects.get()).same
    assert pilot.used() == (1, 0)


def test_a_cap_costs_one_statement_more(pilot_of, client_of):
    pilot = pilot_of(**amounts(2_000_000, 20_000_000))
    lia = client_of(pilot.cast.lia)
    lia.post(URL, pilot.body(), format="json")
    with CaptureQueriesContext(connection) as seen:
        lia.post(URL, pilot.body(), format="json", HTTP_IDEMPOTENCY_KEY="count")
    said = [query["sql"].split(maxsplit=1)[0] for query in seen.captured_queries]
    assert said.count("SELECT") <= 5
    assert (said.count("INSERT"), said.count("UPDATE")) == (4, 1)


# --- Outside it -------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:use-before-validation")
def test_the_last_decision_closes_it(pilot_of, client_of):
    pilot = pilot_of(decisions=1)
    pilot.decide()
    said = refusal(pilot, client_of)
    assert (said["status"], said["type"].rsplit(":", 1)[-1]) == (409, "nothing-in-force")
    assert "all of its 1 decisions are made" in said["detail"]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"LIMIT_BAL": 50_001}, "range"),
        ({"LIMIT_BAL": None}, "null"),
        ({"LIMIT_BAL": ...}, "missing"),
    ],
)
def test_an_application_without_an_amount_or_with_too_large_a_one_is_refused(
    pilot_of, client_of, changed, code
):
    pilot = pilot_of(**amounts(50_000, 90_000))
    said = refusal(pilot, client_of, **changed)
    assert said["status"] == 422
    assert [(error["pointer"], error["code"]) for error in said["errors"]] == [("/features/LIMIT_BAL", code)]
    assert (Decision.objects.count(), pilot.used()) == (0, (0, 0))


@pytest.mark.parametrize(
    ("inputs", "code"), [({}, "required"), ({"LIMIT_BAL": None}, "required"), ({"LIMIT_BAL": -1}, "range")]
)
def test_what_a_schema_lets_be_absent_the_cap_still_asks_for(inputs, code):
    cap = Cap(amount_input="LIMIT_BAL", most_each=100, most_total=100)
    with pytest.raises(OutsideCap) as refused:
        amount_of(cap, inputs)
    assert [error.code for error in refused.value.errors] == [code]
    assert amount_of(cap, {"LIMIT_BAL": 0.995}) == 100


def test_what_the_total_does_not_hold_is_refused_and_the_rest_still_fits(pilot_of, client_of):
    pilot = pilot_of(**amounts(50_000, 90_000))
    pilot.decide(LIMIT_BAL=50_000)
    said = refusal(pilot, client_of, LIMIT_BAL=50_000)
    assert (said["status"], said["type"].rsplit(":", 1)[-1]) == (409, "cap-reached")
    pilot.decide(LIMIT_BAL=40_000)
    assert (Decision.objects.count(), pilot.used()) == (2, (2, 9_000_000))


def test_an_application_outside_the_segment_is_refused_without_its_values(pilot_of, client_of):
    pilot = pilot_of(segment_input="PAY_0", segment_value=Decimal(2))
    said = refusal(pilot, client_of, PAY_0=-1)
    assert (said["status"], said["type"].rsplit(":", 1)[-1]) == (422, "outside-cap")
    assert [error["pointer"] for error in said["errors"]] == ["/features/PAY_0"]
    assert "-1" not in json.dumps(said["errors"])
    pilot.decide(PAY_0=2)
    assert Decision.objects.count() == 1


def test_it_ends_by_the_clock(pilot, client_of):
    with (
        time_machine.travel(pilot.cap.until + dt.timedelta(seconds=1)),
        pytest.raises(Refusal, match="not approved"),
    ):
        pilot.decide()


@pytest.mark.parametrize("verdict", ["not_fit", "returned"])
def test_a_validation_that_ends_without_an_approval_closes_it_and_empties_the_slot(pilot, verdict):
    in_force.gather_evidence(pilot.cast, pilot.version)
    signed = in_force.signature_of(pilot.cast.victor, pilot.version, f"conclusion:{verdict}")
    conclude(actor=pilot.cast.victor, version=pilot.version, verdict=verdict, **signed)
    with pytest.raises(Refusal, match="not approved"):
        pilot.decide()
    assert end_deployments(actor=pilot.cast.otto, version=pilot.version) == 1
    assert not Deployment.objects.filter(ended_at=None).exists()


def test_after_the_approval_nothing_is_counted_and_no_notice_is_given(pilot, client_of):
    pilot.decide()
    in_force.conclude_and_approve(pilot.cast, pilot.version)
    answer = client_of(pilot.cast.lia).post(URL, pilot.body(), format="json").json()
    assert answer["notice"] is None
    assert pilot.used() == (1, 0)


def test_a_version_in_validation_without_a_cap_holds_no_slot(cast, candidate_folder):
    draft = in_force.registered(cast, in_force.accepted_model(cast), candidate_folder, CUTS)
    version = submit_version(actor=cast.dana, version=draft)
    with pytest.raises(Blocked, match="not approved"):
        deploy(actor=cast.otto, version=version)


# --- The database -----------------------------------------------------------------------------------------------


def inserted_again(decision: Decision, **changed: object) -> None:
    row = Decision.objects.get(pk=decision.pk)
    row.pk, row.record, row.at = uuid.uuid4(), uuid.uuid4().bytes * 2, clock.now()
    for name, value in changed.items():
        setattr(row, name, value)
    with transaction.atomic():
        row.save(force_insert=True)


def test_database_takes_no_decision_that_was_not_counted(pilot):
    decision = pilot.decide()
    with pytest.raises(IntegrityError):
        inserted_again(decision)
    assert spend(pilot.cap, 0)
    inserted_again(decision)


def test_database_takes_no_decision_before_validation_without_a_cap(pilot):
    decision = pilot.decide()
    spend(pilot.cap, 0)
    with pytest.raises(IntegrityError):
        inserted_again(decision, cap=None)


def test_database_takes_no_decision_under_an_ended_cap(pilot):
    decision = pilot.decide()
    spend(pilot.cap, 0)
    with pytest.raises(IntegrityError):
        inserted_again(decision, at=pilot.cap.until)


# --- All at once ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.control("SR26-2:use-before-validation")
def test_of_fifty_at_once_a_cap_of_ten_lets_exactly_ten_decide(pilot):
    gate, said = threading.Barrier(50), []
    lia = User.objects.get(pk=pilot.cast.lia.pk)
    pilot.decide()  # the bytes are loaded

    def ask(number: int) -> None:
        try:
            gate.wait()
            score(actor=lia, asked=Asked(in_force.SLUG, pilot.body(f"a {number}")))
            said.append("decided")
        except Refusal as refused:
            said.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("decided") == 9
    assert set(said) <= {"decided", "cap-reached", "nothing-in-force"}
    assert len(said) == 50
    assert (Decision.objects.count(), pilot.used()) == (10, (10, 0))
