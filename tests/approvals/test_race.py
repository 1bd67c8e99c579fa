"""Approvers who sign in the same second: exactly one approval, whoever comes last."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role, revoke_role
from approvals.models import ApprovalRequest, Delegation, Recusal, SignOff
from approvals.services import delegate, open_request, recuse, sign_off, withdraw
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about, verify
from mrm.lib import clock
from mrm.lib.errors import Refusal
from tests.cast import PASSWORD
from tests.validation.cases import signing

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(acts) -> list[str]:
    """Every act in a thread and a connection of its own, started together; what became of each."""
    gate, said = threading.Barrier(len(acts)), []

    def run(act) -> None:
        try:
            gate.wait()
            act()
            said.append("signed")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


@pytest.fixture
def asked(case) -> ApprovalRequest:
    case.evidence()
    case.concluded()
    return open_request(actor=case.cast.dana, version=case.version)


def act_of(case, request, user, verdict="approve"):
    signed = signing(user, case.version, f"signoff:{verdict}")
    return lambda: sign_off(actor=user, request=request, verdict=verdict, signature=signed)


def approver(number: int):
    user = enrol_person(
        actor=the_installation(), username=f"approver{number}", name=f"Approver {number}", password=PASSWORD
    )
    grant_role(actor=the_installation(), user=user, role="approver")
    return user


def approvals_of(case) -> int:
    return count_about(Subject("version", str(case.version.pk)), Event.VERSION_APPROVED)


@pytest.mark.control("SR26-2:approval")
def test_two_approvers_at_once_make_exactly_one_approval(case, asked):
    said = all_at_once([act_of(case, asked, user) for user in (case.cast.ada, case.cast.amir)])
    assert said == ["signed", "signed"]
    assert case.stage() == "approved"
    assert approvals_of(case) == 1
    assert verify().is_intact


def test_many_approvers_at_once_sign_until_the_quorum_and_no_further(case, asked):
    people = [case.cast.ada, case.cast.amir, *(approver(number) for number in range(4))]
    said = all_at_once([act_of(case, asked, user) for user in people])
    assert said.count("signed") == 2
    assert said.count("wrong-stage") == 4
    assert SignOff.objects.count() == 2
    assert approvals_of(case) == 1


def test_one_approver_in_two_windows_signs_once(case, asked):
    said = all_at_once([act_of(case, asked, case.cast.ada), act_of(case, asked, case.cast.ada)])
    assert said == ["not-allowed", "signed"]
    assert case.stage() == "in_review"
    assert SignOff.objects.count() == 1


def test_approval_and_rejection_at_once_end_in_one_of_them(case, asked):
    first = act_of(case, asked, case.cast.ada)
    first()
    said = all_at_once([act_of(case, asked, case.cast.amir), act_of(case, asked, approver(1), "reject")])
    assert said == ["signed", "wrong-stage"]
    assert case.stage() in {"approved", "rejected"}


def test_approval_and_withdrawal_at_once_end_in_one_of_them(case, asked):
    act_of(case, asked, case.cast.ada)()
    sign = act_of(case, asked, case.cast.amir)
    said = all_at_once([sign, lambda: withdraw(actor=case.cast.dana, request=asked, why="A typo.")])
    assert said == ["signed", "wrong-stage"]
    asked.refresh_from_db()
    assert (case.stage(), asked.state) in {("approved", "granted"), ("validated", "withdrawn")}
    assert approvals_of(case) == (1 if asked.state == "granted" else 0)


def test_role_revoked_in_mid_flight_counts_as_it_stood_at_one_moment(case, asked):
    act_of(case, asked, case.cast.ada)()
    grant = case.cast.amir.grants.get(role="approver")
    sign = act_of(case, asked, case.cast.amir)
    said = all_at_once([sign, lambda: revoke_role(actor=the_installation(), grant=grant)])
    # The signature was given under the role or refused without it; never half of either.
    assert said in (["signed", "signed"], ["not-allowed", "signed"])
    assert (case.stage() == "approved") == (SignOff.objects.count() == 2)
    assert verify().is_intact


def test_two_approvers_who_name_each_other_at_once_close_no_circle(cast):
    until = clock.now() + dt.timedelta(days=3)
    ada, amir = cast.ada, cast.amir
    said = all_at_once(
        [
            lambda: delegate(actor=ada, to=amir, until=until, why="On leave."),
            lambda: delegate(actor=amir, to=ada, until=until, why="On leave."),
        ]
    )
    assert said == ["conflict", "signed"]
    assert Delegation.objects.count() == 1


def test_recusal_and_signature_of_one_person_at_once_leave_one_of_them(case, asked):
    sign = act_of(case, asked, case.cast.ada)
    said = all_at_once([sign, lambda: recuse(actor=case.cast.ada, request=asked, why="A conflict.")])
    assert said in (["conflict", "signed"], ["not-allowed", "signed"])
    assert SignOff.objects.count() + Recusal.objects.count() == 1
