"""Administrators who act in the same second: one grant, one end of a request, whoever comes last."""

from __future__ import annotations

import pytest

from accounts import roles
from accounts.models import RoleGrant, RoleRequest
from accounts.services import revoke_role
from audit.selectors import verify
from tests.accounts.granting import asked, bounds, enrolled, second_administrator, signature
from tests.approvals.test_race import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def question(cast):
    return asked(cast.olga, cast.quinn, "validator")


def granting(actor, request):
    signed = signature(actor, request)
    return lambda: roles.grant_requested(actor=actor, request=request, signature=signed)


def test_two_who_grant_at_once_make_one_grant(cast, question):
    omar, oona = second_administrator(), enrolled("oona", "Oona Oliver", "administrator")
    assert all_at_once([granting(omar, question), granting(oona, question)]) == ["signed", "wrong-stage"]
    assert RoleGrant.objects.filter(user=cast.quinn, role="validator").count() == 1
    assert verify().is_intact


def test_a_grant_and_a_withdrawal_at_once_end_in_one_of_them(cast, question):
    omar = second_administrator()

    def withdraw():
        roles.withdraw_requested(actor=cast.olga, request=question, why="A mistake.")

    assert all_at_once([granting(omar, question), withdraw]) == ["signed", "wrong-stage"]
    question.refresh_from_db()
    assert RoleGrant.objects.filter(request=question).exists() == (question.state == "granted")


def test_an_administrator_revoked_in_mid_flight_grants_nothing_after(cast, question):
    omar = second_administrator()
    act, grant = granting(omar, question), omar.grants.get()
    said = all_at_once([act, lambda: revoke_role(actor=cast.olga, grant=grant)])
    assert "signed" in said
    assert RoleGrant.objects.filter(request=question).count() == (said == ["signed", "signed"])


def test_a_role_held_alone_is_not_given_beside_another_at_once(cast):
    omar, rita = second_administrator(), enrolled("rita", "Rita Reyes")
    alone, other = asked(cast.olga, rita, "regulator", bounds("cards")), asked(cast.olga, rita, "developer")
    said = all_at_once([granting(omar, alone), granting(omar, other)])
    assert said == ["conflict", "signed"]
    assert RoleGrant.objects.filter(user=rita).count() == 1
    assert RoleRequest.objects.filter(state="open").count() == 1
