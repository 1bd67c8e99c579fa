"""Passwords: one's own choice, and an administrator's, which takes signing away until the owner has enrolled anew."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import factors, passwords
from accounts.lost_devices import clear_factors
from accounts.models import User
from accounts.passwords import change_password, reset_password
from accounts.selectors import the_installation
from accounts.stepup import Proof
from audit.models import Entry
from mrm.lib.errors import Conflict, Invalid, NotAllowed
from tests.accounts.devices import confirmed, enrolled_app, enrolled_key
from tests.accounts.test_stepup import confirm, nonce_of
from tests.cast import PASSWORD

GIVEN, OWN = "given by an administrator", "chosen by Ada herself"


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def change(user, password=OWN, proof=None):
    agreed = confirmed(user, passwords.CHANGE, proof=proof)
    return change_password(actor=user, confirmed=agreed, password=password)


# --- One's own ------------------------------------------------------------------------------------------------


def test_owner_changes_the_password_with_the_present_one(cast):
    change(cast.ada)
    assert again(cast.ada).check_password(OWN)
    assert Entry.objects.filter(event="password:changed", actor_id=str(cast.ada.pk)).count() == 1


def test_a_wrong_present_password_changes_nothing(cast):
    with pytest.raises(NotAllowed):
        change(cast.ada, proof=Proof("wrong"))
    assert again(cast.ada).check_password(PASSWORD)
    assert not Entry.objects.filter(event="password:changed").exists()


@pytest.mark.parametrize("password", ["short", PASSWORD, "password1234", ""])
def test_a_weak_password_or_the_present_one_is_refused(cast, password):
    with pytest.raises(Invalid):
        change(cast.ada, password)
    assert again(cast.ada).check_password(PASSWORD)


def test_where_an_app_is_enrolled_the_change_asks_for_its_code(cast, noon):
    app = enrolled_app(cast.ada)
    noon.shift(30)
    with pytest.raises(NotAllowed):
        change(cast.ada)
    change(cast.ada, proof=Proof(PASSWORD, app.code()))


def test_a_passkey_alone_does_not_change_the_password(cast):
    key = enrolled_key(cast.ada)
    agreed = confirmed(cast.ada, passwords.CHANGE)
    proof = Proof(passkey=key.sign(agreed.nonce))
    with pytest.raises(Invalid):
        change_password(actor=cast.ada, confirmed=factors.Confirmed(agreed.nonce, proof), password=OWN)


# --- An administrator's ---------------------------------------------------------------------------------------


@pytest.mark.control("security:reset-blocks-signing")
def test_a_reset_blocks_signing_and_says_what_to_do(cast):
    reset_password(actor=cast.olga, user=cast.ada, password=GIVEN)
    with pytest.raises(NotAllowed, match="change the password, then enrol"):
        confirm(cast.ada, Proof(GIVEN))
    assert Entry.objects.filter(event="password:reset", actor_id=str(cast.olga.pk)).count() == 1


@pytest.mark.parametrize("who", ["dana", "victor", "ada", "root"])
def test_only_an_administrator_resets(cast, who):
    with pytest.raises(NotAllowed):
        reset_password(actor=getattr(cast, who), user=cast.lia, password=GIVEN)
    assert again(cast.lia).check_password(PASSWORD)


def test_nobody_resets_their_own(cast):
    with pytest.raises(NotAllowed, match="their own"):
        reset_password(actor=cast.olga, user=cast.olga, password=GIVEN)
    second = User(username="olga2", person=cast.olga.person)
    second.save(force_insert=True)
    with pytest.raises(NotAllowed, match="their own"):
        reset_password(actor=cast.olga, user=second, password=GIVEN)


def test_the_installation_resets_from_the_command_line_and_has_no_password_itself(cast):
    reset_password(actor=the_installation(), user=cast.olga, password=GIVEN)
    assert again(cast.olga).signing_blocked_since is not None
    with pytest.raises(Conflict):
        reset_password(actor=cast.olga, user=the_installation(), password=GIVEN)


def test_a_weak_reset_changes_nothing(cast):
    with pytest.raises(Invalid):
        reset_password(actor=cast.olga, user=cast.ada, password="short")
    assert again(cast.ada).signing_blocked_since is None


def reset(cast, noon):
    reset_password(actor=cast.olga, user=cast.ada, password=GIVEN)
    noon.shift(30)


@pytest.mark.control("security:reset-blocks-signing")
def test_signing_resumes_when_the_owner_has_chosen_a_password_and_then_enrolled(cast, noon):
    reset(cast, noon)
    change(cast.ada, proof=Proof(GIVEN))
    noon.shift(30)
    assert again(cast.ada).signing_blocked_since is not None
    app = enrolled_app(cast.ada, Proof(OWN))
    noon.shift(30)
    confirm(cast.ada, Proof(OWN, app.code()))
    assert Entry.objects.filter(event="signing:resumed").count() == 1


def test_enrolling_without_choosing_a_password_first_does_not_lift_the_block(cast, noon):
    reset(cast, noon)
    enrolled_key(cast.ada, proof=Proof(GIVEN))
    noon.shift(30)
    change(cast.ada, proof=Proof(GIVEN))
    with pytest.raises(NotAllowed, match="cannot sign now"):
        confirm(cast.ada, Proof(OWN))


@pytest.mark.control("security:reset-blocks-signing")
def test_factors_of_before_the_owner_chose_never_sign_again(cast, noon):
    before = enrolled_key(cast.ada)
    reset(cast, noon)
    between = enrolled_key(cast.ada, "Put there by whoever knew it", Proof(GIVEN))
    noon.shift(30)
    change(cast.ada, proof=Proof(GIVEN))
    noon.shift(30)
    after = enrolled_key(cast.ada, "Own", Proof(OWN))
    for key in (before, between):
        nonce = nonce_of(cast.ada)
        with pytest.raises(NotAllowed):
            confirm(cast.ada, Proof(passkey=key.sign(nonce)), nonce)
    nonce = nonce_of(cast.ada)
    confirm(cast.ada, Proof(passkey=after.sign(nonce)), nonce)


def test_an_app_of_before_the_reset_neither_signs_nor_leaves_the_password_alone(cast, noon):
    app = enrolled_app(cast.ada)
    noon.shift(30)
    reset(cast, noon)
    change(cast.ada, proof=Proof(GIVEN, app.code()))
    noon.shift(30)
    enrolled_key(cast.ada, proof=Proof(OWN, app.code()))
    noon.shift(30)
    for proof in (Proof(OWN), Proof(OWN, app.code())):
        with pytest.raises(NotAllowed):
            confirm(cast.ada, proof)


def test_recovery_codes_of_before_are_made_anew_with_the_factor_that_ends_the_block(cast, noon):
    enrolled_key(cast.ada)
    before = factors.factors_of(cast.ada).get(type="recovery_codes").pk
    reset(cast, noon)
    change(cast.ada, proof=Proof(GIVEN))
    noon.shift(30)
    enrolled_app(cast.ada, Proof(OWN))
    code = factors.factors_of(cast.ada).exclude(pk=before).get(type="recovery_codes").wrap()
    confirm(cast.ada, Proof(OWN, code.get_unused_codes()[0]))


def test_a_proof_shows_no_secret_of_its_own():
    assert repr(Proof("secret", "123456", "{}")) == "Proof()"


def test_a_reset_removes_no_factor(cast, noon):
    enrolled_app(cast.ada)
    reset(cast, noon)
    assert factors.factors_of(cast.ada).count() == 2


# --- A lost device --------------------------------------------------------------------------------------------


@pytest.mark.control("security:reset-blocks-signing")
def test_cleared_factors_leave_entries_and_block_signing(cast, noon):
    enrolled_app(cast.ada)
    clear_factors(actor=cast.olga, user=cast.ada)
    assert not factors.factors_of(cast.ada).exists()
    assert Entry.objects.filter(event="factor:removed", actor_id=str(cast.olga.pk)).count() == 2
    with pytest.raises(NotAllowed, match="cannot sign now"):
        confirm(cast.ada, Proof(PASSWORD))


@pytest.mark.parametrize("who", ["dana", "ada", "root"])
def test_only_an_administrator_clears_factors_and_never_their_own(cast, who):
    enrolled_key(cast.olga)
    for actor in (getattr(cast, who), cast.olga):
        with pytest.raises(NotAllowed):
            clear_factors(actor=actor, user=cast.olga)
    assert factors.factors_of(cast.olga).exists()


def test_where_there_is_no_factor_nothing_is_cleared_and_nobody_blocked(cast):
    with pytest.raises(Conflict):
        clear_factors(actor=cast.olga, user=cast.ada)
    assert again(cast.ada).signing_blocked_since is None


# --- What the database keeps ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change_",
    [
        "signing_blocked_since = NULL",
        "factors_count_from = NULL",
        "factors_count_from = '2001-01-01 00:00:00+00:00', signing_blocked_since = '2001-01-01 00:00:00+00:00'",
    ],
)
def test_database_keeps_the_block(cast, change_):
    reset_password(actor=cast.olga, user=cast.ada, password=GIVEN)
    key = cast.ada.pk.hex if connection.vendor == "sqlite" else str(cast.ada.pk)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {change_} WHERE id = %s", [key])
    assert again(cast.ada).signing_blocked_since is not None
