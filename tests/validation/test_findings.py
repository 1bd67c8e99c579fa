"""Findings: who opens, answers and closes them, and what of it stands in the ledger."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.selectors import the_installation
from accounts.services import grant_role
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about, entries_about
from mrm.lib import clock
from mrm.lib.errors import Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from registry.models import ModelVersion
from registry.version_files import Brought, add_file
from validation.finding_board import ageing
from validation.findings import Raised
from validation.models import Finding, FindingNote
from validation.selectors import open_findings, shown
from validation.services import close_finding, open_finding, plan_action, postpone, rebut

WORDS = Raised(title="Young clients", text="The ratio of ≤25 is low.", severity="medium")


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


GRAVE = Raised(title="Leak", text="A column knew the outcome.", severity="critical")


@pytest.mark.control("SR26-2:challenge")
def test_grave_finding_is_closed_with_evidence_only(case):
    run = case.evidence()
    grave = open_finding(actor=case.cast.victor, version=case.version, raised=GRAVE)
    with pytest.raises(Invalid, match="not closed"):
        close_finding(actor=case.cast.victor, finding=grave, text="It is gone.")
    result = run.results.select_related("run__version").first()
    close_finding(actor=case.cast.victor, finding=grave, text="It is gone.", result=result)
    assert grave.notes.get().result == result


def test_database_itself_asks_for_the_evidence_of_a_grave_one(case):
    grave = open_finding(actor=case.cast.victor, version=case.version, raised=GRAVE)
    closed = {"state": "closed", "closed_by": case.cast.victor, "closed_at": grave.opened_at}
    with pytest.raises(IntegrityError, match="with evidence"), transaction.atomic():
        Finding.objects.filter(pk=grave.pk).update(**closed)


def test_result_of_another_model_is_no_evidence(case, cast, drawn):
    grave = open_finding(actor=case.cast.victor, version=case.version, raised=GRAVE)
    paper = add_file(actor=case.cast.victor, version=case.version, brought=Brought("p.txt", b"x"))
    paper.version = ModelVersion(risk_model_id=uuid.uuid4())
    with pytest.raises(Invalid, match="not closed"):
        close_finding(actor=case.cast.victor, finding=grave, text="It is gone.", files=[paper])


def test_owner_says_what_will_be_done_and_by_which_day(case, finding):
    day = clock.now().date() + dt.timedelta(days=20)
    plan_action(actor=case.cast.dana, finding=finding, text="Retrain without it.", due_on=day)
    finding.refresh_from_db()
    assert (finding.state, finding.notes.get().due_on, finding.due_on) == ("planned", day, finding.due_on)
    assert open_findings(actor=case.cast.victor, version=case.version).count() == 1
    assert about(case, Event.FINDING_PLANNED) == 1


def test_only_a_validator_moves_the_day_it_is_due_and_only_later(case, finding):
    later = finding.due_on + dt.timedelta(days=10)
    with pytest.raises(NotAllowed):
        postpone(actor=case.cast.dana, finding=finding, text="I am busy.", due_on=later)
    with pytest.raises(Invalid, match="not postponed"):
        postpone(actor=case.cast.victor, finding=finding, text="Sooner.", due_on=finding.due_on)
    postpone(actor=case.cast.victor, finding=finding, text="Data come in March.", due_on=later)
    finding.refresh_from_db()
    assert (finding.due_on, about(case, Event.FINDING_POSTPONED)) == (later, 1)


@pytest.mark.parametrize("act", [plan_action, postpone])
def test_promise_for_a_past_day_is_refused(case, finding, act):
    actor = case.cast.dana if act is plan_action else case.cast.victor
    with pytest.raises(Invalid, match="past"):
        act(actor=actor, finding=finding, text="Then.", due_on=dt.date(2020, 1, 1))


def test_age_is_counted_by_severity_and_days_since_it_was_opened(case, finding):
    open_finding(actor=case.cast.victor, version=case.version, raised=GRAVE)
    opened = finding.opened_at
    for days, place in ((0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (91, 3)):
        critical, medium = ageing(actor=case.cast.quinn, at=opened + dt.timedelta(days=days, minutes=1))
        assert (critical.severity, medium.severity) == ("critical", "medium")
        assert [at for at, count in enumerate(medium.counts) if count] == [place], days
    assert medium.overdue == 1


def test_open_critical_finding_stops_new_deployments_and_no_version_in_force():
    gate = "validation.gates.no_open_critical_finding"
    stopped = {act for act, gates in governance.GATES.items() if gate in gates}
    assert stopped == {"conclude", "approve", "resume", "deployment"}


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
