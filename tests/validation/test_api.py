"""Validation through /api/v1/ with people's tokens."""

from __future__ import annotations

import datetime as dt

from accounts.models import ProofCount, SignatureChallenge
from mrm.lib import clock
from tests.accounts.devices import enrolled_app, enrolled_key
from validation.models import Conclusion, ValidationStandard
from validation.selectors import shown as now
from validation.services import freeze_content

HERE = "/api/v1/models/card-limit/versions/1"


def challenge(client, digest: str, meaning: str) -> str:
    answer = client.post(
        "/api/v1/signature-challenges", {"digest": digest, "meaning": meaning}, format="json"
    )
    assert answer.status_code == 201, answer.content
    return answer.json()["nonce"]


def signed(client, cast, digest: str, meaning: str, **more: str) -> dict[str, str]:
    return {
        "rationale": "Read.",
        "challenge": challenge(client, digest, meaning),
        "password": cast.PASSWORD,
        **more,
    }


def post(client, path: str, body=None, **headers: str):
    return client.post(path, body or {}, format="json", headers=headers)


def test_standard_is_frozen_by_api(cast, client_of):
    answer = post(client_of(cast.victor), "/api/v1/standards", {"slug": "card-limit-demo"})
    assert answer.status_code == 201
    assert answer.json()["slug"] == "card-limit-demo"
    assert ValidationStandard.objects.count() == 1
    assert (
        client_of(cast.quinn).get("/api/v1/standards").json()["results"][0]["digest"]
        == answer.json()["digest"]
    )


def test_run_is_accepted_with_its_job_and_read_back(case, client_of):
    answer = post(client_of(case.cast.victor), f"{HERE}/validation-runs", {"standard": "card-limit-demo"})
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json()['job']}"
    read = client_of(case.cast.dana).get(f"{HERE}/validation-runs/{answer.json()['run']}")
    assert read.status_code == 200
    assert read.json()["results"] == []


def test_developer_starts_no_run_by_api(case, client_of):
    answer = post(client_of(case.cast.dana), f"{HERE}/validation-runs", {"standard": "card-limit-demo"})
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_standard_that_was_never_frozen_is_not_found(case, client_of):
    answer = post(client_of(case.cast.victor), f"{HERE}/validation-runs", {"standard": "softer"})
    assert answer.status_code == 404


def test_unknown_member_is_refused(case, client_of):
    answer = post(
        client_of(case.cast.victor), f"{HERE}/validation-runs", {"standard": "card-limit-demo", "force": 1}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/force"


def test_standards_are_listed_for_a_tier(case, client_of):
    client = client_of(case.cast.quinn)
    content = case.standard.content | {"slug": "for-two", "applies": {"tiers": [2]}}
    freeze_content(actor=case.cast.victor, content=content)
    slugs = [each["slug"] for each in client.get("/api/v1/standards?tier=1").json()["results"]]
    assert slugs == ["card-limit-demo"]
    assert len(client.get("/api/v1/standards?tier=2").json()["results"]) == 2
    assert client.get("/api/v1/standards?tier=4").status_code == 422


def test_standard_of_another_tier_starts_no_run_by_api(case, client_of):
    content = case.standard.content | {"slug": "for-two", "applies": {"tiers": [2]}}
    freeze_content(actor=case.cast.victor, content=content)
    answer = post(client_of(case.cast.victor), f"{HERE}/validation-runs", {"standard": "for-two"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/standard"


def test_plan_is_read_by_api_with_what_answers_it(case, client_of):
    case.evidence(psi_score="insufficient_data", psi_features="insufficient_data")
    body = client_of(case.cast.quinn).get(f"{HERE}/plan").json()
    assert (body["slug"], body["tier"], len(body["components"])) == ("tier-1", 1, 30)
    assert body["answered"] == sum(each["is_answered"] for each in body["components"])
    found = {each["key"]: each for each in body["components"]}
    assert found["reproduction"]["results"][0]["id"] == str(case.result("determinism").pk)
    assert found["stability"]["not_tested"][0] == {
        "because": "insufficient_data",
        "of": "psi_score",
        "said": "Stability of the score had insufficient data: Read.",
    }


def test_evidence_is_shown_with_what_signatures_bind(case, client_of):
    assert client_of(case.cast.victor).get(f"{HERE}/evidence").status_code == 404
    run = case.evidence()
    body = client_of(case.cast.quinn).get(f"{HERE}/evidence").json()
    assert body["digest"] == run.evidence_digest
    assert len(body["run"]["results"]) == len(run.plan) == len(body["document"]["results"])
    assert body["run"]["results"][0]["question"]


def test_conclusion_is_signed_by_api(case, client_of):
    case.evidence()
    client = client_of(case.cast.victor)
    shown = client.get(f"{HERE}/evidence").json()["shown_digest"]
    body = signed(client, case.cast, shown, "conclusion:fit", verdict="fit")
    answer = post(client, f"{HERE}/conclusion", body, **{"If-Match": f'"{shown}"'})
    assert answer.status_code == 201, answer.content
    assert answer.json()["stage"] == "validated"
    assert answer.json()["by"] == "Victor Vance"


def test_conclusion_with_conditions_is_signed_by_api(case, client_of):
    case.evidence()
    client, verdict = client_of(case.cast.victor), "fit_with_conditions"
    shown = client.get(f"{HERE}/evidence").json()["shown_digest"]
    due = (clock.now() + dt.timedelta(days=9)).isoformat()
    asked = {"words": "Watch it.", "due_at": due, "owner": "otto"}
    body = signed(client, case.cast, shown, f"conclusion:{verdict}", verdict=verdict)
    headers = {"If-Match": f'"{shown}"'}
    nobody = body | {"conditions": [asked | {"owner": "nobody"}]}
    assert post(client, f"{HERE}/conclusion", body, **headers).status_code == 422
    assert post(client, f"{HERE}/conclusion", nobody, **headers).status_code == 404
    answer = post(client, f"{HERE}/conclusion", body | {"conditions": [asked]}, **headers)
    assert answer.status_code == 201, answer.content
    assert [each["owner"] for each in answer.json()["conditions"]] == ["Otto Oliveira"]


def test_conclusion_without_if_match_is_412(case, client_of):
    case.evidence()
    client = client_of(case.cast.victor)
    shown = client.get(f"{HERE}/evidence").json()["shown_digest"]
    answer = post(
        client, f"{HERE}/conclusion", signed(client, case.cast, shown, "conclusion:fit", verdict="fit")
    )
    assert answer.status_code == 412
    assert not Conclusion.objects.exists()
    assert not SignatureChallenge.objects.exclude(used_at=None).exists()


def test_blocked_conclusion_tells_its_reasons(case, client_of):
    case.evidence(adverse_impact_age="failed")
    client = client_of(case.cast.victor)
    shown = client.get(f"{HERE}/evidence").json()["shown_digest"]
    body = signed(client, case.cast, shown, "conclusion:fit", verdict="fit")
    answer = post(client, f"{HERE}/conclusion", body, **{"If-Match": f'"{shown}"'})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":blocked")
    assert answer.json()["reasons"]


def test_finding_deviation_and_conclusion_by_api(case, client_of):
    case.evidence(adverse_impact_age="failed")
    victor, dana = client_of(case.cast.victor), client_of(case.cast.dana)
    result = str(case.result("adverse_impact_age").pk)
    words = {"title": "Young clients", "text": "The ratio is low.", "severity": "medium", "result": result}
    finding = post(victor, f"{HERE}/findings", words).json()
    assert finding["owner"] == "Dana Duarte"
    assert finding["check"] == "adverse_impact_age"
    answer = post(dana, f"/api/v1/findings/{finding['id']}/rebuttal", {"text": "It is the population."})
    assert answer.status_code == 200
    assert answer.json()["state"] == "rebutted"
    assert post(dana, f"/api/v1/findings/{finding['id']}/closure", {"text": "Done."}).status_code == 403
    answer = post(victor, f"/api/v1/findings/{finding['id']}/closure", {"text": "Answered."})
    assert answer.json()["state"] == "closed"
    assert len(answer.json()["notes"]) == 2
    shown = victor.get(f"{HERE}/evidence").json()["shown_digest"]
    answer = post(
        victor,
        f"/api/v1/validation-results/{result}/deviation",
        signed(victor, case.cast, shown, "deviation"),
    )
    assert answer.status_code == 201, answer.content
    shown = victor.get(f"{HERE}/evidence").json()["shown_digest"]
    body = signed(victor, case.cast, shown, "conclusion:fit", verdict="fit")
    assert post(victor, f"{HERE}/conclusion", body, **{"If-Match": shown}).status_code == 201


def test_findings_are_listed_by_page(case, client_of):
    body = client_of(case.cast.quinn).get("/api/v1/findings").json()
    assert body == {"next": None, "previous": None, "results": []}


def test_loan_officer_reads_no_findings(case, client_of):
    assert client_of(case.cast.lia).get("/api/v1/findings").status_code == 403


def test_repeated_key_starts_one_run(case, client_of):
    client = client_of(case.cast.victor)
    first, second = (
        post(
            client, f"{HERE}/validation-runs", {"standard": "card-limit-demo"}, **{"Idempotency-Key": "once"}
        )
        for _ in range(2)
    )
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()


def conclude(client, digest, **proof):
    """The conclusion with this proof instead of the password alone."""
    body = {"rationale": "Read.", "verdict": "fit", **proof}
    body.setdefault("challenge", challenge(client, digest, "conclusion:fit"))
    return post(client, f"{HERE}/conclusion", body, **{"If-Match": f'"{digest}"'})


def test_conclusion_is_signed_by_api_with_a_passkey_over_the_challenge(case, client_of):
    case.evidence()
    key, client, digest = (
        enrolled_key(case.cast.victor),
        client_of(case.cast.victor),
        now(case.version).digest,
    )
    nonce = challenge(client, digest, "conclusion:fit")
    assert conclude(client, digest, challenge=nonce, passkey=key.sign(nonce)).status_code == 201


def test_conclusion_by_api_asks_for_the_code_where_an_app_is_enrolled(case, client_of):
    case.evidence()
    app, client, digest = (
        enrolled_app(case.cast.victor),
        client_of(case.cast.victor),
        now(case.version).digest,
    )
    password = case.cast.PASSWORD
    assert conclude(client, digest, password=password).status_code == 403
    assert ProofCount.objects.get(user=case.cast.victor).wrong == 1
    assert conclude(client, digest, password=password, code=app.code(1)).status_code == 201


def test_conclusion_by_api_without_any_proof_is_invalid(case, client_of):
    case.evidence()
    answer = conclude(client_of(case.cast.victor), now(case.version).digest)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/password")
