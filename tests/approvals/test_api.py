"""Approvals through /api/v1/ with people's tokens."""

from __future__ import annotations

import pytest

HERE = "/api/v1/models/card-limit/versions/1"


def post(client, path: str, body=None, **headers: str):
    return client.post(path, body or {}, format="json", headers=headers)


def sign(client, cast, request: str, verdict: str, shown: str | None = None):
    digest = shown or client.get(f"/api/v1/approval-requests/{request}").json()["shown_digest"]
    challenge = {"digest": digest, "meaning": f"signoff:{verdict}"}
    nonce = post(client, "/api/v1/signature-challenges", challenge).json()["nonce"]
    body = {"verdict": verdict, "rationale": "Read.", "challenge": nonce, "password": cast.PASSWORD}
    return post(client, f"/api/v1/approval-requests/{request}/sign-offs", body, **{"If-Match": f'"{digest}"'})


@pytest.fixture
def asked(case, client_of) -> str:
    case.evidence()
    case.concluded()
    answer = post(client_of(case.cast.dana), f"{HERE}/approval-requests")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def test_two_approvers_approve_by_api(case, client_of, asked):
    first = sign(client_of(case.cast.ada), case.cast, asked, "approve")
    assert first.status_code == 201
    assert first.json()["request"]["missing_signoffs"] == 1
    second = sign(client_of(case.cast.amir), case.cast, asked, "approve")
    assert second.json()["request"]["state"] == "granted"
    assert case.stage() == "approved"


def test_request_says_who_may_not_sign_and_why(case, client_of, asked):
    body = client_of(case.cast.ada).get(f"/api/v1/approval-requests/{asked}").json()
    assert body["why_not_you"] is None
    assert body["missing_signoffs"] == 2
    assert client_of(case.cast.victor).get(f"/api/v1/approval-requests/{asked}").json()["why_not_you"]


def test_author_is_refused_by_api(case, client_of, asked):
    assert sign(client_of(case.cast.dana), case.cast, asked, "approve").status_code == 403


def test_stale_view_is_412(case, client_of, asked):
    assert sign(client_of(case.cast.ada), case.cast, asked, "approve", shown="0" * 64).status_code == 412


def test_asking_twice_is_409(case, client_of, asked):
    assert post(client_of(case.cast.dana), f"{HERE}/approval-requests").status_code == 409


def test_asking_too_early_is_409(case, client_of):
    assert post(client_of(case.cast.dana), f"{HERE}/approval-requests").status_code == 409


def test_requests_are_listed(case, client_of, asked):
    body = client_of(case.cast.quinn).get("/api/v1/approval-requests").json()
    assert [each["id"] for each in body["results"]] == [asked]
