"""Searching the ledger and reading its entries, by page and by API."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import services
from audit.chain import Subject
from audit.events import Event
from audit.selectors import size
from mrm.lib import clock
from tests.pages.reading import links, posts, text
from tests.reports.sealing import sealing_in, tampered


@pytest.fixture
def sealing(tmp_path, settings):
    made = sealing_in(tmp_path / "sealer")
    settings.MRM_LEDGER_KEY = made.key.public.text
    return made


def add(cast, count=1, event=Event.PERSON_ENROLLED):
    for _ in range(count):
        with services.opened():
            services.record(event=event, actor=cast.dana, subject=Subject("person", "x"), facts={})


def test_list_links_entries_and_is_narrowed_by_event_and_person(cast, browser_of):
    page = browser_of(cast.quinn).get("/ledger?event=person:enrolled&person=countersign").content.decode()
    assert 'href="/ledger/2"' in page or 'href="/ledger/1"' in page
    assert "<code>role:granted" not in page
    assert "No entry is found" in browser_of(cast.quinn).get("/ledger?person=nobody").content.decode()


def test_entry_shows_the_bytes_that_were_hashed_and_leads_to_its_proof(cast, browser_of):
    answer = browser_of(cast.quinn).get("/ledger/1")
    page = answer.content.decode()
    assert "&quot;sequence&quot;:1" in page
    assert "0" * 64 in page
    assert "/ledger/1/proof" in links(answer)


def test_ledger_says_calmly_how_it_stands_before_the_first_checkpoint(cast, browser_of):
    answer = browser_of(cast.quinn).get("/ledger")
    assert "None yet: the sealer signs the first one as soon as it runs." in text(answer)
    assert "Not verified yet" in text(answer)
    assert "/ledger/verifications" in posts(answer)


def test_ledger_says_how_much_is_under_the_last_checkpoint(cast, browser_of, sealing):
    note = sealing.sign()
    add(cast, 3)
    answer = browser_of(cast.quinn).get("/ledger")
    assert f"over {note.size} entries" in text(answer)
    assert "Not under a checkpoint 3 entries" in text(answer)
    assert f"/ledger/checkpoints/{note.size}" in links(answer)


def test_refusal_of_the_sealer_is_shown_in_its_words(cast, browser_of, sealing):
    sealing.sign()
    sealing.held.say("Entry 5: the body was altered.")
    page = text(browser_of(cast.quinn).get("/ledger"))
    assert "The sealer signs nothing, and says why:" in page
    assert "Entry 5: the body was altered." in page


def test_tampered_entry_is_shown_as_broken(cast, browser_of):
    tampered("UPDATE audit_entry SET body = %s WHERE sequence = 2", b'{"sequence":2}')
    assert "Broken" in text(browser_of(cast.quinn).get("/ledger/2"))


def test_pages_go_on_where_the_last_one_ended(cast, client_of):
    client = client_of(cast.quinn)
    first = client.get("/api/v1/ledger/entries?until=9999-12-31").json()
    assert first["results"][0]["sequence"] == size()
    assert client.get("/api/v1/ledger/entries?before=2").json()["results"][0]["sequence"] == 1


def listed(client, query):
    """Every sequence that a search finds, page by page."""
    found, address = [], f"/api/v1/ledger/entries?{query}"
    while address:
        answer = client.get(address).json()
        found += [entry["sequence"] for entry in answer["results"]]
        address = answer["next"]
    return found


def test_days_find_every_entry_once_although_the_clock_was_set_back(cast, client_of):
    client, today = client_of(cast.quinn), dt.datetime(2031, 5, 6, 12, tzinfo=dt.UTC)
    with time_machine.travel(today, tick=False):
        add(cast, 60)
        first = size()
    with time_machine.travel(today + dt.timedelta(days=2), tick=False):
        add(cast, 3)
    with time_machine.travel(today, tick=False):
        add(cast, 55)
    with time_machine.travel(today - dt.timedelta(days=1), tick=False):
        add(cast, 2)
    found = listed(client, "since=2031-05-06&until=2031-05-06")
    assert sorted(found) == [*range(first - 59, first + 1), *range(first + 4, first + 59)]
    assert found == sorted(found, reverse=True)
    assert listed(client, "until=2031-05-05&since=2031-05-05") == [first + 60, first + 59]


@pytest.fixture(params=[1, 3, 2_000])
def _near(request, monkeypatch):
    """Whether what is asked for stands among the next entries."""
    from audit import search

    monkeypatch.setattr(search, "_NEAR", request.param)


@pytest.mark.usefixtures("_near")
@pytest.mark.parametrize(
    ("query", "of"),
    [
        ("subject_id=x", {"x"}),
        ("subject_type=person", {"x", "y"}),
        ("subject_id=z", set()),
        ("subject_type=person&since=2031-05-06&until=2031-05-07", {"x", "y"}),
        ("event=person:enrolled&subject_id=y&since=2031-05-06", {"y"}),
        ("event=role:granted&until=2031-05-07&since=2031-05-06", set()),
    ],
)
def test_what_is_near_and_what_is_rare_are_found_alike(cast, client_of, query, of):
    client, made = client_of(cast.quinn), []
    with time_machine.travel(dt.datetime(2031, 5, 6, 12, tzinfo=dt.UTC), tick=False):
        for name in "xyyxxyx":
            with services.opened():
                services.record(
                    event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", name), facts={}
                )
            made.append((size(), name))
    last = [sequence for sequence in listed(client, query) if sequence >= made[0][0]]
    assert last == [sequence for sequence, name in reversed(made) if name in of]


def test_a_day_is_found_through_the_index_over_times(cast, browser_of):
    with CaptureQueriesContext(connection) as asked:
        browser_of(cast.quinn).get("/ledger?since=2026-01-01&until=2026-12-31&before=9")
    [query] = [each["sql"] for each in asked if 'ORDER BY "audit_entry"."at" DESC' in each["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {query}")
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute(f"EXPLAIN {query}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "entry_by_time" in plan
    assert "TEMP B-TREE" not in plan


def test_ledger_asks_as_much_of_a_long_log_as_of_a_short_one_and_never_counts(cast, browser_of, sealing):
    browser = browser_of(cast.quinn)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            for address in ("/ledger", "/ledger?since=2020-01-01", "/ledger/checkpoints"):
                assert browser.get(address).status_code == 200
        assert not any("COUNT(" in each["sql"] for each in queries)
        return len(queries)

    sealing.sign()
    add(cast, 60)
    sealing.sign()
    short = asked()
    for _ in range(5):
        add(cast, 40)
        sealing.sign()
    assert asked() == short


def test_api_refuses_a_wrong_filter_with_its_place(cast, client_of):
    answer = client_of(cast.quinn).get("/api/v1/ledger/entries?since=yesterday")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/since"


@pytest.mark.parametrize("who", ["lia", "root", "olga"])
def test_who_may_not_read_is_refused(cast, browser_of, client_of, who):
    person = getattr(cast, who)
    for path in (
        "/ledger",
        "/ledger/1",
        "/ledger/1/proof",
        "/ledger/1/proof.json",
        "/ledger/checkpoints",
        "/ledger/checkpoints/1",
        "/ledger/verifier.py",
        "/ledger/bundle",
    ):
        assert browser_of(person).get(path).status_code == 403, path
    assert browser_of(person).post("/ledger/verifications").status_code == 403
    for path in ("entries", "checkpoints", "checkpoints/latest", "bundle", "verifier", "stream"):
        assert client_of(person).get(f"/api/v1/ledger/{path}").status_code == 403, path
    assert client_of(person).post("/api/v1/ledger/verifications").status_code == 403


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


@pytest.mark.parametrize(
    "path",
    [
        "/ledger?before=99999999999999999999999",
        "/ledger?until=9999-12-31",
        "/ledger?since=2020-01-01&before=99999999999999999999999",
        "/ledger/checkpoints?before=99999999999999999999999",
    ],
)
def test_far_away_places_are_harmless(cast, browser_of, path):
    assert browser_of(cast.quinn).get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/99999999999999999999999999",
        "/ledger/99999999999999999999999999/proof",
        "/ledger/checkpoints/99999999999999999999999999",
        "/ledger/checkpoints/1",
    ],
)
def test_what_is_not_there_is_not_found(cast, browser_of, path):
    assert browser_of(cast.quinn).get(path).status_code == 404


def test_a_time_stamp_is_there_to_download_with_the_command_that_checks_it(cast, client, settings):
    """Whoever examines it needs neither this program nor its library: the authority's own answer and openssl."""
    from audit.models import Anchor
    from tests.audit.noted import checkpoint

    note = checkpoint()
    Anchor.objects.create(
        kind="rfc3161", size=note.size, note=note.text, evidence=b"token", place="tsa.example", at=clock.now()
    )
    client.force_login(cast.quinn)
    page = client.get(f"/ledger/checkpoints/{note.size}").content.decode()
    assert f"openssl ts -verify -data checkpoint-{note.size}.txt" in page
    answer = client.get(f"/ledger/checkpoints/{note.size}/stamp.tsr")
    assert (answer.content, answer["Content-Type"]) == (b"token", "application/timestamp-reply")
    assert client.get(f"/ledger/checkpoints/{note.size + 1}/stamp.tsr").status_code == 404
    client.force_login(cast.lia)
    assert client.get(f"/ledger/checkpoints/{note.size}/stamp.tsr").status_code == 403
