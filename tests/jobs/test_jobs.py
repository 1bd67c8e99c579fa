"""The Job row is the truth: claimed once, fenced by its attempt, ended with a reason, never running for ever."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Person
from audit.chain import Subject
from audit.models import Entry
from audit.services import opened
from jobs import leases, runner, services, sweeper
from jobs.models import Job, JobState
from jobs.run import Run
from mrm.lib import clock
from mrm.lib.errors import Blocked, NotAllowed, NotFound, WrongStage
from mrm.settings import governance

pytestmark = pytest.mark.django_db
SUBJECT = Subject("person", "x")


def leaves_a_person(run):
    run.progress("Working", 50)
    return lambda: {"person": str(Person.objects.create(name=str(run.job.pk)).pk)}


def is_refused(run):
    raise Blocked("Not yet.", ["The first thing is missing.", "The second too."])


def meets_a_fault(run):
    raise ZeroDivisionError("a row of an applicant")


def loses_its_lease(run):
    Job.objects.filter(pk=run.job.pk).update(attempt=run.attempt + 1)
    return lambda: {"person": str(Person.objects.create(name="doubled").pk)}


def fails_at_the_end(run):
    def conclude():
        Person.objects.create(name="half")
        raise Blocked("Refused while writing.", ["Late."])

    return conclude


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    kinds = (leaves_a_person, is_refused, meets_a_fault, loses_its_lease, fails_at_the_end)
    handlers = {kind.__name__: f"tests.jobs.test_jobs.{kind.__name__}" for kind in kinds}
    monkeypatch.setattr(governance, "HANDLERS", {**governance.HANDLERS, **handlers})


def _ask(cast, handler):
    return services.request_job(actor=cast.dana, kind=handler.__name__, subject=SUBJECT, payload={})


def test_a_job_is_done_once_and_ends_with_its_result(cast):
    job = runner.run_job(_ask(cast, leaves_a_person).pk)
    assert (job.state, job.percent, job.attempt) == (JobState.SUCCEEDED, 100, 1)
    assert Person.objects.filter(name=str(job.pk)).count() == 1
    assert runner.run_job(job.pk) is None


def test_asking_and_ending_leave_an_entry_each(cast):
    job = runner.run_job(_ask(cast, leaves_a_person).pk)
    events = Entry.objects.filter(subject_type="job", subject_id=str(job.pk)).values_list("event", flat=True)
    assert list(events) == ["job:requested", "job:ended"]


def test_a_refusal_ends_the_job_with_every_reason(cast):
    job = runner.run_job(_ask(cast, is_refused).pk)
    assert job.state == JobState.FAILED
    assert job.reasons == ["The first thing is missing.", "The second too."]


def test_a_refusal_while_writing_leaves_nothing_of_the_result(cast):
    job = runner.run_job(_ask(cast, fails_at_the_end).pk)
    assert job.state == JobState.FAILED
    assert not Person.objects.filter(name="half").exists()


def test_a_fault_is_tried_again_and_buried_without_quoting_data(cast):
    asked = _ask(cast, meets_a_fault)
    states = [runner.run_job(asked.pk).state for _ in range(3)]
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.DEAD]
    asked.refresh_from_db()
    assert "ZeroDivisionError" in asked.reason
    assert "applicant" not in asked.reason + asked.step


def test_an_attempt_that_lost_its_lease_writes_nothing(cast):
    runner.run_job(_ask(cast, loses_its_lease).pk)
    assert not Person.objects.filter(name="doubled").exists()


def test_a_job_is_claimed_by_one_worker_only(cast):
    asked = _ask(cast, leaves_a_person)
    assert leases.claim(worker="first", job_id=asked.pk).attempt == 1
    assert leases.claim(worker="second", job_id=asked.pk) is None


def _expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - dt.timedelta(seconds=1))


def test_an_expired_lease_goes_back_to_the_queue_then_dies_with_a_reason(cast):
    asked = _ask(cast, leaves_a_person)
    for _ in range(3):
        held = leases.claim(worker="killed", job_id=asked.pk)
        _expire(held)
        sweeper.sweep()
    asked.refresh_from_db()
    assert asked.state == JobState.DEAD
    assert "lost its worker" in asked.reason


def test_a_swept_job_cannot_be_ended_by_its_former_worker(cast):
    held = leases.claim(worker="slow", job_id=_ask(cast, leaves_a_person).pk)
    _expire(held)
    sweeper.sweep()
    services.end_job(run=Run(held), state=JobState.SUCCEEDED, reason="")
    held.refresh_from_db()
    assert held.state == JobState.QUEUED


def test_a_queued_job_is_cancelled_at_once_and_a_running_one_is_told(cast):
    queued, running = _ask(cast, leaves_a_person), _ask(cast, leaves_a_person)
    held = leases.claim(worker="w", job_id=running.pk)
    assert services.cancel_job(actor=cast.dana, job=queued).state == JobState.CANCELLED
    services.cancel_job(actor=cast.dana, job=running)
    with pytest.raises(Exception, match="Stopped before"):
        Run(held).progress("More", 60)


def test_an_ended_job_cannot_be_cancelled(cast):
    job = runner.run_job(_ask(cast, leaves_a_person).pk)
    with pytest.raises(WrongStage):
        services.cancel_job(actor=cast.dana, job=job)


def test_a_loan_officer_cancels_no_job(cast):
    with pytest.raises(NotAllowed):
        services.cancel_job(actor=cast.lia, job=_ask(cast, leaves_a_person))


def test_an_unknown_kind_is_refused_when_asked(cast):
    with pytest.raises(NotFound):
        services.request_job(actor=cast.dana, kind="nobody's", subject=SUBJECT, payload={})


def test_a_job_asked_for_in_a_unit_of_work_that_fails_does_not_exist(cast):
    with pytest.raises(RuntimeError), opened():
        _ask(cast, leaves_a_person)
        raise RuntimeError
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE jobs_job SET kind = 'other'",
        "DELETE FROM jobs_job",
        "UPDATE jobs_job SET state = 'running'",
        "UPDATE jobs_job SET state = 'failed', ended_at = created_at",
        "UPDATE jobs_job SET attempt = -1",
        "UPDATE jobs_job SET state = 'sleeping'",
    ],
)
def test_the_database_refuses_an_impossible_job(cast, statement):
    _ask(cast, leaves_a_person)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_reopen_an_ended_job(cast):
    runner.run_job(_ask(cast, leaves_a_person).pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_job SET state = 'queued', ended_at = NULL")
