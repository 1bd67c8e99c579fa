"""Who may perform a run again, and what is kept of it."""

from __future__ import annotations

import uuid

import pytest

from accounts.selectors import the_installation
from accounts.services import grant_role
from audit import guards
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Conflict, NotAllowed, Unavailable, WrongStage
from registry.services import suspend_version
from tests.reports import world
from tests.validation import cases
from tests.validation.performed import AGREED, APART, ROWS
from validation.gathering import incumbent_at, incumbent_of
from validation.models import Finding, Reperformance
from validation.reperformance.tolerances import frozen
from validation.reperformed import marks_of, newest_of, rows_of
from validation.selectors import evidence
from validation.services import complete_reperformance, request_reperformance


def kept(case, run, rows, by=None):
    return complete_reperformance(
        actor=by or case.cast.victor, run=run, job_id=uuid.uuid4(), rows=rows, tolerances=frozen()
    )


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_validator_asks_for_it(case, who):
    run = case.evidence()
    with pytest.raises(NotAllowed):
        request_reperformance(actor=getattr(case.cast, who), run=run)
    with pytest.raises(NotAllowed):
        kept(case, run, ROWS, by=getattr(case.cast, who))
    assert not Reperformance.objects.exists()


@pytest.mark.control("SR26-2:independence")
def test_whoever_had_a_part_in_the_version_does_not_perform_it_again(case):
    run = case.evidence()
    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="author of card-limit v1 and cannot re-perform"):
        request_reperformance(actor=case.cast.dana, run=run)


def test_a_run_without_results_is_not_performed_again(case):
    with pytest.raises(WrongStage, match="not completed"):
        request_reperformance(actor=case.cast.victor, run=case.started())


def test_one_re_performance_of_a_run_at_a_time(case):
    run = case.evidence()
    request_reperformance(actor=case.cast.victor, run=run)
    with pytest.raises(Conflict, match="going already"):
        request_reperformance(actor=case.cast.victor, run=run)


def test_a_rejected_version_is_not_performed_again(case):
    run = case.evidence()
    case.concluded("not_fit")
    with pytest.raises(WrongStage, match="rejected"):
        request_reperformance(actor=case.cast.victor, run=run)


def test_what_agrees_is_entered_and_opens_nothing(case):
    run, before = case.evidence(), evidence(case.version).digest
    made = kept(case, run, ROWS)
    assert (made.agreeing, made.differing, made.not_reperformed) == (2, 0, 0)
    subject = Subject("version", str(case.version.pk))
    assert count_about(subject, Event.RUN_REPERFORMED) == 1
    assert not Finding.objects.exists()
    assert evidence(case.version).digest == before
    assert newest_of(run) == made


def test_what_differs_opens_one_finding_of_high_severity(case):
    made = kept(case, case.evidence(), (AGREED, APART))
    [finding] = Finding.objects.all()
    assert (finding.severity, finding.result.check_id) == ("high", "discrimination")
    assert made.rows_digest in finding.text
    # Numbers stay in the comparison: the finding names them.
    assert "0.76" not in finding.text


def test_the_gravest_row_marks_a_number(case):
    run = case.evidence()
    assert marks_of(run).of("discrimination", "auc") is None
    kept(case, run, ROWS)
    assert str(marks_of(run).of("discrimination", "auc").way) == "independent"
    kept(case, run, (APART, *ROWS))
    assert str(marks_of(run).of("discrimination", "auc").outcome) == "differs"


def test_it_answers_its_component_of_the_plan(case):
    from validation.selectors import answered_plan

    run = case.evidence()

    def is_answered():
        plan = answered_plan(actor=case.cast.victor, version=case.version)
        return next(each.is_answered for each in plan.answers if each.component.key == "reproduction")

    assert not is_answered()
    kept(case, run, ROWS)
    assert is_answered()


def test_rows_that_were_altered_are_refused(case):
    made = kept(case, case.evidence(), ROWS)
    guards.lift()
    Reperformance.objects.update(rows=[APART.plain()])
    guards.install()
    with pytest.raises(Unavailable, match="no longer give the digest"):
        rows_of(Reperformance.objects.get(pk=made.pk))


def test_it_is_compared_with_whom_it_would_have_replaced_then(case):
    case.evidence()
    world.approved(case)
    between, later = (cases.registered(case.cast, case.version.candidate, at) for at in ("0.2", cases.NARROW))
    then = clock.now()
    suspend_version(actor=case.cast.otto, version=case.version, why="Doubt.")
    assert incumbent_at(later, then) == case.version
    assert incumbent_at(later, clock.now()) == incumbent_of(later) == between
