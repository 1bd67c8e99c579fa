"""Use before validation: asked with terms, granted by quorum, ended by the clock, by its last decision and by the
validation itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from approvals.caps import hundredths, spend
from approvals.in_force import cap_from, live_cap, standing_of
from approvals.models import ApprovalRequest, Cap
from approvals.services import Terms, ask_pre_validation_use, open_request
from audit.events import Event
from mrm.lib import clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from registry.gatekeeper import ask_gates
from registry.models import ModelVersion
from registry.services import advance, submit_version
from tests.approvals.signed import about, granted_by, signed

ACT = "pre-validation-use"
DAYS = 30


def terms(**changed) -> Terms:
    known = {"decisions": 3, "until": clock.now() + dt.timedelta(days=DAYS)}
    return Terms(**known | changed)


def asked(case, user=None, **changed) -> ApprovalRequest:
    actor = user or case.cast.dana
    return ask_pre_validation_use(actor=actor, version=case.version, terms=terms(**changed), why="A pilot.")


@pytest.fixture
def cap(case) -> Cap:
    granted_by(asked(case), case.cast.ada, case.cast.amir)
    return Cap.objects.get()


def says(case, act="scoring") -> str:
    return " ".join(ask_gates(act=act, actor=case.cast.otto, subject=case.version))


EVERY_TERM = {
    "amount_input": "LIMIT_BAL",
    "most_each": Decimal("50000.55"),
    "most_total": Decimal("70000.07"),
    "segment_input": "PAY_0",
    "segment_value": Decimal(2),
}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (None, None),
        ("most_decisions", 4),
        ("amount_input", "PAY_AMT1"),
        ("most_each", 5_000_057),
        ("most_each", 5_000_054),
        ("most_total", 7_000_009),
        ("segment_input", "PAY_2"),
        ("segment_value", "3"),
    ],
)
def test_database_lets_nothing_begin_but_what_was_signed(case, monkeypatch, column, value):
    request, save = asked(case, **EVERY_TERM), Cap.save

    def bent(self, **how):
        if column:
            setattr(self, column, value)
        save(self, **how)

    monkeypatch.setattr(Cap, "save", bent)
    if column is None:
        granted_by(request, case.cast.ada, case.cast.amir)
        assert Cap.objects.get().most_each == 5_000_055
        return
    with pytest.raises(DatabaseError, match="not the terms that were signed"), transaction.atomic():
        granted_by(request, case.cast.ada, case.cast.amir)


# --- Asking and granting ----------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:use-before-validation")
def test_quorum_lets_a_version_in_validation_be_used_within_a_cap(case, cap):
    assert (cap.most_decisions, cap.used_decisions, case.stage()) == (3, 0, "in_validation")
    assert [says(case, act) for act in ("scoring", "deployment")] == ["", ""]
    assert about(case, Event.CAP_GRANTED) == 1


def test_without_a_grant_nothing_before_the_approval_is_used(case):
    request = asked(case)
    signed(request, case.cast.ada)
    assert "not approved" in says(case)
    assert not Cap.objects.exists()


def test_validator_may_ask_and_then_does_not_sign(case):
    asked(case, case.cast.victor)
    assert ApprovalRequest.objects.get().opened_by == case.cast.victor


@pytest.mark.parametrize("who", ["ada", "otto", "lia", "quinn", "root", "olga"])
def test_nobody_else_asks(case, who):
    with pytest.raises(NotAllowed):
        asked(case, getattr(case.cast, who))
    assert not ApprovalRequest.objects.exists()


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"decisions": 0}, "/decisions"),
        ({"decisions": 10_001}, "/decisions"),
        ({"until": dt.timedelta(0)}, "/until"),
        ({"until": dt.timedelta(days=90, seconds=9)}, "/until"),
        ({"most_each": Decimal(5)}, "/amount_input"),
        ({"amount_input": "SEX", "most_each": Decimal(5), "most_total": Decimal(9)}, "/amount_input"),
        ({"amount_input": "PAY_0", "most_each": Decimal(5), "most_total": Decimal(9)}, "/amount_input"),
        ({"amount_input": "LIMIT_BAL"}, "/most_each"),
        ({"amount_input": "LIMIT_BAL", "most_each": Decimal(0), "most_total": Decimal(9)}, "/most_each"),
        ({"amount_input": "LIMIT_BAL", "most_each": Decimal(9), "most_total": Decimal(8)}, "/most_total"),
        ({"segment_value": Decimal(1)}, "/segment_input"),
        ({"segment_input": "REGION", "segment_value": Decimal(1)}, "/segment_input"),
        ({"segment_input": "PAY_0"}, "/segment_value"),
    ],
)
def test_terms_without_an_end_or_a_known_input_are_refused(case, changed, pointer):
    span = changed.get("until")
    with pytest.raises(Invalid) as refused:
        asked(case, **changed | ({} if span is None else {"until": clock.now() + span}))
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert not ApprovalRequest.objects.exists()


def test_it_is_asked_in_validation_only(case):
    case.evidence()
    case.concluded()
    with pytest.raises(WrongStage):
        asked(case)


def test_amounts_and_segment_stand_in_the_cap_as_they_were_asked(case):
    wanted = {"amount_input": "LIMIT_BAL", "most_each": Decimal("50000.50"), "most_total": Decimal(90_000)}
    request = asked(case, **wanted, segment_input="PAY_0", segment_value=Decimal("-1.000"))
    granted_by(request, case.cast.ada, case.cast.amir)
    cap = Cap.objects.get()
    assert (cap.amount_input, cap.most_each, cap.most_total) == ("LIMIT_BAL", 5_000_050, 9_000_000)
    assert (cap.segment_input, cap.segment_value) == ("PAY_0", "-1")


def test_a_date_that_passed_while_it_waited_grants_nothing(case):
    request = asked(case, until=clock.now() + dt.timedelta(hours=1))
    signed(request, case.cast.ada)
    with time_machine.travel(clock.now() + dt.timedelta(hours=2)), pytest.raises(Conflict, match="passed"):
        signed(request, case.cast.amir)
    assert not Cap.objects.exists()


# --- Ending -----------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:use-before-validation")
def test_it_ends_by_the_clock(case, cap):
    with time_machine.travel(cap.until - dt.timedelta(seconds=1)):
        assert says(case) == ""
    with time_machine.travel(cap.until):
        assert "not approved" in says(case)
        assert not spend(cap, 0)


def test_it_ends_with_its_last_decision(case, cap):
    assert [spend(cap, 0) for _ in range(4)] == [True, True, True, False]
    assert "all of its 3 decisions are made" in says(case)


def test_it_lasts_while_the_validation_goes_on_and_the_approval_supersedes_it(case, cap):
    case.evidence()
    case.concluded()
    assert says(case) == ""
    request = open_request(actor=case.cast.dana, version=case.version)
    assert says(case) == ""
    granted_by(request, case.cast.ada, case.cast.amir)
    standing = standing_of(case.version)
    assert (standing.stage, standing.cap, standing.why_not_in_force) == ("approved", None, None)


def test_a_rejection_ends_it(case, cap):
    case.evidence()
    case.concluded("not_fit")
    assert "rejected, not approved" in says(case)


def test_a_returned_version_does_not_come_back_under_its_old_cap(case, cap):
    case.evidence()
    case.concluded("returned")
    assert "draft, not approved" in says(case)
    submit_version(actor=case.cast.dana, version=ModelVersion.objects.get(pk=case.version.pk))
    assert "not approved" in says(case)


def test_a_reopened_validation_keeps_it(case, cap):
    case.evidence()
    case.concluded()
    advance(actor=case.cast.victor, version=case.version, move="reopen")
    assert says(case) == ""


def test_another_grant_takes_the_place_of_the_earlier_one(case, cap):
    granted_by(asked(case, decisions=1), case.cast.ada, case.cast.amir)
    newer = standing_of(case.version).cap
    assert newer is not None
    assert newer.pk != cap.pk
    spend(newer, 0)
    assert "all of its 1 decisions" in says(case)


def test_an_ended_break_on_the_way_closes_it_too(case, cap):
    """What closes an approved version closes one under a cap: here, an exception that has lapsed."""
    from approvals.services import ask_exception

    case.evidence(adverse_impact_age="failed")
    until = clock.now() + dt.timedelta(days=1)
    result = case.result("adverse_impact_age")
    request = ask_exception(actor=case.cast.victor, result=result, until=until, why="Data is coming.")
    granted_by(request, case.cast.ada, case.cast.amir)
    assert says(case) == ""
    with time_machine.travel(until):
        assert "has lapsed" in says(case)


# --- Counting ---------------------------------------------------------------------------------------------------


def test_amounts_are_rounded_up_so_that_no_cap_is_exceeded():
    assert [hundredths(Decimal(each)) for each in ("0", "0.001", "1.239", "7")] == [0, 1, 124, 700]


def test_total_holds_exactly_what_was_granted(case):
    request = asked(case, amount_input="LIMIT_BAL", most_each=Decimal(10), most_total=Decimal(20))
    granted_by(request, case.cast.ada, case.cast.amir)
    cap = Cap.objects.get()
    assert [spend(cap, each) for each in (1000, 999, 2, 1)] == [True, True, False, True]
    cap.refresh_from_db()
    assert (cap.used_amount, cap.used_decisions) == (2000, 3)


def test_standing_under_a_cap_is_one_query_and_the_cap_as_it_is_stored(case, cap):
    assert case.version.label
    with CaptureQueriesContext(connection) as seen:
        found = standing_of(case.version).cap
    assert len(seen) == 1
    again = ModelVersion.objects.annotate(found=live_cap("pk", clock.now())).get(pk=case.version.pk)
    for read in (found, cap_from(again.found)):
        assert read == cap
        assert (read.until, read.most_decisions, read.most_each) == (cap.until, 3, None)


# --- The database -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "most_decisions = 9",
        "used_decisions = 4",
        "used_decisions = -1",
        "used_amount = 1",
        "until = granted_at",
        "segment_input = 'PAY_0'",
    ],
)
def test_database_keeps_the_cap_as_it_was_granted(cap, change):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE approvals_cap SET {change}")


def test_database_counts_up_only(cap):
    spend(cap, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cap.objects.update(used_decisions=0)
