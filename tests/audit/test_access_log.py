"""Who read which decision, and that a stranger was turned away: noted with the content or there is no content."""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role, revoke_token
from audit import access_log, guards
from audit.access_log import AccessEvent, Bucket, Noted, Route, Via
from audit.chain import Subject
from audit.models import Access, Entry, Unsealed
from scoring.privacy import erase
from tests.cast import PASSWORD
from tests.pages.conftest import browser_of
from tests.scoring.conftest import URL, applications, build_world, candidate_folder, lia, token_of, world

__all__ = ["applications", "browser_of", "build_world", "candidate_folder", "lia", "token_of", "world"]
ROOT = Path(__file__).resolve().parents[2]
REFERENCE, AMOUNT = "canary-Zoë-93c1", 7_654_321


@pytest.fixture(autouse=True)
def _bucket_of_its_own(monkeypatch):
    """Full, and never refilled: what other tests refused does not count here."""
    monkeypatch.setattr(access_log, "_strangers", Bucket(access_log.STRANGERS_A_MINUTE, lambda: 0.0))


@pytest.fixture
def refused_table():
    """Makes the database refuse rows of a table, until the test's transaction is undone."""

    def refuse(table):
        guard = guards.Guard(f"{table}_full", table, guards.On.INSERT, guards.ALWAYS, "the disk is full")
        with connection.cursor() as cursor:
            for statement in guards._create(guard):
                cursor.execute(statement, None)

    return refuse


def _noted(event=AccessEvent.DECISION_READ):
    return list(Access.objects.filter(event=event).order_by("at"))


def _bodies():
    return [bytes(row.body) for row in Access.objects.all()]


def _page(decision):
    return reverse("decision", args=[decision.pk])


def _api(decision):
    return reverse("api-decision", args=[decision.pk])


def test_a_read_by_page_and_one_by_api_leave_one_row_each(world, lia, browser_of):
    decision = world.decide()
    assert lia.get(_api(decision)).status_code == 200
    assert browser_of(world.cast.quinn).get(_page(decision)).status_code == 200
    found = [(row.actor_id, row.subject_type, row.subject_id, row.via) for row in _noted()]
    assert found == [
        (str(world.cast.lia.pk), "decision", str(decision.pk), "api"),
        (str(world.cast.quinn.pk), "decision", str(decision.pk), "page"),
    ]


def test_the_page_that_computes_again_is_a_read_where_it_shows_the_payload(world, browser_of):
    decision = world.decide()
    browser_of(world.cast.quinn).post(reverse("decision-replay", args=[decision.pk]))
    assert [row.actor_id for row in _noted()] == [str(world.cast.quinn.pk)]
    browser_of(world.cast.otto).post(reverse("decision-replay", args=[decision.pk]))
    assert len(_noted()) == 1  # an operator sees the names of what differs, nothing of the applicant


def test_neither_a_score_nor_its_repetition_nor_a_list_is_a_read(world, lia, browser_of):
    answers = [
        lia.post(URL, world.body(), format="json", HTTP_IDEMPOTENCY_KEY="one").json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert lia.get(reverse("api-decision-list")).json()["results"]
    assert browser_of(world.cast.lia).get(reverse("decisions")).status_code == 200
    assert Access.objects.count() == 0


def test_a_replay_by_api_shows_no_payload_and_is_an_entry_only(world, client_of):
    decision = world.decide()
    address = reverse("api-decision-replay", args=[decision.pk])
    assert client_of(world.cast.quinn).post(address, {}, format="json").status_code == 201
    assert Access.objects.count() == 0
    assert Entry.objects.filter(event="decision:replayed").count() == 1


def test_who_may_not_read_leaves_a_refusal_and_no_read(world, client_of, browser_of):
    decision = world.decide()
    assert client_of(world.cast.dana).get(_api(decision)).status_code == 403
    assert browser_of(world.cast.dana).get(_page(decision)).status_code == 403
    assert Access.objects.count() == 0
    assert Entry.objects.filter(event="access:refused", actor_id=str(world.cast.dana.pk)).count() == 1


def test_an_unknown_decision_is_no_read(world, lia):
    assert lia.get("/api/v1/decisions/00000000-0000-4000-8000-000000000000").status_code == 404
    assert Access.objects.count() == 0


def test_who_opens_an_erased_decision_is_noted_too(world, lia):
    decision = world.decide()
    paula = enrol_person(actor=the_installation(), username="paula", name="Paula Prado", password=PASSWORD)
    grant_role(actor=the_installation(), user=paula, role="privacy_officer")
    erase(actor=paula, decision=decision, why="Asked for.")
    assert lia.get(_api(decision)).json()["payload"] is None
    assert len(_noted()) == 1


@pytest.mark.parametrize("table", ["audit_access", "audit_unsealed"])
def test_a_read_that_cannot_be_noted_shows_nothing(world, lia, browser_of, refused_table, table):
    decision = world.decide("decline", REFERENCE)
    browser = browser_of(world.cast.lia)
    browser.raise_request_exception = False
    refused_table(table)
    before = Unsealed.objects.count()
    answers = [
        lia.get(_api(decision)),
        browser.get(_page(decision)),
    ]
    for answer in answers:
        assert answer.status_code == 500
        assert REFERENCE not in answer.content.decode()
        assert b"decline" not in answer.content
    assert Access.objects.count() == 0
    assert Unsealed.objects.count() == before


def test_a_note_inside_a_transaction_that_fails_is_gone_with_it(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        access_log.note_stranger(Route.API)
        raise RuntimeError
    assert Access.objects.count() == 0
    assert Unsealed.objects.filter(log="access").count() == 0


def test_each_note_waits_for_the_sealer(db):
    access_log.note_stranger(Route.SIGN_IN)
    row = Access.objects.get()
    assert [bytes(each.record) for each in Unsealed.objects.filter(log="access")] == [bytes(row.record)]


def test_the_record_is_the_hash_of_the_body_and_the_columns_say_what_it_says(db):
    from mrm.lib import clock

    access_log.note(
        event=AccessEvent.DECISION_READ, actor_id="u", subject=Subject("decision", "d"), via=Via.API
    )
    row = Access.objects.get()
    body = bytes(row.body)
    assert bytes(row.record) == hashlib.sha256(b"\x00" + body).digest()
    said = json.loads(body)
    assert len(bytes.fromhex(said.pop("nonce"))) == 16
    assert said == {
        "version": 1,
        "at": clock.stamp(row.at),
        "actor": row.actor_id,
        "event": row.event,
        "subject": {"type": row.subject_type, "id": row.subject_id},
        "via": row.via,
    }


def test_a_body_is_the_bytes_of_the_format():
    noted = Noted(
        "2026-01-02T03:04:05.000006Z",
        AccessEvent.STRANGER_REFUSED,
        "",
        "ab" * 16,
        Subject("route", "api"),
        Via.API,
    )
    assert access_log.body_of(noted) == (
        b'{"actor":"","at":"2026-01-02T03:04:05.000006Z","event":"stranger:refused","nonce":"'
        + b"ab" * 16
        + b'","subject":{"id":"api","type":"route"},"version":1,"via":"api"}'
    )


def test_equal_facts_are_two_records(db):
    for _ in range(2):
        access_log.note_stranger(Route.API)
    assert len({bytes(row.record) for row in Access.objects.all()}) == 2


def test_a_token_that_does_not_count_is_noted_once_by_every_door(world):
    client = Client(raise_request_exception=False)
    asked = {"content_type": "application/json", "HTTP_AUTHORIZATION": "Bearer mrm_canary_token"}
    assert client.post(URL, world.body(), **asked).status_code == 401
    assert client.get("/api/v1/me", HTTP_AUTHORIZATION="Bearer mrm_canary_token").status_code == 401
    found = _noted(AccessEvent.STRANGER_REFUSED)
    assert [(row.actor_id, row.subject_type, row.subject_id, row.via) for row in found] == [
        ("", "route", "api", "api")
    ] * 2


def test_a_revoked_token_is_a_strangers(cast, token_of):
    secret = token_of(cast.lia)
    revoke_token(actor=cast.lia, token=cast.lia.tokens.get())
    assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 401
    assert [row.actor_id for row in _noted(AccessEvent.STRANGER_REFUSED)] == [""]


@pytest.mark.parametrize(("username", "password"), [("lia", "wrong"), ("canary-name", PASSWORD)])
def test_a_wrong_name_or_password_is_noted_once(cast, username, password):
    assert Client().post("/sign-in", {"username": username, "password": password}).status_code == 422
    assert [(row.subject_id, row.via) for row in Access.objects.all()] == [("sign-in", "page")]


def test_without_credentials_nothing_is_noted(world, lia):
    client = Client()
    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/me", HTTP_AUTHORIZATION="Bearer ").status_code == 401
    assert client.post(URL, world.body(), content_type="application/json").status_code == 401
    assert client.get("/decisions").status_code == 302
    assert client.post("/sign-in", {"username": "", "password": ""}).status_code == 422
    assert client.post("/sign-in", {"username": "lia", "password": PASSWORD}).status_code == 302
    assert lia.get("/api/v1/me").status_code == 200
    assert Access.objects.count() == 0


def test_a_flood_of_wrong_tokens_writes_no_more_than_the_bucket_holds(db):
    """From many addresses: one alone is soon not listened to any more."""
    client = Client()
    for number in range(200):
        wrong = {"HTTP_AUTHORIZATION": f"Bearer mrm_{number}", "REMOTE_ADDR": f"192.0.2.{number}"}
        answer = client.get("/api/v1/me", **wrong)
        assert answer.status_code == 401
    assert Access.objects.count() == access_log.STRANGERS_A_MINUTE == Unsealed.objects.count()


def test_the_bucket_fills_again_with_time_and_never_beyond_its_size():
    now = [0.0]
    bucket = Bucket(30, lambda: now[0])
    assert sum(bucket.take() for _ in range(40)) == 30
    now[0] = 10.0
    assert sum(bucket.take() for _ in range(40)) == 5
    now[0] = 10_000.0
    assert sum(bucket.take() for _ in range(100)) == 30


def test_the_bucket_of_the_strangers_never_stops_a_read(world, lia):
    decision = world.decide()
    while access_log._strangers.take():
        pass
    assert lia.get(_api(decision)).status_code == 200
    assert len(_noted()) == 1


@pytest.mark.control("privacy:canary")
def test_a_body_holds_nothing_of_an_applicant_and_nothing_a_stranger_sent(world, lia, browser_of):
    body = world.body(reference=REFERENCE)
    body["features"]["LIMIT_BAL"] = AMOUNT
    made = lia.post(URL, body, format="json").json()
    shown = lia.get(made["links"]["self"]).json()["payload"]
    assert (shown["reference"], shown["inputs"]["LIMIT_BAL"]) == (REFERENCE, AMOUNT)
    browser_of(world.cast.lia).get(f"/decisions/{made['decision_id']}")
    client = Client(REMOTE_ADDR="203.0.113.77")
    client.get("/api/v1/me?canary-query=1", HTTP_AUTHORIZATION="Bearer mrm_canary_secret")
    client.post("/sign-in", {"username": "canary-name", "password": "canary-password"})
    clear = b"\n".join(_bodies())
    canaries = (str(AMOUNT), REFERENCE, "canary", "Lia Lima", '"lia"', "203.0.113.77", "decline")
    assert len(_bodies()) == 4
    assert [canary for canary in canaries if canary.encode() in clear] == []
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in (*canaries, "mrm_canary_secret")]
    assert [digest for digest in digests if digest.encode() in clear] == []


def test_the_database_refuses_to_change_an_access(db):
    access_log.note_stranger(Route.API)
    statements = [
        "UPDATE audit_access SET actor_id = 'somebody'",
        "DELETE FROM audit_access",
        "INSERT INTO audit_access SELECT * FROM audit_access",
    ]
    if connection.vendor == "sqlite":
        statements.append("INSERT OR REPLACE INTO audit_access SELECT * FROM audit_access")
    else:
        statements.append("TRUNCATE audit_access")
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, None)
    assert Access.objects.count() == 1


def _callers(name: str) -> set[str]:
    """The files of the product that call something of this name, as `module.name(` or `name(`."""
    found = set()
    for app in ("mrm", "reports", "training", "scoring", "approvals", "validation", "registry"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {name, f"selectors.{name}"}:
                    found.add(str(path.relative_to(ROOT)))
    return found


def test_every_way_to_a_payload_is_known():
    """Whoever shows a payload reads it through the one service that notes it; a score answers its own caller."""
    by_selector = {path for path in _callers("decision") if path.startswith(("scoring", "reports", "mrm"))}
    assert by_selector == {"scoring/reading.py"}
    assert _callers("opened_file") == {"scoring/selectors.py", "scoring/services.py"}
    assert _callers("records.unseal") == {"scoring/selectors.py", "scoring/replay.py"}
