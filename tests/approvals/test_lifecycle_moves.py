"""Resumption and retirement by quorum, withdrawal by whoever asked, and what becomes of the slot."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from approvals.models import ApprovalRequest
from approvals.services import ask_for, withdraw
from audit.events import Event
from jobs.models import Job
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, WrongStage
from registry.services import resume_version, retire_version, suspend_version
from scoring.slots import deploy, end_deployments
from tests.approvals.signed import about, approved, granted_by, requested, signed


@pytest.fixture
def suspended(case):
    approved(case)
    case.version = suspend_version(actor=case.cast.otto, version=case.version, why="Complaints.")
    return case


def ask(case, act="resume-version", who="otto") -> ApprovalRequest:
    return ask_for(actor=getattr(case.cast, who), version=case.version, act=act, why="It is settled.")


# --- Resuming ---------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:lifecycle")
def test_suspended_version_comes_back_by_its_quorum_until_its_old_date(suspended):
    until, request = suspended.version.expires_at, ask(suspended)
    signed(request, suspended.cast.ada)
    assert suspended.stage() == "suspended"
    signed(request, suspended.cast.amir)
    assert (suspended.stage(), suspended.version.expires_at) == ("approved", until)
    assert about(suspended, Event.VERSION_RESUMED) == 1
    assert suspended.version.changes.get(move="resume").why == "It is settled."


def test_nobody_resumes_without_a_grant(suspended):
    with pytest.raises(Blocked, match="is not granted"):
        resume_version(actor=suspended.cast.ada, version=suspended.version, why="I say so.")
    assert suspended.stage() == "suspended"


def test_grant_from_before_does_not_resume_the_next_suspension(suspended):
    granted_by(ask(suspended), suspended.cast.ada, suspended.cast.amir)
    suspend_version(actor=suspended.cast.otto, version=suspended.version, why="Again.")
    suspended.version.refresh_from_db()
    with pytest.raises(Blocked):
        resume_version(actor=suspended.cast.ada, version=suspended.version, why="Still granted?")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_modelversion SET stage = 'approved'")


def test_expired_approval_is_not_resumed(suspended):
    request = ask(suspended)
    signed(request, suspended.cast.ada)
    with time_machine.travel(suspended.version.expires_at + dt.timedelta(days=1)), pytest.raises(Blocked):
        signed(request, suspended.cast.amir)
    assert suspended.stage() == "suspended"


def test_whoever_asks_does_not_sign(suspended):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=suspended.cast.otto, role="approver")
    with pytest.raises(NotAllowed, match="one who asks"):
        signed(ask(suspended), suspended.cast.otto)


@pytest.mark.parametrize("who", ["dana", "ada", "lia", "quinn", "root", "olga"])
def test_only_validator_and_operator_ask(suspended, who):
    with pytest.raises(NotAllowed):
        ask(suspended, who=who)
    assert ApprovalRequest.objects.count() == 1


def test_resumption_of_an_approved_version_and_empty_words_are_refused(case):
    approved(case)
    with pytest.raises(WrongStage, match="not suspended"):
        ask(case)
    with pytest.raises(Invalid):
        ask_for(actor=case.cast.otto, version=case.version, act="retire-version", why=" ")
    with pytest.raises(Invalid):
        ask(case, act="approve-version")


def test_same_act_is_not_asked_twice_and_another_is(suspended):
    ask(suspended)
    with pytest.raises(Conflict):
        ask(suspended, who="victor")
    assert ask(suspended, act="retire-version").state == "open"


# --- Retiring ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["approved", "suspended"])
def test_version_is_retired_by_its_quorum(case, stage):
    approved(case)
    if stage == "suspended":
        case.version = suspend_version(actor=case.cast.otto, version=case.version, why="Complaints.")
    granted_by(ask(case, act="retire-version"), case.cast.ada, case.cast.amir)
    assert case.stage() == "retired"
    assert about(case, Event.VERSION_RETIRED) == 1


def test_nobody_retires_without_a_grant(case):
    with pytest.raises(Blocked):
        retire_version(actor=case.cast.ada, version=approved(case).version, why="Enough.")


def test_request_about_a_version_that_moved_since_is_not_signed(case):
    request = ask(approved(case), act="retire-version")
    suspend_version(actor=case.cast.otto, version=case.version, why="Complaints.")
    with pytest.raises(WrongStage, match="has moved since"):
        signed(request, case.cast.ada)


def test_stale_request_does_not_stand_in_the_way_of_the_next(case):
    stale = ask(approved(case), act="retire-version")
    case.version = suspend_version(actor=case.cast.otto, version=case.version, why="Complaints.")
    assert ask(case, act="retire-version").state == "open"
    stale.refresh_from_db()
    assert stale.state == "void"


# --- The slot ---------------------------------------------------------------------------------------------------


def test_slot_of_a_suspended_version_is_emptied_by_the_reaction(case, work):
    deployment = deploy(actor=case.cast.otto, version=approved(case).version)
    Job.objects.filter(state="queued").update(state="succeeded", ended_at=case.version.stage_since)
    suspend_version(actor=case.cast.victor, version=case.version, why="Complaints.")
    work()
    deployment.refresh_from_db()
    assert (deployment.ended_why, deployment.ended_by) == ("card-limit v1 was suspended.", case.cast.victor)


def test_version_that_came_back_keeps_its_slot(case):
    deployment = deploy(actor=case.cast.otto, version=approved(case).version)
    assert end_deployments(actor=case.cast.otto, version=case.version) == 0
    deployment.refresh_from_db()
    assert deployment.ended_at is None


# --- Withdrawing ------------------------------------------------------------------------------------------------


def test_withdrawn_request_gives_the_version_back_to_whoever_may_ask_again(case):
    request = requested(case)
    signed(request, case.cast.ada)
    withdraw(actor=case.cast.dana, request=request, why="A typo in the note.")
    request.refresh_from_db()
    assert (case.stage(), request.state, request.closed_why) == (
        "validated",
        "withdrawn",
        "A typo in the note.",
    )
    assert about(case, Event.VERSION_WITHDRAWN) == 1
    with pytest.raises(WrongStage, match="withdrawn"):
        signed(request, case.cast.amir)


def test_signature_under_a_withdrawn_request_does_not_count_under_the_next(case):
    from approvals.services import open_request

    request = requested(case)
    signed(request, case.cast.ada)
    withdraw(actor=case.cast.dana, request=request, why="A typo.")
    fresh = open_request(actor=case.cast.dana, version=case.version)
    signed(fresh, case.cast.amir)
    assert case.stage() == "in_review"


@pytest.mark.parametrize("who", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_nobody_else_withdraws(case, who):
    request = requested(case)
    with pytest.raises(NotAllowed):
        withdraw(actor=getattr(case.cast, who), request=request, why="Mine now.")
    request.refresh_from_db()
    assert (case.stage(), request.state) == ("in_review", "open")


def test_closed_request_is_not_withdrawn_and_a_reason_is_needed(case):
    request = requested(case)
    with pytest.raises(Invalid):
        withdraw(actor=case.cast.dana, request=request, why=" ")
    signed(request, case.cast.ada, "reject")
    with pytest.raises(WrongStage):
        withdraw(actor=case.cast.dana, request=request, why="Too late.")
