"""Searching and verifying the ledger, by page and by API."""

from __future__ import annotations

import pytest
from django.db import connection

from audit import guards
from audit.selectors import size


def test_list_links_entries_and_is_narrowed_by_event_and_person(cast, browser_of):
    page = browser_of(cast.quinn).get("/ledger?event=person:enrolled&person=countersign").content.decode()
    assert 'href="/ledger/2"' in page or 'href="/ledger/1"' in page
    assert "<code>role:granted" not in page
    assert "No entry is found" in browser_of(cast.quinn).get("/ledger?person=nobody").content.decode()


def test_entry_shows_the_bytes_that_were_hashed(cast, browser_of):
    page = browser_of(cast.quinn).get("/ledger/1").content.decode()
    assert "&quot;sequence&quot;:1" in page
    assert "0" * 64 in page


def test_verification_says_what_is_proven_and_what_is_not(cast, browser_of):
    page = browser_of(cast.quinn).post("/ledger/verification").content.decode()
    assert f"the chain of {size()} entries is intact" in page
    assert "no checkpoint is held outside yet" in page


def test_tampered_entry_is_named(cast, browser_of):
    guards.lift()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET actor_name = 'Nobody' WHERE sequence = 2")
    guards.install()
    page = browser_of(cast.quinn).post("/ledger/verification").content.decode()
    assert "The ledger is not what was written" in page
    assert 'href="/ledger/2"' in page


def test_pages_go_on_where_the_last_one_ended(cast, client_of):
    client = client_of(cast.quinn)
    first = client.get("/api/v1/ledger/entries?until=9999-12-31").json()
    assert first["results"][0]["sequence"] == size()
    assert client.get("/api/v1/ledger/entries?before=2").json()["results"][0]["sequence"] == 1


def test_api_verifies(cast, client_of):
    told = client_of(cast.quinn).get("/api/v1/ledger/verification").json()
    assert told["is_intact"] is True
    assert told["entries"] == size()
    assert "checkpoint" in told["unproven"]


def test_api_refuses_a_wrong_filter_with_its_place(cast, client_of):
    answer = client_of(cast.quinn).get("/api/v1/ledger/entries?since=yesterday")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/since"


@pytest.mark.parametrize("who", ["lia", "root", "olga"])
def test_who_may_not_read_is_refused(cast, browser_of, client_of, who):
    person = getattr(cast, who)
    for path in ("/ledger", "/ledger/1"):
        assert browser_of(person).get(path).status_code == 403
    assert browser_of(person).post("/ledger/verification").status_code == 403
    assert client_of(person).get("/api/v1/ledger/entries").status_code == 403
    assert client_of(person).get("/api/v1/ledger/verification").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "event=x:y",
        "since=x",
        "until=2026-13-01",
        "before=0",
        "before=x",
        "subject_type=%3Cb%3E",
        "person=%00",
    ],
)
def test_hostile_queries_are_refused_not_broken(cast, browser_of, query):
    assert browser_of(cast.quinn).get(f"/ledger?{query}").status_code in {400, 404}


@pytest.mark.parametrize("path", ["/ledger?before=99999999999999999999999", "/ledger?until=9999-12-31"])
def test_far_away_places_are_harmless(cast, browser_of, path):
    assert browser_of(cast.quinn).get(path).status_code == 200


def test_entry_that_is_not_there_is_not_found(cast, browser_of):
    assert browser_of(cast.quinn).get("/ledger/99999999999999999999999999").status_code == 404
