"""Standing in: another approver, for a time, with both people's conflicts, counted once."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role, revoke_role
from approvals.models import Delegation, SignOff
from approvals.services import delegate, end_delegation, recuse
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from tests.approvals.signed import requested, signed
from tests.cast import PASSWORD


@pytest.fixture
def request_(case):
    return requested(case)


@pytest.fixture
def anna(cast):
    """A third approver."""
    user = enrol_person(actor=the_installation(), username="anna", name="Anna Alves", password=PASSWORD)
    grant_role(actor=the_installation(), user=user, role="approver")
    return user


def given(by, to, days=5.0) -> Delegation:
    return delegate(actor=by, to=to, until=clock.now() + dt.timedelta(days=days), why="On leave.")


# --- Giving -----------------------------------------------------------------------------------------------------


def test_delegation_has_an_end_and_an_entry(cast):
    made = given(cast.ada, cast.amir)
    assert (made.delegator, made.delegate) == (cast.ada, cast.amir)
    assert count_about(Subject("delegation", str(made.pk)), Event.DELEGATION_GIVEN) == 1


@pytest.mark.parametrize("days", [-1, 0, 1_000])
def test_delegation_without_a_fitting_end_is_refused(cast, days):
    with pytest.raises(Invalid):
        given(cast.ada, cast.amir, days)
    assert days < governance.DELEGATION_DAYS or not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["ada", "dana", "victor", "otto", "lia", "quinn", "root", "olga"])
def test_only_another_approver_stands_in(cast, who):
    with pytest.raises(NotAllowed):
        given(cast.ada, getattr(cast, who))
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["dana", "victor", "otto", "lia", "quinn", "root", "olga"])
def test_only_an_approver_delegates(cast, who):
    with pytest.raises(NotAllowed):
        given(getattr(cast, who), cast.ada)


def test_delegation_makes_no_chain_and_no_circle(cast, anna):
    given(cast.ada, cast.amir)
    for by, to in ((cast.amir, anna), (cast.amir, cast.ada), (anna, cast.ada), (cast.ada, anna)):
        with pytest.raises(Conflict):
            given(by, to)
    assert Delegation.objects.count() == 1


def test_either_of_the_two_ends_it_and_nobody_else(cast, anna):
    made = given(cast.ada, cast.amir)
    with pytest.raises(NotAllowed):
        end_delegation(actor=anna, delegation=made)
    end_delegation(actor=cast.amir, delegation=made)
    with pytest.raises(WrongStage):
        end_delegation(actor=cast.ada, delegation=made)
    assert count_about(Subject("delegation", str(made.pk)), Event.DELEGATION_ENDED) == 1


# --- Signing ----------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:approval")
def test_delegate_counts_once_whoever_they_sign_for(case, request_):
    cast = case.cast
    given(cast.ada, cast.amir)
    said = signed(request_, cast.amir, on_behalf_of=cast.ada)
    assert (said.person, said.on_behalf_of) == (cast.amir.person, cast.ada.person)
    with pytest.raises(NotAllowed, match="signed this request already"):
        signed(request_, cast.amir)
    with pytest.raises(NotAllowed, match="signed this request already"):
        signed(request_, cast.ada)
    assert case.stage() == "in_review"


def test_nobody_signs_for_another_without_a_delegation(case, request_):
    with pytest.raises(NotAllowed, match="does not stand in for"):
        signed(request_, case.cast.amir, on_behalf_of=case.cast.ada)


def test_delegation_that_ended_lets_nobody_sign(case, request_):
    made = given(case.cast.ada, case.cast.amir, days=1)
    with time_machine.travel(made.ends_at + dt.timedelta(seconds=1)), pytest.raises(NotAllowed):
        signed(request_, case.cast.amir, on_behalf_of=case.cast.ada)
    end_delegation(actor=case.cast.ada, delegation=made)
    with pytest.raises(NotAllowed):
        signed(request_, case.cast.amir, on_behalf_of=case.cast.ada)


@pytest.mark.parametrize(("who", "part"), [("dana", "author"), ("victor", "concluding validator")])
def test_delegate_inherits_the_conflicts_of_whom_they_sign_for(case, request_, who, part):
    insider = getattr(case.cast, who)
    grant_role(actor=the_installation(), user=insider, role="approver")
    given(insider, case.cast.amir)
    with pytest.raises(NotAllowed, match=part):
        signed(request_, case.cast.amir, on_behalf_of=insider)


def test_delegate_keeps_their_own_conflicts(case, request_):
    grant_role(actor=the_installation(), user=case.cast.dana, role="approver")
    given(case.cast.ada, case.cast.dana)
    with pytest.raises(NotAllowed, match="author"):
        signed(request_, case.cast.dana, on_behalf_of=case.cast.ada)


def test_nobody_signs_for_a_recused_person(case, request_):
    given(case.cast.ada, case.cast.amir)
    recuse(actor=case.cast.ada, request=request_, why="A conflict.")
    with pytest.raises(NotAllowed, match="declared a conflict"):
        signed(request_, case.cast.amir, on_behalf_of=case.cast.ada)


def test_delegation_ends_with_the_role_of_who_gave_it(case, request_):
    given(case.cast.ada, case.cast.amir)
    revoke_role(actor=the_installation(), grant=case.cast.ada.grants.get(role="approver"))
    with pytest.raises(NotAllowed):
        signed(request_, case.cast.amir, on_behalf_of=case.cast.ada)


# --- The database -----------------------------------------------------------------------------------------------


def test_database_refuses_a_signature_for_somebody_who_did_not_ask(case, request_):
    row = SignOff.objects.get(pk=signed(request_, case.cast.ada).pk)
    row.pk, row.user, row.person = uuid.uuid4(), case.cast.amir, case.cast.amir.person
    row.on_behalf_of = case.cast.olga.person
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_database_refuses_a_chain(cast, anna):
    made = given(cast.ada, cast.amir)
    made.pk, made.delegator, made.delegate = uuid.uuid4(), cast.amir, anna
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)
