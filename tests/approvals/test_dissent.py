"""Recusal, dissent, claims and due dates: who keeps out, who speaks against, who has it in hand, until when."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import grant_role
from approvals.models import Recusal, SignOff
from approvals.selectors import missing_signoffs, waiting_for, why_actor_cannot_sign
from approvals.services import claim, recuse, release
from audit.events import Event
from mrm.lib import clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from tests.approvals.signed import about, requested, signed


@pytest.fixture
def request_(case):
    return requested(case)


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def second_account(case, user):
    twin = User(username=f"{user.username}2", person=user.person)
    twin.set_password(case.cast.PASSWORD)
    twin.save()
    grant_role(actor=the_installation(), user=twin, role="approver")
    return twin


# --- Recusal ----------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:independence")
def test_who_declares_a_conflict_signs_nothing_here_any_more(case, request_):
    recuse(actor=case.cast.ada, request=request_, why="My sister built the data.")
    with pytest.raises(NotAllowed, match="declared a conflict"):
        signed(request_, case.cast.ada)
    assert "conflict" in why_actor_cannot_sign(actor=case.cast.ada, request=request_)
    assert list(waiting_for(actor=case.cast.ada)) == []
    assert about(case, Event.RECUSAL_DECLARED) == 1


def test_second_account_of_a_recused_person_signs_nothing_either(case, request_):
    recuse(actor=case.cast.ada, request=request_, why="A conflict.")
    with pytest.raises(NotAllowed):
        signed(request_, second_account(case, case.cast.ada))


def test_request_that_a_recused_person_has_in_hand_by_another_account_is_let_go_and_can_be_closed(
    case, request_
):
    claim(actor=case.cast.ada, request=request_)
    recuse(actor=second_account(case, case.cast.ada), request=request_, why="A conflict.")
    assert about(case, Event.REQUEST_RELEASED) == 1
    signed(request_, case.cast.amir, "reject")
    assert case.stage() == "rejected"


def test_nobody_recuses_after_signing_or_twice_or_without_words(case, request_):
    signed(request_, case.cast.ada)
    with pytest.raises(Conflict, match="signed this request already"):
        recuse(actor=case.cast.ada, request=request_, why="Second thoughts.")
    with pytest.raises(Invalid):
        recuse(actor=case.cast.amir, request=request_, why=" ")
    recuse(actor=case.cast.amir, request=request_, why="A conflict.")
    with pytest.raises(Conflict, match="already"):
        recuse(actor=case.cast.amir, request=request_, why="Again.")
    assert Recusal.objects.count() == 1


@pytest.mark.parametrize("who", ["dana", "victor", "otto", "lia", "quinn", "root", "olga"])
def test_only_approvers_recuse_and_claim(case, request_, who):
    user = getattr(case.cast, who)
    with pytest.raises(NotAllowed):
        recuse(actor=user, request=request_, why="So.")
    with pytest.raises(NotAllowed):
        claim(actor=user, request=request_)
    assert not Recusal.objects.exists()


def test_recusal_from_a_closed_request_is_refused(case, request_):
    signed(request_, case.cast.ada, "reject")
    with pytest.raises(WrongStage):
        recuse(actor=case.cast.amir, request=request_, why="Too late.")


def test_database_refuses_the_signature_of_a_recused_person(case, request_):
    signoff = signed(request_, case.cast.ada)
    recuse(actor=case.cast.amir, request=request_, why="A conflict.")
    row = SignOff.objects.get(pk=signoff.pk)
    row.pk, row.user, row.person = uuid.uuid4(), case.cast.amir, case.cast.amir.person
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# --- Dissent ----------------------------------------------------------------------------------------------------


def test_dissent_is_kept_counts_for_nothing_and_ends_nothing(case, request_):
    said = signed(request_, case.cast.ada, "dissent")
    request_.refresh_from_db()
    assert (request_.state, case.stage(), missing_signoffs(request_)) == ("open", "in_review", 2)
    assert said.meaning == "signoff:dissent"
    assert (about(case, Event.DISSENT_RECORDED), about(case, Event.SIGNOFF_RECORDED)) == (1, 0)


def test_who_dissents_does_not_also_approve(case, request_):
    signed(request_, case.cast.ada, "dissent")
    with pytest.raises(NotAllowed, match="signed this request already"):
        signed(request_, case.cast.ada)


def test_database_does_not_count_a_dissent(case, request_):
    signed(request_, case.cast.ada)
    signed(request_, case.cast.amir, "dissent")
    with pytest.raises(IntegrityError):
        execute("UPDATE registry_modelversion SET stage = 'approved', expires_at = CURRENT_TIMESTAMP")


# --- Claims -----------------------------------------------------------------------------------------------------


def test_claim_says_who_has_it_since_when_and_lapses_by_the_clock(case, request_):
    held = claim(actor=case.cast.ada, request=request_)
    assert (held.claimed_by, held.is_claimed) == (case.cast.ada, True)
    with pytest.raises(Conflict, match="Ada Abreu has it in hand"):
        claim(actor=case.cast.amir, request=request_)
    with time_machine.travel(clock.now() + dt.timedelta(hours=governance.CLAIM_HOURS, seconds=5)):
        assert claim(actor=case.cast.amir, request=request_).claimed_by == case.cast.amir
    assert about(case, Event.REQUEST_CLAIMED) == 2


def test_claim_is_released_by_who_has_it_only(case, request_):
    claim(actor=case.cast.ada, request=request_)
    with pytest.raises(Conflict):
        release(actor=case.cast.amir, request=request_)
    release(actor=case.cast.ada, request=request_)
    assert claim(actor=case.cast.amir, request=request_).claimed_by == case.cast.amir
    assert about(case, Event.REQUEST_RELEASED) == 1


def test_claim_hinders_nobody_from_signing(case, request_):
    claim(actor=case.cast.ada, request=request_)
    assert signed(request_, case.cast.amir).pk


def test_recusal_ends_the_claim(case, request_):
    claim(actor=case.cast.ada, request=request_)
    recuse(actor=case.cast.ada, request=request_, why="A conflict.")
    request_.refresh_from_db()
    assert request_.claimed_by is None
    with pytest.raises(NotAllowed):
        claim(actor=case.cast.ada, request=request_)


def test_database_lets_nobody_take_over_a_claim(case, request_):
    claim(actor=case.cast.ada, request=request_)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(request_).objects.filter(pk=request_.pk).update(
            claimed_by=case.cast.amir, claimed_at=clock.now()
        )
