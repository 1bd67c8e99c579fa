"""Every decision and access stands in one segment or waits for one, and says what was hashed; nothing sealed is gone."""

from __future__ import annotations

import pytest

from audit import access_log, rows, services
from audit.access_log import AccessEvent, Via
from audit.chain import Subject
from audit.models import Access, SegmentRow, Unsealed
from audit.rows import Compared
from scoring.models import Decision
from scoring.privacy import erase
from tests.reports.sealing import sealing_in, tampered
from tests.scoring.conftest import applications, build_world, candidate_folder, world

__all__ = ["applications", "build_world", "candidate_folder", "world"]


def note(count=1):
    for number in range(count):
        access_log.note(
            event=AccessEvent.DECISION_READ,
            actor_id="1",
            subject=Subject("decision", str(number)),
            via=Via.PAGE,
        )


def compared(log="access"):
    return next(each for each in rows.compare(lambda _: None) if each.log == log)


def faults(log="access"):
    return [(fault.code, fault.count) for fault in compared(log).faults]


@pytest.fixture
def sealing(cast, tmp_path):
    return sealing_in(tmp_path / "sealer")


@pytest.fixture
def noted(sealing):
    """Five accesses that are sealed, and two that wait."""
    note(5)
    sealing.sign()
    note(2)


def test_sealed_and_waiting_rows_are_where_the_ledger_says(noted):
    assert compared() == Compared("access", rows=7, sealed=5, waiting=2, faults=())


def test_chunks_lose_nothing(noted, monkeypatch):
    monkeypatch.setattr(rows, "CHUNK", 2)
    heard = []
    assert {each.log: each.rows for each in rows.compare(heard.append)} == {"access": 7, "decisions": 0}
    assert heard == [2, 4, 6]


@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_row_that_is_gone_is_missed(noted, is_sealed):
    segments = SegmentRow.objects.values_list("record", flat=True)
    waiting = Unsealed.objects.values_list("record", flat=True)
    victim = bytes((segments if is_sealed else waiting)[0])
    tampered("DELETE FROM audit_access WHERE record = %s", victim)
    assert faults() == [("row-missing", 1)]
    assert compared().faults[0].first == (victim.hex(),)


def test_a_row_put_in_behind_the_ledgers_back_is_found(noted):
    row = Access.objects.first()
    body = bytes(row.body).replace(b'"via":"page"', b'"via":"api"')
    forged = Access(body=body, record=access_log.record_of(body), event=row.event, actor_id="1")
    forged.subject_type, forged.subject_id = row.subject_type, row.subject_id
    forged.via, forged.at = "api", row.at
    forged.save(force_insert=True)
    assert faults() == [("row-unsealed", 1)]
    assert compared().faults[0].first == (str(forged.pk),)


def test_a_record_that_waits_although_it_is_sealed_is_found(noted):
    services.queue_unsealed(log="access", record_hash=bytes(SegmentRow.objects.first().record))
    assert faults() == [("row-unsealed", 1)]


def test_a_record_sealed_under_another_log_is_found_in_both(noted):
    tampered("UPDATE audit_segment SET log = 'decisions'")
    assert faults() == [("row-unsealed", 5)]
    assert faults("decisions") == [("row-missing", 5)]


@pytest.mark.parametrize("change", ["actor_id = '2'", "subject_id = '9'", "via = 'api'", "at = '{early}'"])
def test_a_column_that_says_something_else_is_found(noted, change):
    tampered(
        f"UPDATE audit_access SET {change.format(early='2001-01-01 00:00:00+00:00')} WHERE subject_id = '4'"
    )
    assert faults() == [("row-altered", 1)]


def test_an_altered_body_is_found(noted):
    tampered("UPDATE audit_access SET body = %s WHERE subject_id = '4'", b"{}")
    assert faults() == [("row-altered", 1)]


def test_what_is_sealed_while_it_is_compared_is_no_fault(noted, sealing, monkeypatch):
    sealed = rows._sealed

    def old_view():
        yield from list(sealed())
        sealing.sign()

    monkeypatch.setattr(rows, "_sealed", old_view)
    assert faults() == []


def test_of_many_faults_the_first_few_are_named(sealing):
    note(9)
    tampered("DELETE FROM audit_unsealed")
    [fault] = compared().faults
    assert (fault.code, fault.count, len(fault.first)) == ("row-unsealed", 9, rows.SHOWN)


def test_an_erased_decision_checks_as_any_other_and_an_altered_outcome_does_not(world, sealing, cast):
    from accounts.selectors import the_installation
    from accounts.services import enrol_person, grant_role

    paul = enrol_person(
        actor=the_installation(), username="paul", name="Paul", password="a long password, too"
    )
    grant_role(actor=the_installation(), user=paul, role="privacy_officer")
    kept, erased = world.decide("approve", "one"), world.decide("decline", "two")
    sealing.sign()
    erase(actor=paul, decision=erased, why="The client asked.")
    assert compared("decisions") == Compared("decisions", rows=2, sealed=2, waiting=0, faults=())
    tampered("UPDATE scoring_decision SET outcome = 'approve' WHERE reference = %s", erased.reference)
    assert faults("decisions") == [("row-altered", 1)]
    assert compared("decisions").faults[0].first == (str(erased.pk),)
    assert Decision.objects.filter(pk=kept.pk).exists()
