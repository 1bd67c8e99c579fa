"""One statement says yes to whom the ordinary way says yes, and to nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts import tokens
from accounts.access import EVERY_MODEL, allows
from accounts.admission import admitted
from accounts.models import RoleGrant, Token, User
from accounts.permissions import Permission
from accounts.selectors import the_installation
from accounts.services import disable_user, enrol_person, grant_role, issue_token, permissions_of
from mrm.lib import clock
from tests.accounts.granting import regulator

pytestmark = pytest.mark.django_db
READ = Permission.INVENTORY_READ


def used_token(user: User, scopes: list[str] | None = None) -> str:
    """A token that was used just now, so that no use has to be noted."""
    _, secret = issue_token(actor=user, name="x", days=1, scopes=scopes or sorted(permissions_of(user)))
    tokens.owner_of(secret)
    return secret


def made_token(user: User) -> str:
    """The same as a row, without the service."""
    prefix, secret = tokens.new_secret()
    Token(
        user=user,
        name="x",
        prefix=prefix,
        secret_digest=tokens.digest_of(secret),
        scopes=[READ],
        created_at=clock.now(),
        expires_at=clock.now() + dt.timedelta(days=1),
        last_used_at=clock.now(),
    ).save(force_insert=True)
    return secret


def ordinary(secret: str, permission: Permission) -> str:
    owner = tokens.owner_of(secret)
    may = owner is not None and allows(actor=owner, permission=permission, model_slug=EVERY_MODEL)
    return str(owner.pk) if may else ""


def answers(secret: str, permission: Permission = READ) -> bool:
    """Both ways are asked, and say the same."""
    quick = admitted(secret=secret, permission=permission)
    assert quick == ordinary(secret, permission)
    return bool(quick)


def test_every_person_and_every_permission(cast):
    for name in ("dana", "victor", "ada", "otto", "lia", "quinn", "olga"):
        user = getattr(cast, name)
        secret = used_token(user)
        held = {permission for permission in Permission if answers(secret, permission)}
        assert held == set(permissions_of(user))


def test_a_narrow_token_carries_its_scopes_only(cast):
    secret = used_token(cast.dana, [READ])
    assert (answers(secret), answers(secret, Permission.TRAINING_REQUEST)) == (True, False)


@pytest.mark.parametrize("secret", ["", "x", "mrm_00000000_x", "x" * 201, "ß\u0000"])
def test_nobody_knows_this_token(cast, secret):
    assert not admitted(secret=secret, permission=READ)


def test_an_ended_a_revoked_and_a_disabled_one(cast):
    ended, revoked, disabled = used_token(cast.dana), used_token(cast.victor), used_token(cast.ada)
    Token.objects.filter(user=cast.dana).update(expires_at=clock.now())
    Token.objects.filter(user=cast.victor).update(revoked_at=clock.now())
    disable_user(actor=cast.olga, user=cast.ada)
    assert [answers(each) for each in (ended, revoked, disabled)] == [False, False, False]


def test_a_role_that_was_taken_back_at_the_next_request(cast):
    secret = used_token(cast.dana)
    assert answers(secret)
    RoleGrant.objects.filter(user=cast.dana).update(revoked_at=clock.now())
    assert not answers(secret)


@pytest.mark.parametrize(
    ("starts", "ends", "held"), [(-2, None, True), (-2, 1, True), (-2, -1, False), (1, 2, False)]
)
def test_a_role_holds_from_its_beginning_to_its_end(cast, starts, ends, held):
    grant = RoleGrant.objects.get(user=cast.quinn)
    made = RoleGrant.objects.create(
        user=enrol_person(actor=the_installation(), username="nora", name="Nora", password=cast.PASSWORD),
        role="auditor",
        starts_at=clock.now() + dt.timedelta(days=starts),
        ends_at=None if ends is None else clock.now() + dt.timedelta(days=ends),
        granted_at=clock.now() - dt.timedelta(days=3),
        granted_by=grant.granted_by,
    )
    secret = made_token(made.user)
    assert answers(secret) is held


def test_a_role_of_one_model_is_none_for_every_model(cast):
    rita = regulator(cast, "card-limit")
    assert not answers(used_token(rita))
    grant_role(actor=the_installation(), user=cast.root, role="developer", model_slug="card-limit")
    assert not answers(used_token(cast.root, [READ]))


def test_a_use_that_has_to_be_noted_is_left_to_the_ordinary_way(cast):
    _, secret = issue_token(actor=cast.dana, name="x", days=1, scopes=[READ])
    assert not admitted(secret=secret, permission=READ)
    tokens.owner_of(secret)
    assert admitted(secret=secret, permission=READ)
    Token.objects.update(last_used_at=clock.now() - tokens.LAST_USE_GRAIN - dt.timedelta(seconds=1))
    assert not admitted(secret=secret, permission=READ)
