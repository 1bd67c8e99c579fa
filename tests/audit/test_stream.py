"""A reader of the stream loses nothing and reads nothing twice, wherever it stopped."""

from __future__ import annotations

import json
import os
import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors import the_installation
from audit import access_log, guards, segments, services, stream
from audit.access_log import AccessEvent, Via
from audit.chain import Subject
from audit.events import Event
from audit.models import Access, Entry, SegmentRow, Unsealed
from audit.stream import Cursor
from mrm.lib.errors import Malformed

ALL = 10_000


def _record(cast, **facts):
    with services.opened():
        services.record(
            event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "somebody"), facts=facts
        )


def _read(decision: str) -> None:
    access_log.note(
        event=AccessEvent.DECISION_READ, actor_id="reader", subject=Subject("decision", decision), via=Via.API
    )


def _seal(log: str) -> None:
    segments.seal(actor=the_installation(), log=log)


@pytest.fixture
def ledger(cast):
    """Entries, a segment of three accesses, one of decisions, one of a single access that ends the ledger."""
    for decision in ("a", "b", "c"):
        _read(decision)
    services.queue_unsealed(log="decisions", record_hash=os.urandom(32))
    _seal("access")
    _record(cast, text="línea\u2028dois")
    _seal("decisions")
    _record(cast, number=2)
    _read("d")
    _seal("access")
    return cast


def _lines(after: str = "0", limit: int = ALL) -> list[dict]:
    return [json.loads(line) for line in stream.lines(Cursor.read(after), limit)]


def test_entries_come_in_their_order_and_accesses_behind_the_entry_that_sealed_them(ledger):
    found = _lines()
    entries = [line for line in found if line["kind"] == "entry"]
    assert [line["cursor"] for line in entries] == [str(n) for n in range(1, Entry.objects.count() + 1)]
    accesses = [(line["cursor"], line["subject"]["id"]) for line in found if line["kind"] == "access"]
    first, last = (
        line["cursor"]
        for line in entries
        if line["event"] == "segment:sealed" and line["facts"]["log"] == "access"
    )
    assert accesses == [(f"{first}.1", "a"), (f"{first}.2", "b"), (f"{first}.3", "c"), (f"{last}.1", "d")]
    places = {line["cursor"]: place for place, line in enumerate(found)}
    assert [places[f"{first}.{n}"] - places[first] for n in (1, 2, 3)] == [1, 2, 3]
    assert found[-1]["cursor"] == f"{last}.1"


@pytest.mark.parametrize("chunk", [1, 2, 3, 2_000])
def test_from_every_cursor_exactly_the_rest_comes(ledger, monkeypatch, chunk):
    whole = _lines()
    monkeypatch.setattr(stream, "_CHUNK", chunk)
    monkeypatch.setattr(stream, "_RECORDS_A_QUERY", chunk)
    assert _lines() == whole
    for place, line in enumerate(whole, start=1):
        assert _lines(line["cursor"]) == whole[place:], line["cursor"]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_read_in_portions_it_is_the_same_stream(ledger, limit):
    found, after = [], "0"
    while portion := _lines(after, limit):
        assert len(portion) <= limit
        found, after = found + portion, portion[-1]["cursor"]
    assert found == _lines()


def test_what_is_appended_while_reading_comes_the_next_time(ledger):
    reading = stream.lines(Cursor(), ALL)
    taken = [json.loads(next(reading))]
    _record(ledger, late=1)
    _read("late")
    _seal("access")
    taken += [json.loads(line) for line in reading]
    rest = _lines(taken[-1]["cursor"])
    assert [line["kind"] for line in rest] == ["entry", "entry", "access"]
    assert taken + rest == _lines()


def test_an_access_that_is_committed_late_is_not_skipped(ledger):
    """It has a lower id and an earlier time than what a reader has seen already."""
    _read("early")
    waiting = Unsealed.objects.get(log="access")
    record = bytes(waiting.record)
    waiting.delete()
    _read("later")
    _seal("access")
    after = _lines()[-1]["cursor"]
    services.queue_unsealed(log="access", record_hash=record)
    _seal("access")
    assert [line["subject"]["id"] for line in _lines(after) if line["kind"] == "access"] == ["early"]


def test_accesses_that_wait_for_their_segment_are_not_told_yet(ledger):
    before = _lines()
    _read("waiting")
    assert _lines() == before


def test_a_line_says_all_of_its_entry(ledger):
    entry = Entry.objects.get(event="person:enrolled", sequence=Entry.objects.count() - 1)
    body = json.loads(bytes(entry.body))
    (line,) = [line for line in _lines() if line["cursor"] == str(entry.sequence)]
    said = {name: body[name] for name in ("actor", "at", "event", "facts", "subject")}
    assert line == {
        **said,
        "cursor": str(entry.sequence),
        "kind": "entry",
        "leaf": bytes(entry.leaf).hex(),
        "product": "countersign",
        "format": "countersign-stream/1",
    }


def test_a_line_says_all_of_its_access(ledger):
    line = _lines()[-1]
    access = Access.objects.get(subject_id="d")
    body = json.loads(bytes(access.body))
    assert line == {
        "actor": {"id": "reader", "name": ""},
        "at": body["at"],
        "cursor": line["cursor"],
        "event": "decision:read",
        "format": "countersign-stream/1",
        "kind": "access",
        "product": "countersign",
        "record": bytes(access.record).hex(),
        "subject": {"id": "d", "type": "decision"},
        "via": "api",
    }


def test_a_line_is_one_line_to_every_reader(ledger):
    for line in stream.lines(Cursor(), ALL):
        assert line.endswith(b"\n")
        assert len(line.decode("ascii").splitlines()) == 1
    assert any(line["facts"].get("text") == "línea\u2028dois" for line in _lines() if line["kind"] == "entry")


MALFORMED = (
    "", " ", "x", "-1", "+1", "01", "1.", ".1", "1.0", "1.01", "1.-1", "0.0", "0.1", "1.2.3", " 1", "1 ", "1\n", "1e3",
    "1,2", "１", "²", "1.２", "1_0", "None", "\x00", "9" * 19, "1." + "9" * 10, "9" * 5_000,
)  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_cursor_is_refused(text):
    with pytest.raises(Malformed, match="no cursor"):
        Cursor.read(text)


@pytest.mark.parametrize("text", ["0", "1", "17", "17.1", "1.2000", "9" * 18, "1." + "9" * 9])
def test_a_cursor_is_written_as_it_was_read(text):
    assert Cursor.read(text).text == text


def test_a_cursor_this_ledger_never_gave_is_refused_before_the_first_line(ledger):
    size = Entry.objects.count()
    for text in (str(size + 1), "9" * 18, f"{size}.2", "1.1", f"{size + 1}.1"):
        with pytest.raises(Malformed):
            stream.lines(Cursor.read(text), ALL)
    segment = next(line["cursor"] for line in _lines() if line["kind"] == "access").split(".")[0]
    with pytest.raises(Malformed):
        stream.lines(Cursor.read(f"{segment}.4"), ALL)
    decisions = Entry.objects.filter(event="segment:sealed").order_by("sequence")[1]
    with pytest.raises(Malformed):
        stream.lines(Cursor(decisions.sequence, 1), ALL)


def test_an_empty_ledger_has_no_lines(db):
    assert not Entry.objects.exists()
    assert _lines() == []


@pytest.mark.parametrize("limit", [0, -1])
def test_at_least_one_line_is_asked_for(ledger, limit):
    with pytest.raises(Malformed):
        stream.lines(Cursor(), limit)


BODIES = (
    "x",
    '{"a":1.5}',
    "[]",
    "{}",
    '{"a":NaN}',
    '{ "a":1}',
    '{"a":"\\ud800"}',
    "\x00",
    "9" * 5_000,
    "[" * 5_000,
)


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_was_tampered_with_is_told_from_its_columns(ledger, body):
    entry = Entry.objects.get(sequence=2)
    access = Access.objects.get(subject_id="d")
    guards.lift()
    Entry.objects.filter(sequence=2).update(body=body.encode())
    Access.objects.filter(pk=access.pk).update(body=body.encode())
    guards.install()
    found = _lines()
    assert (found[1]["facts"], found[1]["event"], found[1]["leaf"]) == (
        None,
        entry.event,
        bytes(entry.leaf).hex(),
    )
    assert (found[-1]["event"], found[-1]["actor"]["id"]) == ("decision:read", "reader")


def test_an_access_whose_row_is_gone_still_has_its_line(ledger):
    guards.lift()
    record = bytes(Access.objects.get(subject_id="b").record).hex()
    Access.objects.filter(subject_id="b").delete()
    guards.install()
    (line,) = [line for line in _lines() if line.get("record") == record]
    assert line["kind"] == "access"
    assert line["event"] is None
    assert line["actor"] is None


def test_an_entry_that_is_gone_does_not_stop_the_stream(ledger):
    guards.lift()
    Entry.objects.filter(sequence=2).delete()
    guards.install()
    assert [line["cursor"] for line in _lines("2")][:1] == ["3"]
    assert [line["cursor"] for line in _lines()][:2] == ["1", "3"]


def test_a_long_stream_is_read_in_chunks(cast, monkeypatch):
    """Statements grow by the chunk, and memory does not grow with the length."""
    monkeypatch.setattr(stream, "_CHUNK", 100)
    first = Entry.objects.count()
    with services.opened():
        for number in range(2_000 - first):
            services.record(
                event=Event.PERSON_ENROLLED,
                actor=cast.dana,
                subject=Subject("person", "p"),
                facts={"n": number, "filler": "x" * 2_000},
            )
    tracemalloc.start()
    with CaptureQueriesContext(connection) as seen:
        size = sum(len(line) for line in stream.lines(Cursor(), ALL))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(seen) <= 20 + 5
    assert size > 4_000_000
    assert peak < 2_000_000


def test_accesses_cost_statements_by_the_chunk_not_by_the_row(cast, monkeypatch):
    for number in range(40):
        _read(str(number))
    _seal("access")
    assert SegmentRow.objects.count() == 40
    with CaptureQueriesContext(connection) as few:
        assert len([line for line in _lines() if line["kind"] == "access"]) == 40
    monkeypatch.setattr(stream, "_RECORDS_A_QUERY", 20)
    with CaptureQueriesContext(connection) as more:
        assert len(_lines()) == Entry.objects.count() + 40
    assert len(more) - len(few) == 3  # two statements for the second twenty, one count of this test
