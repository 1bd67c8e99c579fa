"""Findings: who opens, answers and closes them, and what of it stands in the ledger."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.selectors import the_installation
from accounts.services import grant_role
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about, entries_about
from mrm.lib.errors import Invalid, NotAllowed, WrongStage
from validation.findings import Raised
from validation.models import Finding, FindingNote
from validation.selectors import open_findings, shown
from validation.services import close_finding, open_finding, rebut

WORDS = Raised(title="Young clients", text="The ratio of ≤25 is low.", severity="high")


@pytest.fixture
def finding(case) -> Finding:
    return open_finding(actor=case.cast.victor, version=case.version, raised=WORDS)


def about(case, event: Event) -> int:
    return count_about(Subject("version", str(case.version.pk)), event)


def test_finding_waits_for_the_owner_of_the_model(case, finding):
    assert (finding.owner, finding.state) == (case.cast.dana, "open")
    assert about(case, Event.FINDING_OPENED) == 1


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_validator_opens_a_finding(case, who):
    with pytest.raises(NotAllowed):
        open_finding(actor=getattr(case.cast, who), version=case.version, raised=WORDS)
    assert not Finding.objects.exists()
    assert about(case, Event.FINDING_OPENED) == 0


def test_words_of_a_finding_stay_outside_the_ledger(case, finding):
    rebut(actor=case.cast.dana, finding=finding, text="It is the population.")
    told = json.dumps(
        [bytes(entry.body).decode() for entry in entries_about(Subject("version", str(case.version.pk)))]
    )
    assert "Young clients" not in told
    assert "population" not in told


@pytest.mark.parametrize(
    "raised",
    [
        Raised("", "Text.", "low"),
        Raised("T" * 201, "Text.", "low"),
        Raised("Title", " ", "low"),
        Raised("Title", "Text.", "grave"),
    ],
)
def test_finding_without_proper_words_is_refused(case, raised):
    with pytest.raises(Invalid):
        open_finding(actor=case.cast.victor, version=case.version, raised=raised)
    assert not Finding.objects.exists()


def test_result_of_another_version_is_refused(case):
    from tests.validation.cases import Case, registered

    case.evidence()
    other = Case(case.cast, registered(case.cast, case.version.candidate, "0.10"), case.standard)
    with pytest.raises(Invalid, match="not opened"):
        open_finding(actor=case.cast.victor, version=other.version, raised=WORDS, result=case.result("brier"))


def test_owner_answers_and_the_finding_stays_unsettled(case, finding):
    rebut(actor=case.cast.dana, finding=finding, text="It is the population.")
    finding.refresh_from_db()
    assert finding.state == "rebutted"
    assert open_findings(actor=case.cast.victor, version=case.version).count() == 1
    assert about(case, Event.FINDING_REBUTTED) == 1


def test_nobody_but_the_owner_answers(case, finding):
    grant_role(actor=the_installation(), user=case.cast.otto, role="developer")
    with pytest.raises(NotAllowed, match="Only Dana"):
        rebut(actor=case.cast.otto, finding=finding, text="Let it be.")
    assert not FindingNote.objects.exists()


def test_validator_closes_with_words(case, finding):
    close_finding(actor=case.cast.victor, finding=finding, text="Answered.")
    finding.refresh_from_db()
    assert (finding.state, finding.closed_by) == ("closed", case.cast.victor)
    assert finding.notes.get().text == "Answered."
    assert about(case, Event.FINDING_CLOSED) == 1


def test_finding_is_not_closed_without_words(case, finding):
    with pytest.raises(Invalid):
        close_finding(actor=case.cast.victor, finding=finding, text="  ")
    finding.refresh_from_db()
    assert finding.state == "open"
    assert about(case, Event.FINDING_CLOSED) == 0


@pytest.mark.control("SR26-2:challenge")
def test_author_with_every_role_does_not_close_a_finding(case, finding):
    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="does not close"):
        close_finding(actor=case.cast.dana, finding=finding, text="Fine by me.")


def test_database_itself_refuses_that_the_author_closes(case, finding):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE validation_finding SET state = 'closed', closed_by_id = %s, closed_at = CURRENT_TIMESTAMP",
            [case.cast.dana.pk.hex if connection.vendor == "sqlite" else case.cast.dana.pk],
        )


def test_closed_finding_takes_no_answer(case, finding):
    close_finding(actor=case.cast.victor, finding=finding, text="Answered.")
    with pytest.raises(WrongStage):
        rebut(actor=case.cast.dana, finding=finding, text="One more thing.")
    with pytest.raises(WrongStage):
        close_finding(actor=case.cast.victor, finding=finding, text="Again.")


def test_finding_changes_what_is_shown_to_a_signer(case):
    case.evidence()
    before = shown(case.version).digest
    finding = open_finding(actor=case.cast.victor, version=case.version, raised=WORDS)
    opened = shown(case.version).digest
    close_finding(actor=case.cast.victor, finding=finding, text="Answered.")
    assert len({before, opened, shown(case.version).digest}) == 3


@pytest.mark.parametrize("owner", ["dana", "nobody-at-all"])
def test_who_exists_is_not_told_to_whoever_opens_no_findings(case, client_of, owner):
    version = case.version
    address = f"/api/v1/models/{version.risk_model.slug}/versions/{version.number}/findings"
    body = {"title": "T", "text": "Words.", "severity": "low", "owner": owner}
    assert client_of(case.cast.ada).post(address, body, format="json").status_code == 403
