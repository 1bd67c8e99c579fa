"""Every refusal of the score is a clear problem+json and stores no decision."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from audit.models import Entry
from mrm.lib import clock
from mrm.lib.errors import Conflict
from registry import vault
from registry.services import suspend_version
from scoring import services
from scoring.models import Decision
from scoring.services import Asked, NothingInForce, score
from scoring.slots import deploy, end_deployment
from tests.scoring import in_force
from tests.scoring.conftest import URL

HOSTILE = {
    "nothing": b"",
    "not JSON": b"{",
    "NUL": b'{"reference":"a\x00","features":{}}',
    "escaped NUL": b'{"reference":"a\\u0000","features":{}}',
    "lone surrogate": b'{"reference":"\\ud800","features":{}}',
    "depth": b"[" * 5_000 + b"]" * 5_000,
    "deep object": b'{"a":' * 40 + b"1" + b"}" * 40,
    "duplicate key": b'{"reference":"a","reference":"b","features":{}}',
    "NaN": b'{"reference":"a","features":{"LIMIT_BAL":NaN}}',
    "infinity": b'{"reference":"a","features":{"LIMIT_BAL":-Infinity}}',
    "too large a float": b'{"reference":"a","features":{"LIMIT_BAL":1e999}}',
    "endless digits": b'{"reference":"a","features":{"LIMIT_BAL":' + b"9" * 5_000 + b"}}",
    "not UTF-8": b'{"reference":"\xff\xfe","features":{}}',
    "UTF-16": '{"reference":"a","features":{}}'.encode("utf-16"),
    "more after the end": b'{"reference":"a","features":{}} {}',
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "features as a list": b'{"reference":"a","features":[]}',
    "reference as a number": b'{"reference":1,"features":{}}',
    "no members": b"{}",
    "empty features": b'{"reference":"a","features":{}}',
    "a bomb of names": b'{"reference":"a","features":{%s}}'
    % b",".join(b'"x%d":1' % place for place in range(3_000)),
}


def _is_problem(answer, status: range) -> bool:
    is_stated = answer["Content-Type"] == "application/problem+json" and bool(answer.json()["detail"])
    return answer.status_code in status and is_stated


def test_hostile_json_is_refused_in_words(world, lia):
    answers = {
        name: lia.generic("POST", URL, hostile, content_type="application/json")
        for name, hostile in HOSTILE.items()
    }
    assert not [name for name, answer in answers.items() if not _is_problem(answer, range(400, 500))]
    assert not Decision.objects.exists()


WRONG_VALUES = [True, "1", [], {}, None, 1.5, 10**300, -(10**300), 1e300, "", "\u202e"]


def test_a_wrong_type_is_refused_with_its_pointer(world, lia):
    for value in WRONG_VALUES:
        body = world.body()
        body["features"]["PAY_0"] = value
        answer = lia.post(URL, body, format="json")
        assert answer.status_code == 422, value
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/features/PAY_0"]


def test_all_errors_are_told_at_once(world, lia):
    body = world.body() | {"reference": "", "colour": "red"}
    del body["features"]["LIMIT_BAL"]
    body["features"]["PAY_AMT1"] = -5
    body["features"]["SEX"] = 1
    errors = lia.post(URL, body, format="json").json()["errors"]
    pointers = {error["pointer"] for error in errors}
    assert pointers == {"/reference", "/colour", "/features/LIMIT_BAL", "/features/PAY_AMT1", "/features/SEX"}


def test_an_odd_charset_is_refused(world, lia):
    body = json.dumps(world.body()).encode()
    for charset in ("utf-16", "latin-1", "x-unheard-of"):
        answer = lia.generic("POST", URL, body, content_type=f"application/json; charset={charset}")
        assert answer.status_code == 400, charset


def test_another_media_type_is_refused(world, lia):
    assert (
        lia.generic("POST", URL, b"a=1", content_type="application/x-www-form-urlencoded").status_code == 415
    )


def test_another_method_is_refused(world, lia):
    answer = lia.get(URL)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_over_the_limit_is_refused(world, lia):
    body = world.body() | {"reference": "x" * 70_000}
    assert lia.post(URL, body, format="json").status_code == 413


def test_a_body_over_the_frameworks_limit_is_refused_the_same_way(world, lia):
    body = json.dumps({"reference": "x" * 3_000_000, "features": {}})
    assert lia.generic("POST", URL, body, content_type="application/json").status_code == 413


def test_nobody_scores_without_a_token(world, client):
    answer = client.post(URL, world.body(), content_type="application/json")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_does_not_count_is_refused(world, client):
    answer = client.post(
        URL, world.body(), content_type="application/json", HTTP_AUTHORIZATION="Bearer mrm_x_y"
    )
    assert answer.status_code == 401


def test_only_a_loan_officer_scores(world, client_of):
    for name in ("dana", "victor", "ada", "otto", "quinn", "root", "olga"):
        actor = getattr(world.cast, name)
        assert client_of(actor).post(URL, world.body(), format="json").status_code == 403, name
        assert Entry.objects.filter(event="access:refused", actor_id=str(actor.pk)).count() == 1


def test_an_unknown_model_is_not_found(world, lia):
    assert lia.post("/api/v1/models/nobody-knows/score", world.body(), format="json").status_code == 404


def test_a_model_with_nothing_deployed_says_what_is_missing(world, lia):
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="A rehearsal.")
    answer = lia.post(URL, world.body(), format="json")
    assert answer.status_code == 409
    assert "operator deploys an approved version" in answer.json()["detail"]


def test_a_suspended_version_refuses_at_once(world, lia):
    assert lia.post(URL, world.body(), format="json").status_code == 200
    suspend_version(actor=world.cast.otto, version=world.version, why="Complaints.")
    answer = lia.post(URL, world.body(), format="json")
    assert answer.status_code == 409
    assert "suspended" in answer.json()["detail"]
    assert Decision.objects.count() == 1


def test_an_expired_approval_refuses(world, monkeypatch):
    later = clock.now() + dt.timedelta(days=366)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(NothingInForce, match="expired"):
        score(actor=world.cast.lia, asked=Asked(in_force.SLUG, world.body()))
    assert not Decision.objects.exists()


def test_a_suspension_between_the_gate_and_the_commit_wins(world):
    used = services._in_force(world.cast.lia, in_force.SLUG)
    payload = services._compute(
        services._load(world.cast.lia, used.deployment), used.deployment, world.body()
    )
    suspend_version(actor=world.cast.otto, version=world.version, why="Complaints.")
    with pytest.raises(NothingInForce):
        services._keep_or_explain(world.cast.lia, used, payload, Asked(in_force.SLUG, world.body()))
    assert not Decision.objects.exists()


def test_a_replacement_between_the_gate_and_the_commit_wins(world, candidate_folder):
    used = services._in_force(world.cast.lia, in_force.SLUG)
    payload = services._compute(
        services._load(world.cast.lia, used.deployment), used.deployment, world.body()
    )
    draft = in_force.registered(world.cast, world.risk_model, candidate_folder, ("0.1", "0.15"))
    deploy(actor=world.cast.otto, version=in_force.approve(world.cast, draft))
    with pytest.raises(NothingInForce, match="Send it again"):
        services._keep_or_explain(world.cast.lia, used, payload, Asked(in_force.SLUG, world.body()))
    assert not Decision.objects.exists()


def _spoil(world) -> None:
    """One byte of the sealed estimator, changed on the disk."""
    store = vault.artifacts()
    sealed = store.read_sealed(world.version.artifact_id)
    path = store._path(sealed.manifest.file("model.ubj").sha256)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def test_changed_bytes_are_refused_and_noted_once_a_minute(world, lia, monkeypatch):
    assert lia.post(URL, world.body(), format="json").status_code == 200
    _spoil(world)
    answers = [lia.post(URL, world.body(), format="json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert answers[0].json()["type"] == "urn:countersign:problem:bytes-do-not-match"
    noted = Entry.objects.filter(event="seal:broken", subject_id=world.version.artifact_id)
    assert noted.count() == 1
    later = clock.now() + dt.timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert lia.post(URL, world.body(), format="json").status_code == 503
    assert noted.count() == 2
    assert Decision.objects.count() == 1


def test_a_repeated_key_gives_the_same_decision(world, lia):
    first, second = (
        lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one").json() for _ in range(2)
    )
    assert first == second
    assert Decision.objects.count() == 1


def test_a_repeated_key_answers_even_when_nothing_is_in_force_any_more(world, lia):
    first = lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one").json()
    suspend_version(actor=world.cast.otto, version=world.version, why="Complaints.")
    assert lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one").json() == first


def test_a_repeated_key_with_another_body_is_refused(world, lia):
    lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one")
    answer = lia.post(URL, world.body(reference="another"), format="json", HTTP_IDEMPOTENCY_KEY="one")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "idempotency-key"
    assert Decision.objects.count() == 1


def test_a_key_in_flight_is_refused(world, lia):
    from accounts.models import IdempotencyKey
    from scoring import repeats

    body = json.dumps(world.body()).encode()
    repeat = repeats.read(actor=world.cast.lia, key="one", operation=f"POST {URL}", body=body)
    IdempotencyKey.objects.create(
        user=repeat.actor,
        key="one",
        operation=repeat.operation,
        body_digest=repeat.body_digest,
        created_at=clock.now(),
    )
    with pytest.raises(Conflict):
        repeats.decided(repeat)
    answer = lia.generic("POST", URL, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one")
    assert answer.status_code == 409


def test_a_key_that_is_none_is_refused(world, lia):
    for key in ("", "x" * 129, "ü"):
        assert lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY=key).status_code == 422


def test_two_people_may_use_the_same_key(world, lia, client_of):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=world.cast.quinn, role="loan_officer")
    first = lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one").json()
    other = (
        client_of(world.cast.quinn).post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one").json()
    )
    assert first["decision_id"] != other["decision_id"]
