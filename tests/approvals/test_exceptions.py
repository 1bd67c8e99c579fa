"""Exceptions: a failed check let stand until a date, by quorum; lapsed, they close the gates."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from approvals.models import ValidationException
from approvals.services import ask_exception, open_request
from audit.events import Event
from mrm.lib import clock
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, WrongStage
from registry.gatekeeper import ask_gates
from tests.approvals.signed import about, granted_by, signed

FAILED = "adverse_impact_age"


@pytest.fixture
def failed(case):
    case.evidence(**{FAILED: "failed"})
    return case


def asked(case, days: float = 90, who: str = "victor", check: str = FAILED):
    until = clock.now() + dt.timedelta(days=days)
    result = case.result(check)
    return ask_exception(actor=getattr(case.cast, who), result=result, until=until, why="Data is coming.")


@pytest.fixture
def vera(cast):
    """A second validator: whoever asks for the exception may be somebody else than who concludes."""
    from accounts.selectors import the_installation
    from accounts.services import enrol_person, grant_role
    from tests.cast import PASSWORD

    user = enrol_person(actor=the_installation(), username="vera", name="Vera Vidal", password=PASSWORD)
    grant_role(actor=the_installation(), user=user, role="validator")
    return user


def excepted(case) -> ValidationException:
    granted_by(asked(case), case.cast.ada, case.cast.amir)
    return ValidationException.objects.get()


@pytest.mark.control("SR26-2:exceptions")
def test_failed_check_stands_once_the_quorum_has_granted_it(failed):
    with pytest.raises(Blocked, match="Blocking checks failed"):
        failed.concluded()
    request = asked(failed)
    signed(request, failed.cast.ada)
    with pytest.raises(Blocked):
        failed.concluded()
    signed(request, failed.cast.amir)
    failed.concluded()
    assert failed.stage() == "validated"
    assert about(failed, Event.EXCEPTION_GRANTED) == 1


def test_lapsed_exception_closes_the_gates_until_another_is_granted(failed):
    exception = excepted(failed)
    failed.concluded()
    granted_by(
        open_request(actor=failed.cast.dana, version=failed.version), failed.cast.ada, failed.cast.amir
    )
    failed.version.refresh_from_db()
    assert ask_gates(act="scoring", actor=failed.cast.otto, subject=failed.version) == []
    with time_machine.travel(exception.until):
        assert "has lapsed" in ask_gates(act="scoring", actor=failed.cast.otto, subject=failed.version)[0]
        granted_by(asked(failed), failed.cast.ada, failed.cast.amir)
        assert ask_gates(act="scoring", actor=failed.cast.otto, subject=failed.version) == []


def test_lapsed_exception_does_not_help_to_conclude(failed):
    exception = excepted(failed)
    with time_machine.travel(exception.until), pytest.raises(Blocked):
        failed.concluded()


def test_exception_is_about_the_evidence_it_was_asked_for(failed):
    excepted(failed)
    failed.evidence(**{FAILED: "failed"})
    with pytest.raises(Blocked):
        failed.concluded()


@pytest.mark.parametrize("days", [-1, 0, 1_000])
def test_exception_without_a_fitting_end_is_refused(failed, days):
    with pytest.raises(Invalid):
        asked(failed, days)


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_validator_asks(failed, who):
    with pytest.raises(NotAllowed):
        asked(failed, who=who)


def test_check_that_passed_needs_no_exception(failed):
    passed = next(each for each in failed.version.runs.get().results.all() if each.verdict == "passed")
    with pytest.raises(Conflict):
        asked(failed, check=passed.check_id)


def test_whoever_asks_does_not_sign_and_a_rejected_version_gets_none(failed):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=failed.cast.victor, role="approver")
    with pytest.raises(NotAllowed, match="one who asks"):
        signed(asked(failed), failed.cast.victor)
    failed.concluded("not_fit")
    with pytest.raises(WrongStage):
        asked(failed)


def test_exception_whose_date_passed_while_it_waited_is_not_granted(failed):
    request = asked(failed, days=1)
    signed(request, failed.cast.ada)
    with time_machine.travel(clock.now() + dt.timedelta(days=2)), pytest.raises(Conflict):
        signed(request, failed.cast.amir)
    assert not ValidationException.objects.exists()


def test_database_takes_no_exception_without_its_grant(failed):
    request = asked(failed)
    row = ValidationException(
        request=request,
        version=failed.version,
        result=failed.result(FAILED),
        check_id=FAILED,
        granted_at=clock.now(),
        until=clock.now() + dt.timedelta(days=1),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
