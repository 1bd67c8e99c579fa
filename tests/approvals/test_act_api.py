"""Acts, conditions and delegations through /api/v1/ with people's tokens."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.models import ApprovalRequest, Condition
from mrm.lib import clock
from registry.services import suspend_version
from tests.approvals.signed import approved, requested
from tests.approvals.test_api import HERE, post, sign


def at(request, what: str = "") -> str:
    return f"/api/v1/approval-requests/{request}{what}"


def soon(days: int = 30) -> str:
    return clock.stamp(clock.now() + dt.timedelta(days=days))


@pytest.fixture
def asked(case) -> str:
    return str(requested(case).pk)


def test_suspended_version_is_resumed_by_api(case, client_of):
    suspend_version(actor=case.cast.otto, version=approved(case).version, why="Complaints.")
    body = {"act": "resume-version", "why": "Settled."}
    answer = post(client_of(case.cast.otto), f"{HERE}/act-requests", body)
    assert (answer.status_code, answer.json()["asked"]["why"]) == (201, "Settled.")
    for user in (case.cast.ada, case.cast.amir):
        assert sign(client_of(user), case.cast, answer.json()["id"], "approve").status_code == 201
    assert case.stage() == "approved"


def test_unknown_act_and_foreign_members_are_422(case, client_of):
    otto = client_of(case.cast.otto)
    assert post(otto, f"{HERE}/act-requests", {"act": "crown", "why": "So."}).status_code == 422
    body = {"act": "retire-version", "why": "So.", "quorum": 0, "state": "granted"}
    assert post(otto, f"{HERE}/act-requests", body).status_code == 422
    assert not ApprovalRequest.objects.exists()


def test_request_is_taken_in_hand_given_back_and_recused_from(case, client_of, asked):
    ada = client_of(case.cast.ada)
    assert post(ada, at(asked, "/claim")).json()["claimed_by"] == "Ada Abreu"
    assert post(client_of(case.cast.amir), at(asked, "/claim")).status_code == 409
    assert post(ada, at(asked, "/release")).json()["claimed_by"] is None
    body = post(ada, at(asked, "/recusal"), {"why": "My sister."}).json()
    assert body["recusals"][0]["why"] == "My sister."
    assert sign(ada, case.cast, asked, "approve").status_code == 403


def test_request_is_withdrawn_by_who_asked(case, client_of, asked):
    assert post(client_of(case.cast.ada), at(asked, "/withdrawal"), {"why": "So."}).status_code == 403
    answer = post(client_of(case.cast.dana), at(asked, "/withdrawal"), {"why": "A typo."})
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")


def signed_with(client, cast, request, verdict, **more):
    shown = client.get(at(request)).json()["shown_digest"]
    challenge = {"digest": shown, "meaning": f"signoff:{verdict}"}
    nonce = post(client, "/api/v1/signature-challenges", challenge).json()["nonce"]
    body = {"verdict": verdict, "rationale": "Read.", "challenge": nonce, "password": cast.PASSWORD, **more}
    return post(client, at(request, "/sign-offs"), body, **{"If-Match": f'"{shown}"'})


def test_condition_is_set_and_met_by_api(case, client_of, asked):
    conditions = [{"words": "Watch it.", "due_at": soon()}]
    ada = client_of(case.cast.ada)
    assert signed_with(ada, case.cast, asked, "approve_with_conditions").status_code == 422
    said = signed_with(ada, case.cast, asked, "approve_with_conditions", conditions=conditions)
    assert said.status_code == 201, said.content
    sign(client_of(case.cast.amir), case.cast, asked, "approve")
    victor = client_of(case.cast.victor)
    here = f"/api/v1/approval-conditions/{Condition.objects.get().pk}"
    shown = victor.get(here).json()["shown_digest"]
    challenge = {"digest": shown, "meaning": "condition:met"}
    nonce = post(victor, "/api/v1/signature-challenges", challenge).json()["nonce"]
    body = {"rationale": "Read.", "challenge": nonce, "password": case.cast.PASSWORD}
    met = post(victor, f"{here}/fulfilment", body, **{"If-Match": f'"{shown}"'})
    assert (met.status_code, met.json()["state"], met.json()["met_by"]) == (201, "met", "Victor Vance")


def test_delegate_signs_for_another_by_api(case, client_of, asked):
    ada, amir = client_of(case.cast.ada), client_of(case.cast.amir)
    assert signed_with(amir, case.cast, asked, "approve", on_behalf_of="ada").status_code == 403
    body = {"to": "amir", "until": soon(5), "why": "On leave."}
    given = post(ada, "/api/v1/approval-delegations", body)
    assert given.status_code == 201, given.content
    said = signed_with(amir, case.cast, asked, "approve", on_behalf_of="ada")
    assert (said.status_code, said.json()["on_behalf_of"]) == (201, "Ada Abreu")
    ended = post(amir, f"/api/v1/approval-delegations/{given.json()['id']}/end")
    assert ended.json()["ended_at"] is not None


def test_exception_and_break_glass_are_asked_by_api(case, client_of):
    case.evidence(adverse_impact_age="failed")
    result = case.result("adverse_impact_age").pk
    body = {"until": soon(), "why": "Data is coming."}
    answer = post(
        client_of(case.cast.victor), f"/api/v1/validation-results/{result}/exception-requests", body
    )
    assert (answer.status_code, answer.json()["act"]) == (201, "grant-exception")
    for hours in (0, 25, "four"):
        body = {"hours": hours, "why": "Payday."}
        assert post(client_of(case.cast.otto), f"{HERE}/break-glass", body).status_code == 422


def test_expiries_are_read_by_api(case, client_of, asked):
    results = client_of(case.cast.quinn).get("/api/v1/approval-expiries").json()["results"]
    assert [(each["kind"], each["state"]) for each in results] == [("request", "open")]


def test_use_before_validation_is_asked_and_read_by_api(case, client_of):
    dana, here = client_of(case.cast.dana), f"{HERE}/caps"
    body = {"decisions": 5, "until": soon(), "why": "A pilot.", "amount_input": "LIMIT_BAL"}
    assert post(dana, here, body).status_code == 422
    answer = post(dana, here, body | {"most_each": "50000.50", "most_total": "90000"})
    assert (answer.status_code, answer.json()["act"]) == (201, "pre-validation-use"), answer.content
    assert answer.json()["asked"]["most_each"] == "50000.5"
    for user in (case.cast.ada, case.cast.amir):
        sign(client_of(user), case.cast, answer.json()["id"], "approve")
    (cap,) = client_of(case.cast.quinn).get(here).json()["results"]
    assert (cap["most_decisions"], cap["used_decisions"]) == (5, 0)
    assert (cap["most_each"], cap["most_total"], cap["used_amount"]) == ("50000.50", "90000.00", "0.00")
