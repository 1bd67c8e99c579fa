"""Reminders: each once for a thing and a day, however often and from how many sides it is swept."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection

from accounts.models import RoleGrant
from accounts.scopes import Scope
from approvals.models import ApprovalRequest
from audit.models import Entry
from mrm.lib import clock
from notices import reminders
from notices.models import Notice, Telling
from registry.models import ModelVersion
from tests.accounts import granting
from tests.approvals.signed import granted_by, requested, signed
from tests.approvals.spoiled import asked_to_stand, spoiled_snapshot
from tests.approvals.test_caps import asked
from tests.approvals.test_conditions import demand, meets
from tests.approvals.test_exceptions import excepted, failed, vera
from tests.notices.test_notices import letters, told

__all__ = ["failed", "vera"]


def sweep_at(moment: dt.datetime, **before: float) -> int:
    with time_machine.travel(moment - dt.timedelta(**before)):
        return reminders.sweep()


def test_a_request_that_falls_due_is_told_to_who_has_not_signed(case):
    request = requested(case)
    signed(request, case.cast.ada)
    assert sweep_at(request.due_at, days=3) == 1
    assert "request:due" in told(case.cast.amir)
    assert "request:due" not in told(case.cast.ada)


def test_each_day_of_the_table_reminds_once(case):
    request = requested(case)
    days = [sweep_at(request.due_at, days=days) for days in (9, 3.1, 3, 2.9, 2, 1, 0.5, 0, -0.1, -1)]
    assert days == [0, 0, 1, 0, 0, 1, 0, 1, 0, 0]
    assert told(case.cast.ada)[1:] == ["request:due", "request:due", "request:overdue"]


def test_a_sweep_that_slept_reminds_once_of_where_things_stand(case):
    request = requested(case)
    assert sweep_at(request.due_at, hours=12) == 1
    assert Notice.objects.get(event="request:due").days == 1


def test_what_is_long_past_is_nobodys_news(case):
    assert sweep_at(requested(case).due_at, days=-30) == 0


def test_a_request_that_has_ended_reminds_nobody(case):
    request = requested(case)
    signed(request, case.cast.ada, "reject")
    assert sweep_at(request.due_at, days=1) == 0


def test_a_condition_reminds_its_owner_until_it_is_met(case):
    request = requested(case)
    signed(request, case.cast.ada, "approve_with_conditions", conditions=[demand(20)])
    condition = request.conditions.get()
    sweep_at(condition.due_at, days=7)
    assert "condition:due" not in told(condition.owner)
    signed(request, case.cast.amir)
    assert sweep_at(condition.due_at, days=7) == 1
    meets(case.cast.victor, condition)
    assert sweep_at(condition.due_at, days=1) == 0
    assert told(condition.owner).count("condition:due") == 1


def test_an_approval_that_ends_is_told_to_the_owner_of_the_model(case):
    request = requested(case)
    signed(request, case.cast.ada)
    signed(request, case.cast.amir)
    version = ModelVersion.objects.get(pk=case.version.pk)
    assert sweep_at(version.expires_at, days=30) == 1
    assert sweep_at(version.expires_at, days=-1) == 1
    assert told(case.version.risk_model.owner)[-2:] == ["approval:due", "approval:overdue"]


def test_an_exception_for_data_that_ends_is_told_to_who_asked_for_it(cast):
    snapshot = spoiled_snapshot(cast.dana)
    granted_by(asked_to_stand(cast.dana, snapshot), cast.ada, cast.amir)
    until = snapshot.exceptions.get().until
    assert sweep_at(until, days=7) == 1
    assert sweep_at(until, days=-1) == 1
    assert told(cast.dana)[-2:] == ["exception:due", "exception:overdue"]


def test_an_exception_that_ends_is_told_to_who_asked_for_it(failed):
    exception = excepted(failed)
    asker = exception.request.opened_by
    assert sweep_at(exception.until, days=7) == 1
    assert sweep_at(exception.until, days=-1) == 1
    assert told(asker)[-2:] == ["exception:due", "exception:overdue"]


def test_a_cap_that_ends_is_told_to_who_asked_for_it_while_validation_goes_on(case):
    request = asked(case)
    granted_by(request, case.cast.ada, case.cast.amir)
    until, before = request.cap.until, told(request.opened_by)
    assert [sweep_at(until, days=days) for days in (8, 7, 1, 0)] == [0, 1, 1, 1]
    assert told(request.opened_by) == [*before, "cap:due", "cap:due", "cap:overdue"]


def test_a_cap_that_another_one_replaced_reminds_nobody(case):
    first = asked(case, until=clock.now() + dt.timedelta(days=20))
    granted_by(first, case.cast.ada, case.cast.amir)
    granted_by(asked(case, until=clock.now() + dt.timedelta(days=60)), case.cast.ada, case.cast.amir)
    assert sweep_at(first.cap.until, days=1) == 0


def test_a_role_that_ends_is_told_to_who_holds_it(cast):
    omar = granting.second_administrator()
    ends = clock.now() + dt.timedelta(days=60)
    granting.granted(omar, granting.asked(cast.olga, cast.root, "auditor", Scope(ends_at=ends)))
    assert sweep_at(ends, days=14) == 1
    assert sweep_at(ends, days=0) == 1
    assert told(cast.root) == ["role:granted", "role:due", "role:overdue"]
    assert RoleGrant.objects.filter(user=cast.root).count() == 1


def test_a_reminder_is_no_entry_of_the_ledger(case):
    request, before = requested(case), Entry.objects.count()
    sweep_at(request.due_at, days=1)
    assert Entry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_many_reminders_are_mailed_once_each(case, addresses, mail, work):
    request = requested(case)
    work()
    mail.clear()
    for _ in range(3):
        sweep_at(request.due_at, days=1)
        work()
    assert (len(letters(mail, "ada")), len(letters(mail, "amir"))) == (1, 1)
    assert "It waits for your signature until" in letters(mail, "ada")[0].body


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_once(case):
    request = requested(case)
    due, start = request.due_at - dt.timedelta(days=1), threading.Barrier(4)

    def sweep() -> None:
        try:
            start.wait()
            reminders.sweep()
        finally:
            connection.close()

    with time_machine.travel(due, tick=True):
        threads = [threading.Thread(target=sweep) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Notice.objects.filter(event="request:due").count() == 1
    assert Telling.objects.filter(notice__event="request:due").count() == 2
    assert ApprovalRequest.objects.count() == 1
