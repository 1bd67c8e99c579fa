"""A role needs two people: one asks, another one signs; the database says so as well."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts import roles
from accounts.access import allows, roles_of
from accounts.models import RoleGrant, RoleRequest, User
from accounts.permissions import Permission
from accounts.scopes import Scope
from accounts.services import disable_user, revoke_role
from accounts.stepup import Proof
from audit.models import Entry
from mrm.lib import clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, Stale, WrongStage
from tests.accounts.granting import asked, bounds, enrolled, granted, second_administrator, signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def omar(cast):
    return second_administrator()


@pytest.fixture
def request_(cast):
    """Olga asks for Quinn to be a validator."""
    return asked(cast.olga, cast.quinn, "validator")


def test_a_request_gives_nothing(cast, request_):
    assert request_.state == "open"
    assert roles_of(cast.quinn) == {"auditor"}


def test_a_second_administrator_grants_what_was_asked_for(cast, omar, request_):
    grant = granted(omar, request_)
    request_.refresh_from_db()
    assert (request_.state, request_.settled_by, request_.grant) == ("granted", omar, grant)
    assert allows(actor=cast.quinn, permission=Permission.RUN_START)


def test_asking_and_granting_leave_entries_without_the_words(cast, omar, request_):
    granted(omar, request_)
    said = [(each.event, each.actor_name) for each in Entry.objects.order_by("sequence")][-2:]
    assert said == [("role:requested", "Olga Ortiz"), ("role:granted", "Omar Ortega")]
    assert not any(b"The work asks for it" in bytes(each.body) for each in Entry.objects.all())


@pytest.mark.parametrize("name", ["dana", "quinn", "root"])
def test_only_administrators_ask(cast, name):
    with pytest.raises(NotAllowed):
        asked(getattr(cast, name), cast.otto, "validator")


@pytest.mark.parametrize("name", ["dana", "victor", "root"])
def test_only_administrators_grant(cast, request_, name):
    actor = getattr(cast, name)
    with pytest.raises(NotAllowed):
        granted(actor, request_)
    assert roles_of(cast.quinn) == {"auditor"}


def test_whoever_asked_does_not_grant(cast, request_):
    with pytest.raises(NotAllowed, match="Another administrator decides"):
        granted(cast.olga, request_)
    assert not RoleGrant.objects.filter(request=request_).exists()


def test_a_second_account_of_whoever_asked_does_not_grant(cast, omar, request_):
    twin = User(username="olga2", person=cast.olga.person, password=cast.olga.password)
    twin.save(force_insert=True)
    granted(omar, asked(cast.olga, twin, "administrator"))
    with pytest.raises(NotAllowed, match="Another administrator decides"):
        granted(twin, request_)


def test_whoever_receives_does_not_grant(cast, omar):
    with pytest.raises(NotAllowed, match="Nobody grants a role to themselves"):
        granted(omar, asked(cast.olga, omar, "approver"))


def test_an_administrator_may_ask_for_themselves_and_another_one_grants(cast, omar):
    granted(omar, asked(cast.olga, cast.olga, "approver"))
    assert "approver" in roles_of(cast.olga)


@pytest.mark.parametrize("changed", [{"proof": Proof("wrong")}, {"challenge": "guessed"}])
def test_a_grant_is_signed(omar, request_, changed):
    with pytest.raises(NotAllowed):
        roles.grant_requested(actor=omar, request=request_, signature=signature(omar, request_, **changed))
    request_.refresh_from_db()
    assert request_.state == "open"


def test_a_grant_is_bound_to_what_was_shown(omar, request_):
    with pytest.raises(Stale):
        stale = signature(omar, request_, shown_digest="a" * 64)
        roles.grant_requested(actor=omar, request=request_, signature=stale)


def test_a_request_is_granted_once(cast, omar, request_):
    granted(omar, request_)
    with pytest.raises(WrongStage):
        granted(omar, request_)


def test_a_refused_request_gives_nothing_and_says_why(cast, omar, request_):
    roles.refuse_requested(actor=omar, request=request_, why="He audits them.")
    request_.refresh_from_db()
    assert (request_.state, request_.settled_why) == ("refused", "He audits them.")
    assert Entry.objects.last().event == "role:refused"
    with pytest.raises(WrongStage):
        granted(omar, request_)


def test_whoever_asked_withdraws_and_does_not_refuse(cast, omar, request_):
    with pytest.raises(NotAllowed):
        roles.refuse_requested(actor=cast.olga, request=request_, why="No.")
    with pytest.raises(NotAllowed, match="Only Olga Ortiz"):
        roles.withdraw_requested(actor=omar, request=request_, why="No.")
    roles.withdraw_requested(actor=cast.olga, request=request_, why="A mistake.")
    assert Entry.objects.last().event == "role:withdrawn"


@pytest.mark.parametrize("why", ["", "  ", "x" * 2_001])
def test_words_are_needed_and_not_too_many(cast, why):
    with pytest.raises(Invalid):
        roles.request_role(actor=cast.olga, user=cast.quinn, asked=roles.Asked("validator", why))


def test_what_is_held_or_asked_for_is_not_asked_for_again(cast, request_):
    with pytest.raises(Conflict, match="asked for already"):
        asked(cast.olga, cast.quinn, "validator")
    with pytest.raises(Conflict, match="already"):
        asked(cast.olga, cast.quinn, "auditor")


def test_a_closed_account_is_given_nothing(cast, omar, request_):
    disable_user(actor=cast.olga, user=cast.quinn)
    with pytest.raises(Conflict, match="no active account"):
        granted(omar, request_)


def test_a_role_for_one_model_reaches_no_other(cast, omar):
    granted(omar, asked(cast.olga, cast.quinn, "validator", Scope("cards")))
    question = {"actor": cast.quinn, "permission": Permission.RUN_START}
    assert allows(**question, model_slug="cards")
    assert not allows(**question, model_slug="loans")


def test_a_role_begins_and_ends_by_the_clock(cast, omar):
    day, now = dt.timedelta(days=1), clock.now()
    granted(omar, asked(cast.olga, cast.quinn, "validator", Scope("", now + day, now + 3 * day)))
    held = []
    for days in (0, 2, 4):
        with time_machine.travel(now + days * day):
            held.append(allows(actor=cast.quinn, permission=Permission.RUN_START))
    assert held == [False, True, False]


def test_a_role_that_has_run_out_is_granted_anew(cast, omar):
    now = clock.now()
    first = granted(
        omar, asked(cast.olga, cast.quinn, "validator", Scope(ends_at=now + dt.timedelta(days=1)))
    )
    with time_machine.travel(now + dt.timedelta(days=2)):
        granted(omar, asked(cast.olga, cast.quinn, "validator"))
        assert "validator" in roles_of(cast.quinn)
    first.refresh_from_db()
    assert first.revoked_at == first.ends_at


def test_one_person_revokes_at_once(cast, omar, request_):
    grant = granted(omar, request_)
    revoke_role(actor=cast.olga, grant=grant)
    assert roles_of(cast.quinn) == {"auditor"}


@pytest.mark.parametrize(
    "changed",
    [
        {"model_slug": ""},
        {"ends_at": None},
        {"records_from": None},
        {"records_until": None},
        {"records_until": dt.date(2000, 1, 1)},
        {"ends_at": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_a_regulator_without_bounds_is_refused(cast, changed):
    scope = Scope(**vars(bounds("cards")) | changed)
    with pytest.raises(Invalid):
        asked(cast.olga, enrolled("rita", "Rita Reyes"), "regulator", scope)
    assert not RoleRequest.objects.exists()


def test_the_database_refuses_a_regulator_without_bounds(cast):
    rita = enrolled("rita", "Rita Reyes")
    for scope in (Scope("cards"), Scope(**vars(bounds("cards")) | {"model_slug": ""})):
        bounded = RoleRequest(
            user=rita, role="regulator", **vars(scope), asked_by=cast.olga, asked_at=clock.now(), why="So."
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            bounded.save(force_insert=True)


def test_only_a_regulator_has_a_period_of_records(cast):
    with pytest.raises(Invalid, match="cannot be given"):
        asked(cast.olga, cast.quinn, "validator", bounds("cards"))


def test_a_regulator_holds_that_role_alone(cast, omar):
    with pytest.raises(Conflict, match="beside which"):
        asked(cast.olga, cast.dana, "regulator", bounds("cards"))
    rita = enrolled("rita", "Rita Reyes")
    granted(omar, asked(cast.olga, rita, "regulator", bounds("cards")))
    granted(omar, asked(cast.olga, rita, "regulator", bounds("loans")))
    with pytest.raises(Conflict, match="beside which"):
        asked(cast.olga, rita, "developer")


@pytest.mark.parametrize("settled", ["olga", "quinn"])
def test_the_database_refuses_a_grant_by_whoever_asked_or_receives(cast, request_, settled):
    moment, actor = clock.now(), getattr(cast, settled)
    with pytest.raises(DatabaseError), transaction.atomic():
        RoleGrant(
            user=cast.quinn,
            role="validator",
            starts_at=moment,
            request=request_,
            granted_by=actor,
            granted_at=moment,
        ).save(force_insert=True)
