"""Conditions: set with an approval, met by a validator, and closing the gates by the clock when they are overdue."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.selectors import the_installation
from accounts.services import grant_role
from accounts.stepup import Proof, open_challenge
from approvals.content import shown_of, shown_of_condition
from approvals.models import Condition, Fulfilment
from approvals.selectors import standing_of
from approvals.services import Demand, meet_condition, sign_off
from audit.events import Event
from mrm.lib import clock
from mrm.lib.errors import Invalid, NotAllowed, Stale, WrongStage
from registry.gatekeeper import ask_gates
from tests.approvals.signed import about, requested, signed
from tests.cast import PASSWORD
from tests.validation.cases import signing_of
from validation.signing import Signature

DAYS = 30


def demand(days: float = DAYS, words: str = "Monitor the young for a quarter.") -> Demand:
    return Demand(words, clock.now() + dt.timedelta(days=days))


@pytest.fixture
def conditional(case) -> Condition:
    """Approved: ada with a condition, amir without."""
    request = requested(case)
    signed(request, case.cast.ada, "approve_with_conditions", conditions=[demand()])
    signed(request, case.cast.amir)
    case.version.refresh_from_db()
    return Condition.objects.select_related("version__risk_model", "owner").get()


def meets(user, condition, **changed):
    digest = shown_of_condition(condition).digest
    nonce = open_challenge(actor=user, digest=digest, meaning="condition:met")
    words = {"rationale": "Read.", "challenge": nonce, "proof": Proof(PASSWORD), "shown_digest": digest}
    signature = Signature(meaning="condition:met", **words | changed)
    return meet_condition(actor=user, condition=condition, signature=signature)


def says(case, act="scoring") -> str:
    return " ".join(ask_gates(act=act, actor=case.cast.otto, subject=case.version))


def after(condition, **span):
    return time_machine.travel(condition.due_at + dt.timedelta(**span))


# --- Setting ----------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:conditions")
def test_approval_with_conditions_counts_and_binds(case, conditional):
    assert case.stage() == "approved"
    assert (conditional.owner, conditional.state) == (case.version.risk_model.owner, "open")
    assert about(case, Event.CONDITION_SET) == 1


@pytest.mark.parametrize(
    ("verdict", "demands"),
    [
        ("approve_with_conditions", []),
        ("approve_with_conditions", [0]),
        ("approve_with_conditions", [-1]),
        ("approve_with_conditions", [1_000]),
        ("approve", [5]),
        ("dissent", [5]),
    ],
)
def test_conditions_stand_with_the_approval_that_asks_for_them(case, verdict, demands):
    request = requested(case)
    with pytest.raises(Invalid):
        signed(request, case.cast.ada, verdict, conditions=[demand(days) for days in demands])
    assert not Condition.objects.exists()


def test_condition_without_words_is_refused(case):
    with pytest.raises(Invalid):
        signed(requested(case), case.cast.ada, "approve_with_conditions", conditions=[demand(words=" ")])


def test_conditions_of_a_request_that_was_not_granted_bind_nobody(case):
    request = requested(case)
    signed(request, case.cast.ada, "approve_with_conditions", conditions=[demand()])
    signed(request, case.cast.amir, "reject")
    condition = Condition.objects.get()
    with pytest.raises(WrongStage, match="binds nobody"):
        meets(case.cast.victor, condition)
    with after(condition, days=1):
        assert standing_of(case.version).overdue_since is None


def test_condition_of_an_earlier_approver_is_a_part_of_what_the_next_one_signs(case):
    request = requested(case)
    before = signing_of(case.cast.amir, request, "signoff:approve")
    signed(request, case.cast.ada, "approve_with_conditions", conditions=[demand()])
    with pytest.raises(Stale):
        sign_off(actor=case.cast.amir, request=request, verdict="approve", signature=before)
    assert len(shown_of(request).content["conditions"]) == 1
    signed(request, case.cast.amir)
    assert case.stage() == "approved"


# --- The clock --------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:conditions")
@pytest.mark.parametrize("act", ["scoring", "deployment"])
def test_overdue_condition_closes_the_gate_by_itself(case, conditional, act):
    with after(conditional, seconds=-1):
        assert says(case, act) == ""
    with after(conditional):
        assert "overdue since" in says(case, act)


def test_condition_that_is_met_closes_nothing_and_one_met_late_opens_again(case, conditional):
    with after(conditional, days=1):
        assert says(case) != ""
        meets(case.cast.victor, conditional)
        assert says(case) == ""
    assert about(case, Event.CONDITION_MET) == 1


def test_standing_of_a_version_is_one_query(case, conditional):
    assert case.version.label
    with CaptureQueriesContext(connection) as asked:
        standing_of(case.version)
    assert len(asked) == 1


# --- Meeting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_validator_says_that_it_is_met(case, conditional, who):
    with pytest.raises(NotAllowed):
        meets(getattr(case.cast, who), conditional)
    assert not Fulfilment.objects.exists()
    assert about(case, Event.CONDITION_MET) == 0


def test_author_and_owner_do_not_say_that_it_is_met(case, conditional):
    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="author"):
        meets(case.cast.dana, conditional)


def test_condition_is_met_once_with_words_on_what_is_shown(case, conditional):
    with pytest.raises(Invalid):
        meets(case.cast.victor, conditional, rationale=" ")
    with pytest.raises(Stale):
        meets(case.cast.victor, conditional, shown_digest="0" * 64)
    meets(case.cast.victor, conditional)
    with pytest.raises(WrongStage, match="met already"):
        meets(case.cast.victor, Condition.objects.get())


# --- The database -----------------------------------------------------------------------------------------------


def test_database_takes_no_condition_beside_its_approval(case, conditional):
    row = Condition.objects.get()
    row.pk = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_database_refuses_to_change_a_condition(conditional):
    for sql in ("UPDATE approvals_condition SET words = 'Nothing.'", "DELETE FROM approvals_condition"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
