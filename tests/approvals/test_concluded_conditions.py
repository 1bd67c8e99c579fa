"""Fit with conditions: the validator's conditions stand in the signed conclusion, go before the approvers with it, and
bind once the version is approved, whoever approves it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from accounts.stepup import Proof, open_challenge
from approvals.content import shown_of_condition
from approvals.models import Condition
from approvals.selectors import standing_of
from approvals.services import meet_condition, open_request, withdraw
from audit.events import Event
from mrm.lib import clock
from mrm.lib.errors import Invalid, NotAllowed
from registry.gatekeeper import ask_gates
from tests.approvals.signed import about, granted_by, signed
from tests.cast import PASSWORD
from tests.validation.cases import case_in_validation
from validation.demands import Demand
from validation.models import ConcludedDemand, Conclusion
from validation.selectors import shown
from validation.signing import Signature

VERDICT = "fit_with_conditions"


def demand(days: float = 30, words: str = "Report on the young.", owner=None) -> Demand:
    return Demand(words, clock.now() + dt.timedelta(days=days), owner)


def put(case, *demands):
    """Concluded with these conditions, and put before the approvers."""
    case.evidence()
    case.concluded(VERDICT, conditions=demands or [demand()])
    request = open_request(actor=case.cast.dana, version=case.version)
    case.version.refresh_from_db()
    return request


def meets(user, condition):
    digest = shown_of_condition(condition).digest
    nonce = open_challenge(actor=user, digest=digest, meaning="condition:met")
    signature = Signature("condition:met", "Read.", nonce, Proof(PASSWORD), digest)
    return meet_condition(actor=user, condition=condition, signature=signature)


def closed(case) -> str:
    return " ".join(ask_gates(act="scoring", actor=case.cast.otto, subject=case.version))


# --- Concluding -------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:conditions")
def test_fit_with_conditions_concludes_and_keeps_them_with_the_signature(case):
    case.evidence()
    made = case.concluded(VERDICT, conditions=[demand(), demand(words="Then again.", owner=case.cast.otto)])
    assert (case.stage(), made.meaning) == ("validated", "conclusion:fit_with_conditions")
    rows = [(each.words, each.owner) for each in made.demands.all()]
    assert rows == [
        ("Report on the young.", case.version.risk_model.owner),
        ("Then again.", case.cast.otto),
    ]


@pytest.mark.parametrize(
    ("verdict", "days"),
    [(VERDICT, []), (VERDICT, [0]), (VERDICT, [366]), ("fit", [5]), ("not_fit", [5]), ("returned", [5])],
)
def test_conditions_stand_with_that_verdict_and_no_other(case, verdict, days):
    case.evidence()
    with pytest.raises(Invalid):
        case.concluded(verdict, conditions=[demand(each) for each in days])
    assert (Conclusion.objects.count(), case.stage()) == (0, "in_validation")
    assert about(case, Event.CONCLUSION_SIGNED) == 0


def test_conditions_are_part_of_what_the_approvers_are_shown(case):
    case.evidence()
    case.concluded(VERDICT, conditions=[demand()])
    first = shown(case.version)
    assert len(first.content["conclusion"]["conditions"]) == 1
    assert "Report" not in str(first.content)


# --- Binding ----------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:conditions")
def test_they_bind_once_the_version_is_approved_and_close_the_gate_when_overdue(case):
    request = put(case)
    condition = Condition.objects.get()
    assert (condition.source.printed_name, condition.state) == ("Victor Vance", "open")
    assert about(case, Event.CONDITION_SET) == 1
    granted_by(request, case.cast.ada, case.cast.amir)
    case.version.refresh_from_db()
    with time_machine.travel(condition.due_at - dt.timedelta(seconds=1)):
        assert closed(case) == ""
    with time_machine.travel(condition.due_at):
        assert "overdue since" in closed(case)
        meets(case.cast.victor, condition)
        assert closed(case) == ""


def test_they_bind_where_no_approver_signs(cast, drawn):
    case = case_in_validation(cast, drawn, tier=3)
    put(case)
    assert case.stage() == "approved"
    with time_machine.travel(Condition.objects.get().due_at):
        assert standing_of(case.version).overdue_since is not None


def test_a_rejected_version_is_bound_by_nothing(case):
    request = put(case)
    signed(request, case.cast.ada, "reject")
    with time_machine.travel(Condition.objects.get().due_at):
        assert standing_of(case.version).overdue_since is None


def test_a_question_asked_again_carries_them_again(case):
    request = put(case)
    withdraw(actor=case.cast.dana, request=request, why="Too early.")
    case.version.refresh_from_db()
    again = open_request(actor=case.cast.dana, version=case.version)
    granted_by(again, case.cast.ada, case.cast.amir)
    binding = Condition.objects.filter(request__state="granted")
    assert [each.request_id for each in binding] == [again.pk]


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_validator_says_that_it_is_met(case, who):
    granted_by(put(case), case.cast.ada, case.cast.amir)
    with pytest.raises(NotAllowed):
        meets(getattr(case.cast, who), Condition.objects.get())


def test_its_owner_does_not_say_that_it_is_met(case):
    vera = enrol_person(actor=the_installation(), username="vera", name="Vera Vidal", password=PASSWORD)
    grant_role(actor=the_installation(), user=vera, role="validator")
    granted_by(put(case, demand(owner=vera)), case.cast.ada, case.cast.amir)
    with pytest.raises(NotAllowed, match="owns"):
        meets(vera, Condition.objects.get())
    meets(case.cast.victor, Condition.objects.get())


# --- The database -----------------------------------------------------------------------------------------------


def refused(row):
    row.pk = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_database_takes_no_condition_after_the_conclusion_is_signed(case):
    put(case)
    row = ConcludedDemand.objects.get()
    row.ordinal = 2
    refused(row)


def test_database_carries_conditions_as_they_were_signed(case):
    request = put(case)
    withdraw(actor=case.cast.dana, request=request, why="Too early.")
    case.version.refresh_from_db()
    row = Condition.objects.get()
    row.request = request
    refused(row)


def test_database_refuses_to_change_what_was_demanded(case):
    put(case)
    for sql in (
        "UPDATE validation_concludeddemand SET words = 'Nothing.'",
        "DELETE FROM validation_concludeddemand",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
