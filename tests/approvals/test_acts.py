"""Acts of the table: asked once, bound to what is asked, granted for a time, by whom the row names."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from approvals.content import asked_of_version
from approvals.models import ApprovalRequest
from approvals.services import granted, open_act, open_request, sign_off
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import canonical
from mrm.lib.errors import NotAllowed, NotFound
from mrm.settings import governance
from tests.validation.cases import signing


@pytest.fixture
def request_(case) -> ApprovalRequest:
    case.evidence()
    case.concluded()
    return open_request(actor=case.cast.dana, version=case.version)


def approve(case, request, *people) -> None:
    for user in people:
        signature = signing(user, case.version, "signoff:approve")
        sign_off(actor=user, request=request, verdict="approve", signature=signature)


def test_request_says_what_is_asked_and_is_bound_to_it(case, request_):
    assert request_.digest == canonical.digest(request_.content)
    assert request_.content["evidence"] == request_.evidence_digest
    assert (request_.act, request_.subject) == ("approve-version", str(case.version.pk))


def test_request_is_overdue_by_the_clock(request_):
    assert not request_.is_overdue
    with time_machine.travel(request_.due_at + dt.timedelta(seconds=1)):
        assert request_.is_overdue


def test_nothing_is_granted_while_signatures_are_missing(case, request_):
    approve(case, request_, case.cast.ada)
    assert granted(act="approve-version", digest=request_.digest) is None


def test_grant_ends_by_the_clock_and_is_of_exactly_what_was_asked(case, request_):
    approve(case, request_, case.cast.ada, case.cast.amir)
    found = granted(act="approve-version", digest=request_.digest)
    assert found == request_
    assert granted(act="approve-version", digest="0" * 64) is None
    with time_machine.travel(found.holds_until):
        assert granted(act="approve-version", digest=request_.digest) is None


def test_act_that_the_table_does_not_know_is_refused(case):
    with pytest.raises(NotFound):
        open_act(actor=case.cast.dana, act="crown", subject="x", content={}, version=case.version)


@pytest.mark.parametrize("who", ["ada", "otto", "lia", "quinn", "root", "olga"])
def test_act_is_asked_by_whom_its_row_names(case, who):
    content = asked_of_version("approve-version", case.version)
    with pytest.raises(NotAllowed):
        open_act(
            actor=getattr(case.cast, who),
            act="approve-version",
            subject=str(case.version.pk),
            content=content,
            version=case.version,
        )
    assert count_about(Subject("version", str(case.version.pk)), Event.REQUEST_OPENED) == 0


def test_every_row_of_the_table_takes_somebody_for_every_tier():
    for name, row in governance.ACTS.items():
        assert set(row.quorum) == {1, 2, 3}, name
        assert row.due_days > 0
        assert row.holds_hours > 0


@pytest.mark.control("SR26-2:approval")
def test_database_grants_nothing_without_its_quorum(case, request_):
    approve(case, request_, case.cast.ada)
    sql = (
        "UPDATE approvals_approvalrequest SET state = 'granted', closed_at = opened_at, holds_until = due_at"
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
