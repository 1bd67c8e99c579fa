"""The inventory by API: the whole of A2's registering, and a clear problem for every bad input."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.models import DatasetSnapshot, RiskModel
from tests.registry import built
from tests.tiers import HIGH, LIMITS_SENT, USES_SENT

ENTRY = {
    "slug": "card-limit",
    "name": "Card limit",
    "purpose": "Decide requests for a higher card limit.",
    "intended_use": "Existing clients.",
    "uses": USES_SENT,
    "limitations": LIMITS_SENT,
    "answers": HIGH,
}


def csv_upload(content=b"a,DEFAULT\n1,0\n"):
    return SimpleUploadedFile("clients.csv", content, content_type="text/csv")


def test_an_entry_is_proposed_amended_and_accepted(cast, client_of):
    dana, victor = client_of(cast.dana), client_of(cast.victor)
    made = dana.post("/api/v1/models", {**ENTRY, "limitations": []}, format="json")
    assert (made.status_code, made["Location"]) == (201, "/api/v1/models/card-limit")
    refused = victor.post("/api/v1/models/card-limit/acceptance", {"tier_confirmed": 1}, format="json")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:countersign:problem:blocked")
    amended = dana.patch("/api/v1/models/card-limit", {"limitations": LIMITS_SENT}, format="json")
    assert (amended.status_code, amended.json()["purpose"]) == (200, ENTRY["purpose"])
    accepted = victor.post("/api/v1/models/card-limit/acceptance", {"tier_confirmed": 1}, format="json")
    assert (accepted.status_code, accepted.json()["accepted_by"]) == (200, "Victor Vance")
    late = dana.patch("/api/v1/models/card-limit", {"purpose": "Other"}, format="json")
    assert (late.status_code, late.json()["type"]) == (409, "urn:countersign:problem:wrong-stage")


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"surprise": 1}, 422, "/surprise/0"),
        ({"slug": "Not A Slug"}, 422, "/slug"),
        ({"tier": 9}, 422, "/tier"),
        ({"tier": "one"}, 422, "/tier/0"),
        ({"tier": 3}, 422, "/tier_reason"),
        ({"tier_reason": "Because."}, 422, "/tier_reason"),
        ({"answers": {"purpose": "pricing"}}, 422, "/answers/exposure_amount"),
        ({"answers": HIGH | {"purpose": "war"}}, 422, "/answers/purpose"),
        ({"answers": HIGH | {"strange": "no"}}, 422, "/answers"),
        ({"limitations": "One bank."}, 422, "/limitations"),
        ({"limitations": [{"limitation": "One bank."}]}, 422, "/limitations/0/consequence"),
        ({"uses": [USES_SENT[0] | {"use": "war"}]}, 422, "/uses/0/use"),
        ({"uses": [USES_SENT[0] | {"jurisdictions": ["Taiwan"]}]}, 422, "/uses/0/jurisdictions"),
        ({"uses": [USES_SENT[0] | {"products": []}]}, 422, "/uses/0/products"),
        ({"uses": USES_SENT * 2}, 422, "/uses"),
        ({"answers": HIGH | {"purpose": "pricing"}}, 422, "/answers/purpose"),
        ({"answers": "high"}, 422, "/answers"),
        ({"name": ""}, 422, "/name/0"),
        ({"name": None}, 422, "/name/0"),
        ({"owner": "nobody-here"}, 404, None),
    ],
)
def test_a_bad_entry_is_refused_with_the_field(cast, client_of, change, status, pointer):
    answer = client_of(cast.dana).post("/api/v1/models", {**ENTRY, **change}, format="json")
    assert answer.status_code == status
    if pointer:
        assert answer.json()["errors"][0]["pointer"].startswith(pointer.rsplit("/0", 1)[0])
    assert not RiskModel.objects.exists()


@pytest.mark.parametrize(
    "body", [b'{"slug": "a\\u0000"}', b'{"slug": 1, "slug": 2}', b"{", b'{"tier": NaN}', b"[]"]
)
def test_malformed_json_is_refused(cast, client_of, body):
    answer = client_of(cast.dana).post("/api/v1/models", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_the_same_key_and_body_are_one_entry(cast, client_of):
    dana = client_of(cast.dana)
    first, second = (
        dana.post("/api/v1/models", ENTRY, format="json", headers={"Idempotency-Key": "once"})
        for _ in range(2)
    )
    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())


def test_a_stranger_is_asked_for_a_token(client):
    assert client.get("/api/v1/models").status_code == 401


@pytest.mark.parametrize("name", ["root", "olga"])
def test_who_has_no_governance_role_reads_no_inventory(cast, client_of, name):
    built.proposed_model(cast)
    client = client_of(getattr(cast, name))
    for address in ("models", "models/card-limit", "snapshots", "models/card-limit/versions"):
        assert client.get(f"/api/v1/{address}").status_code == 403


def test_who_reads_one_model_sees_no_other(cast, client_of):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    built.proposed_model(cast)
    built.proposed_model(cast, "mortgages")
    grant_role(actor=the_installation(), user=cast.root, role="auditor", model_slug="mortgages")
    client = client_of(cast.root)
    assert [entry["slug"] for entry in client.get("/api/v1/models").json()["results"]] == ["mortgages"]
    assert client.get("/api/v1/models/card-limit").status_code == 404
    assert client.get("/api/v1/models/card-limit/candidates").status_code == 404


def test_an_upload_is_accepted_and_its_job_can_be_watched(cast, client_of):
    parts = {
        "file": csv_upload(),
        "declaration": json.dumps({"name": "x", "format": "csv", "target": "DEFAULT"}),
    }
    dana = client_of(cast.dana)
    answer = dana.post("/api/v1/snapshots", parts, format="multipart")
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/jobs/{answer.json()['job']}")
    assert dana.get(answer["Location"]).json()["state"] == "queued"


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({}, 422),
        ({"declaration": "{}"}, 422),
        ({"declaration": '{"target": "a", "target": "b"}', "file": b"a"}, 400),
        ({"declaration": "{", "file": b"a"}, 400),
        ({"declaration": '{"name": "x", "format": "csv"}', "file": b"a"}, 422),
        ({"declaration": '{"name": "x", "format": "csv", "target": "y"}', "file": b"a", "more": "z"}, 422),
        ({"declaration": "x" * 3_000_000, "file": b"a"}, 413),
    ],
)
def test_a_bad_upload_form_is_refused(cast, client_of, parts, status):
    if "file" in parts:
        parts = {**parts, "file": csv_upload()}
    answer = client_of(cast.dana).post("/api/v1/snapshots", parts, format="multipart")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not DatasetSnapshot.objects.exists()


def test_json_instead_of_a_form_is_refused(cast, client_of):
    assert client_of(cast.dana).post("/api/v1/snapshots", {}, format="json").status_code == 415


def test_a_snapshot_tells_counts_and_no_row(cast, client_of):
    snapshot = built.frozen_snapshot(cast.dana)
    told = client_of(cast.victor).get(f"/api/v1/snapshots/{snapshot.pk}").json()
    assert (told["held_out_readings"], told["quality"]["duplicate_rows"]) == (0, 0)
    assert "parts" not in told["split"]


def test_policies_and_dictionaries_are_made_once(cast, client_of):
    built.proposed_model(cast)
    dana = client_of(cast.dana)
    for noun, body in (
        ("policies", {"rules": built.demo_json("policy_v1.json")}),
        ("dictionaries", {"reasons": built.demo_json("reasons.json")}),
    ):
        address = f"/api/v1/models/card-limit/{noun}"
        first, second = dana.post(address, body, format="json"), dana.post(address, body, format="json")
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json()["id"] == second.json()["id"] == dana.get(address).json()["results"][0]["id"]


def test_a_version_is_read_with_what_comes_next_and_submitted(cast, client_of):
    built.registered_version(cast)
    dana, address = client_of(cast.dana), "/api/v1/models/card-limit/versions/1"
    told = dana.get(address).json()
    assert told["next_moves"] == [{"move": "submit", "to": "in_validation", "permitted": True, "reasons": []}]
    assert client_of(cast.victor).post(f"{address}/submit").status_code == 403
    submitted = dana.post(f"{address}/submit")
    assert (submitted.status_code, submitted.json()["stage"]) == (200, "in_validation")
    assert submitted.json()["submitter"] == "Dana Duarte"
    assert dana.post(f"{address}/submit").status_code == 409
    assert dana.get(address).json()["changes"][0]["from_stage"] == "draft"
    assert dana.get("/api/v1/models/card-limit/versions/2").status_code == 404


def test_registering_and_training_are_asked_for_by_id(cast, client_of):
    model, snapshot = built.accepted_model(cast), built.frozen_snapshot(cast.dana)
    candidate, _ = built.recorded_candidate(cast, model, snapshot)
    made = built.proposal(cast, candidate)
    dana = client_of(cast.dana)
    body = {"candidate": candidate.pk, "policy": made.policy.pk, "dictionary": made.dictionary.pk}
    asked = dana.post("/api/v1/models/card-limit/versions", body, format="json")
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    wrong = dana.post("/api/v1/models/card-limit/versions", {**body, "policy": candidate.pk}, format="json")
    assert wrong.status_code == 404
    body = {"snapshot": snapshot.pk, "recipe": "card-limit", "settings": {"rounds": 20}}
    assert dana.post("/api/v1/models/card-limit/training-runs", body, format="json").status_code == 202
    assert {entry["name"] for entry in dana.get("/api/v1/training-recipes").json()} == {
        "card-limit",
        "own-columns",
    }
    listed = dana.get("/api/v1/models/card-limit/candidates").json()["results"]
    assert [entry["recipe"] for entry in listed] == ["card-limit"]


def test_lists_ask_the_database_a_constant_number_of_times(cast, client_of, django_assert_max_num_queries):
    for number in range(5):
        built.proposed_model(cast, f"model-{number}")
    dana = client_of(cast.dana)
    with django_assert_max_num_queries(6):
        assert len(dana.get("/api/v1/models").json()["results"]) == 5
