"""Who may do what: roles are granted, tokens only narrow, a superuser is nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import services, stepup, tokens
from accounts.access import allows, require
from accounts.models import RefusalCount, SignatureChallenge, Token, User
from accounts.permissions import Permission
from accounts.selectors import the_installation
from accounts.stepup import Proof
from audit.models import Entry
from mrm.lib import clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed
from mrm.settings import governance
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
HOLDERS = {
    "dana": "developer",
    "victor": "validator",
    "ada": "approver",
    "amir": "approver",
    "otto": "operator",
    "lia": "loan_officer",
    "quinn": "auditor",
    "root": None,
    "olga": "administrator",
}


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("name", HOLDERS)
def test_each_person_may_do_exactly_what_the_table_says(cast, name, permission):
    role = HOLDERS[name]
    expected = role is not None and permission in governance.ROLES[role]
    assert allows(actor=getattr(cast, name), permission=permission) is expected


def test_a_superuser_gets_through_nothing(cast):
    assert cast.root.is_superuser
    assert not any(allows(actor=cast.root, permission=permission) for permission in Permission)


def test_a_refusal_says_who_what_and_whom_to_ask(cast):
    with pytest.raises(NotAllowed, match=r"Dana Duarte may not .* validator"):
        require(actor=cast.dana, permission=Permission.RUN_START)


def test_a_grant_for_one_model_does_not_reach_another(cast):
    services.grant_role(actor=the_installation(), user=cast.quinn, role="validator", model_slug="cards")
    asked = {"actor": cast.quinn, "permission": Permission.RUN_START}
    assert allows(**asked, model_slug="cards")
    assert not allows(**asked, model_slug="loans")


def test_a_revoked_role_is_gone_at_the_next_question(cast):
    grant = cast.victor.grants.get()
    services.revoke_role(actor=cast.olga, grant=grant)
    assert not allows(actor=cast.victor, permission=Permission.RUN_START)


def test_nobody_grants_a_role_alone(cast):
    with pytest.raises(NotAllowed, match="another administrator grants"):
        services.grant_role(actor=cast.olga, user=cast.quinn, role="approver")


def test_a_role_is_granted_once(cast):
    with pytest.raises(Conflict):
        services.grant_role(actor=the_installation(), user=cast.victor, role="validator")


def test_an_unknown_role_is_refused(cast):
    with pytest.raises(Invalid):
        services.grant_role(actor=the_installation(), user=cast.victor, role="emperor")


def test_a_developer_enrols_nobody(cast):
    with pytest.raises(NotAllowed):
        services.enrol_person(actor=cast.dana, username="eve", name="Eve", password=PASSWORD)


def test_a_weak_password_is_refused_and_nobody_is_enrolled(cast):
    with pytest.raises(Invalid):
        services.enrol_person(actor=cast.olga, username="eve", name="Eve", password="password")
    assert not User.objects.filter(username="eve").exists()


def test_grants_of_the_installation_leave_an_entry(cast):
    services.grant_role(actor=the_installation(), user=cast.quinn, role="validator")
    last = Entry.objects.last()
    assert (last.event, last.actor_name, last.subject_id) == (
        "role:granted",
        "Countersign",
        str(cast.quinn.pk),
    )


def test_a_token_is_no_wider_than_its_owners_roles(cast):
    with pytest.raises(Invalid):
        services.issue_token(actor=cast.dana, name="t", days=1, scopes=[Permission.RUN_START])


def _token(user, days=1, scopes=(Permission.INVENTORY_READ,)):
    return services.issue_token(actor=user, name="t", days=days, scopes=list(scopes))


def test_a_token_narrows_what_its_owner_may_do(cast):
    _, secret = _token(cast.dana)
    owner = tokens.owner_of(secret)
    assert allows(actor=owner, permission=Permission.INVENTORY_READ)
    assert not allows(actor=owner, permission=Permission.TRAINING_REQUEST)


def test_a_token_loses_what_its_owner_loses(cast):
    _, secret = _token(cast.dana)
    services.revoke_role(actor=cast.olga, grant=cast.dana.grants.get())
    assert not allows(actor=tokens.owner_of(secret), permission=Permission.INVENTORY_READ)


def test_the_secret_of_a_token_is_not_stored(cast):
    token, secret = _token(cast.dana)
    stored = Token.objects.filter(pk=token.pk).values().get()
    assert secret not in repr(stored)


def test_tokens_of_a_disabled_user_and_revoked_or_expired_tokens_count_for_nothing(cast):
    (revoked, first), (expired, second), (_, third) = (
        _token(cast.dana),
        _token(cast.dana),
        _token(cast.victor),
    )
    services.revoke_token(actor=cast.dana, token=revoked)
    Token.objects.filter(pk=expired.pk).update(expires_at=clock.now() - dt.timedelta(seconds=1))
    services.disable_user(actor=cast.olga, user=cast.victor)
    assert [tokens.owner_of(secret) for secret in (first, second, third, "mrm_x_y")] == [None] * 4


def test_refusals_are_one_entry_a_minute_and_a_count(cast, client_of):
    client = client_of(cast.lia)
    answers = [client.get("/api/v1/jobs").status_code for _ in range(3)]
    assert answers == [403, 403, 403]
    assert Entry.objects.filter(event="access:refused").count() == 1
    assert RefusalCount.objects.get().count == 3


def _challenge(cast, **changed):
    asked = {"actor": cast.ada, "digest": "a" * 64, "meaning": "signoff:approve"}
    nonce = stepup.open_challenge(**asked)
    return {**asked, "nonce": nonce, "proof": Proof(PASSWORD), **changed}


def test_a_challenge_is_redeemed_once(cast):
    asked = _challenge(cast)
    stepup.confirm(**asked)
    with pytest.raises(NotAllowed):
        stepup.confirm(**asked)


@pytest.mark.parametrize(
    "changed",
    [{"digest": "b" * 64}, {"meaning": "signoff:reject"}, {"proof": Proof("wrong")}, {"nonce": "guess"}],
)
def test_a_challenge_counts_only_for_what_it_was_opened_for(cast, changed):
    with pytest.raises(NotAllowed):
        stepup.confirm(**_challenge(cast, **changed))


def test_a_challenge_of_somebody_else_or_of_a_minute_ago_is_refused(cast):
    with pytest.raises(NotAllowed):
        stepup.confirm(**_challenge(cast, actor=cast.amir))
    late = _challenge(cast)
    with pytest.raises((DatabaseError, NotAllowed)), transaction.atomic():
        SignatureChallenge.objects.update(expires_at=clock.now())
        stepup.confirm(**late)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO accounts_rolegrant (id, user_id, role, model_slug, granted_by_id, granted_at, starts_at)"
        " SELECT person_id, id, 'approver', '', id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM accounts_user"
        " WHERE username = 'dana'",
        "UPDATE accounts_rolegrant SET role = 'approver'",
        "DELETE FROM accounts_rolegrant",
        "UPDATE accounts_user SET person_id = (SELECT person_id FROM accounts_user WHERE username = 'ada')"
        " WHERE username = 'dana'",
        "DELETE FROM accounts_user WHERE username = 'root'",
        "UPDATE accounts_user SET kind = 'robot'",
    ],
)
def test_the_database_refuses(cast, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
