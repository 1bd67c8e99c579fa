"""Break-glass: two people, a reason, an end within a day, and a finding that opens by itself."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, transaction

from approvals.emergencies import open_emergency_findings
from approvals.models import Emergency
from approvals.selectors import standing_of
from approvals.services import ask_break_glass
from audit.events import Event
from jobs.models import Job
from mrm.lib import clock
from mrm.lib.errors import Invalid, NotAllowed, WrongStage
from registry.gatekeeper import ask_gates
from registry.services import suspend_version
from scoring.slots import deploy
from tests.approvals.signed import about, approved, signed


@pytest.fixture
def suspended(case):
    case.version = suspend_version(actor=case.cast.otto, version=approved(case).version, why="Complaints.")
    return case


def asked(case, who="otto", hours=4, why="Payday, and nothing else decides."):
    return ask_break_glass(actor=getattr(case.cast, who), version=case.version, hours=hours, why=why)


def broken(case) -> Emergency:
    signed(asked(case), case.cast.ada)
    return Emergency.objects.get()


@pytest.mark.control("SR26-2:break-glass")
def test_two_people_put_a_suspended_version_back_for_hours(suspended):
    emergency = broken(suspended)
    assert emergency.until - emergency.begins_at == dt.timedelta(hours=4)
    assert suspended.stage() == "suspended"
    assert ask_gates(act="scoring", actor=suspended.cast.otto, subject=suspended.version) == []
    assert deploy(actor=suspended.cast.otto, version=suspended.version).ended_at is None
    with time_machine.travel(emergency.until):
        assert (
            "is suspended"
            in ask_gates(act="scoring", actor=suspended.cast.otto, subject=suspended.version)[0]
        )
    assert about(suspended, Event.EMERGENCY_BEGUN) == 1


def test_finding_opens_by_itself_and_once(suspended, work):
    broken(suspended)
    assert Job.objects.filter(kind="open-emergency-finding", state="queued").count() == 1
    for opened in (1, 0):
        assert open_emergency_findings(actor=suspended.cast.ada, version=suspended.version) == opened
    finding = suspended.version.findings.get()
    assert (finding.severity, finding.state) == ("high", "open")
    assert "Payday" in finding.text


def test_slot_is_kept_for_the_hours_of_the_grant(suspended):
    from scoring.slots import end_deployments

    emergency = broken(suspended)
    deployment = deploy(actor=suspended.cast.otto, version=suspended.version)
    assert end_deployments(actor=suspended.cast.otto, version=suspended.version) == 0
    with time_machine.travel(emergency.until + dt.timedelta(seconds=1)):
        assert end_deployments(actor=suspended.cast.otto, version=suspended.version) == 1
    deployment.refresh_from_db()
    assert deployment.ended_why == "card-limit v1 was suspended."


def test_whoever_asks_does_not_sign_alone(suspended):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=suspended.cast.otto, role="approver")
    with pytest.raises(NotAllowed, match="one who asks"):
        signed(asked(suspended), suspended.cast.otto)
    assert not Emergency.objects.exists()


@pytest.mark.parametrize("hours", [-1, 0, 25, 10_000])
def test_emergency_lasts_at_most_a_day(suspended, hours):
    with pytest.raises(Invalid):
        asked(suspended, hours=hours)


def test_emergency_needs_a_reason_and_a_suspended_version(case):
    with pytest.raises(WrongStage):
        asked(approved(case))
    case.version = suspend_version(actor=case.cast.otto, version=case.version, why="Complaints.")
    with pytest.raises(Invalid):
        asked(case, why=" ")


@pytest.mark.parametrize("who", ["dana", "ada", "lia", "quinn", "root", "olga"])
def test_only_validator_and_operator_ask(suspended, who):
    with pytest.raises(NotAllowed):
        asked(suspended, who=who)


def test_grant_for_one_suspension_does_not_outlive_it(suspended):
    """A later suspension is a later decision."""
    emergency = broken(suspended)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
        suspended.version.stage_since = clock.now()
        type(suspended.version).objects.filter(pk=suspended.version.pk).update(stage_since=clock.now())
        assert standing_of(suspended.version).emergency_until is None
    assert emergency.until > clock.now()


def test_database_takes_no_emergency_without_its_grant(suspended):
    request = asked(suspended)
    row = Emergency(
        request=request,
        version=suspended.version,
        begins_at=clock.now(),
        until=clock.now() + dt.timedelta(hours=1),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_database_takes_no_emergency_longer_than_its_grant(suspended):
    emergency = broken(suspended)
    emergency.pk, emergency.until = uuid.uuid4(), emergency.until + dt.timedelta(days=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        emergency.save(force_insert=True)
