"""Second factors: every change proves who makes it, leaves an entry without a secret, and keeps secrets sealed."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from fido2.webauthn import AuthenticatorData

from accounts import factors, passkeys, proofs, totp_box
from accounts.models import SignatureChallenge
from accounts.proofs import ProofRefused
from accounts.selectors import second_factors
from accounts.stepup import Proof
from audit.models import Entry
from mrm.lib.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from tests.accounts.devices import App, Key, confirmed, enrolled_app, enrolled_key
from tests.cast import PASSWORD

FLAG = AuthenticatorData.FLAG


def entries(event: str) -> list[dict]:
    return [json.loads(bytes(each.body))["facts"] for each in Entry.objects.filter(event=event)]


def mine(user):
    return second_factors(user)


# --- An app ---------------------------------------------------------------------------------------------------


def test_an_app_is_enrolled_with_its_first_code_and_brings_ten_recovery_codes(cast, noon):
    secret, box = totp_box.prepare_totp(cast.ada)
    agreed = confirmed(cast.ada, factors.ENROL_TOTP)
    codes = factors.enrol_totp(actor=cast.ada, confirmed=agreed, box=box, code=App(secret).code())
    assert len(set(codes)) == 10
    assert (mine(cast.ada).has_app, mine(cast.ada).codes_left) == (True, 10)
    assert [fact["kind"] for fact in entries("factor:enrolled")] == ["totp", "recovery_codes"]


@pytest.mark.control("security:secrets-at-rest")
def test_secrets_are_sealed_at_rest_and_stand_in_no_entry(cast, noon):
    app = enrolled_app(cast.ada)
    codes = proofs.factors_of(cast.ada).get(type="recovery_codes").wrap()
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    said = b"".join(bytes(each) for each in Entry.objects.values_list("body", flat=True)).decode()
    for secret in (app.secret, *codes.generate_codes()):
        assert secret not in kept
        assert secret not in said


def test_a_secret_sealed_with_another_key_opens_nothing(cast, noon, settings):
    app = enrolled_app(cast.ada)
    noon.shift(30)
    settings.MRM_DATA_KEY = "b3RoZXIga2V5LCBvdGhlciBrZXksIHRoaXJ0eS10d28="
    with pytest.raises(Unavailable):
        proofs.prove_factor(actor=cast.ada, nonce="", proof=Proof(code=app.code()))


def enrol(user, box, code, proof=None):
    agreed = confirmed(user, factors.ENROL_TOTP, proof=proof)
    return factors.enrol_totp(actor=user, confirmed=agreed, box=box, code=code)


def test_nothing_is_enrolled_with_a_wrong_code_or_a_wrong_password(cast, noon):
    secret, box = totp_box.prepare_totp(cast.ada)
    with pytest.raises(Invalid):
        enrol(cast.ada, box, App(secret).code(5))
    with pytest.raises(ProofRefused):
        enrol(cast.ada, box, App(secret).code(), Proof("wrong"))
    assert not Authenticator.objects.exists()
    assert not entries("factor:enrolled")


@pytest.mark.parametrize("box", ["", "x", "é", "\x00", "A" * 400])
def test_a_box_that_was_not_prepared_enrols_nothing(cast, noon, box):
    with pytest.raises(Conflict):
        enrol(cast.ada, box, "000000")


def test_a_box_of_somebody_else_or_of_ten_minutes_ago_enrols_nothing(cast, noon):
    secret, box = totp_box.prepare_totp(cast.amir)
    with pytest.raises(Conflict):
        enrol(cast.ada, box, App(secret).code())
    noon.shift(601)
    with pytest.raises(Conflict):
        enrol(cast.amir, box, App(secret).code())


def test_a_second_app_is_refused(cast, noon):
    app = enrolled_app(cast.ada)
    noon.shift(30)
    with pytest.raises(Conflict):
        enrolled_app(cast.ada, Proof(PASSWORD, app.code()))


# --- Passkeys -------------------------------------------------------------------------------------------------


def test_a_passkey_is_enrolled_renamed_and_removed(cast):
    enrolled_key(cast.ada, "  Old \t laptop ")
    row = mine(cast.ada).passkeys[0]
    assert str(row) == "Old laptop"
    agreed = confirmed(cast.ada, factors.RENAME, str(row.pk))
    factors.rename_passkey(actor=cast.ada, confirmed=agreed, factor_id=row.pk, name="Laptop")
    assert str(mine(cast.ada).passkeys[0]) == "Laptop"
    agreed = confirmed(cast.ada, factors.REMOVE, str(row.pk))
    factors.remove_factor(actor=cast.ada, confirmed=agreed, factor_id=row.pk)
    assert not mine(cast.ada).has_any


def test_with_the_last_factor_the_recovery_codes_end_too(cast):
    enrolled_key(cast.ada)
    row = mine(cast.ada).passkeys[0]
    agreed = confirmed(cast.ada, factors.REMOVE, str(row.pk))
    factors.remove_factor(actor=cast.ada, confirmed=agreed, factor_id=row.pk)
    assert not Authenticator.objects.exists()
    assert [fact["kind"] for fact in entries("factor:removed")] == ["passkey", "recovery_codes"]


def make(user, name="Key", **bent):
    key, agreed = Key(), confirmed(user, factors.ENROL_PASSKEY)
    made = factors.NewPasskey(name, agreed.nonce, key.create(agreed.nonce, **bent))
    factors.enrol_passkey(actor=user, confirmed=agreed, passkey=made)


@pytest.mark.parametrize(
    "bent", [{"origin": "https://evil.example"}, {"flags": FLAG.UP}, {"name": ""}, {"name": "x" * 61}]
)
def test_a_passkey_of_another_origin_unverified_or_without_a_name_is_refused(cast, bent):
    with pytest.raises(Invalid):
        make(cast.ada, **bent)
    assert not Authenticator.objects.exists()


def test_a_passkey_made_for_another_challenge_is_refused(cast):
    key, agreed, other = Key(), *(confirmed(cast.ada, factors.ENROL_PASSKEY) for _ in range(2))
    made = factors.NewPasskey("Key", other.nonce, key.create(other.nonce))
    with pytest.raises(Invalid):
        factors.enrol_passkey(actor=cast.ada, confirmed=agreed, passkey=made)


def test_one_passkey_belongs_to_one_account(cast):
    key = enrolled_key(cast.ada)
    agreed = confirmed(cast.amir, factors.ENROL_PASSKEY)
    made = factors.NewPasskey("Same", agreed.nonce, key.create(agreed.nonce))
    with pytest.raises(Conflict):
        factors.enrol_passkey(actor=cast.amir, confirmed=agreed, passkey=made)


@pytest.mark.parametrize("credential", ["x", "{}", "[]", '{"id":"AA"}', "[" * 9_000, "\x00", "x" * 20_000])
def test_what_no_browser_made_is_refused_and_not_a_fault(cast, credential):
    agreed = confirmed(cast.ada, factors.ENROL_PASSKEY)
    made = factors.NewPasskey("Key", agreed.nonce, credential)
    with pytest.raises(Invalid):
        factors.enrol_passkey(actor=cast.ada, confirmed=agreed, passkey=made)


# --- Any change -----------------------------------------------------------------------------------------------


@pytest.mark.control("security:step-up")
def test_a_factor_of_somebody_else_is_neither_seen_nor_removed(cast):
    enrolled_key(cast.ada)
    row = mine(cast.ada).passkeys[0]
    agreed = confirmed(cast.amir, factors.REMOVE, str(row.pk))
    with pytest.raises(NotFound):
        factors.remove_factor(actor=cast.amir, confirmed=agreed, factor_id=row.pk)
    assert mine(cast.ada).has_any


def test_a_challenge_for_one_factor_does_not_remove_another(cast):
    enrolled_key(cast.ada, "One")
    enrolled_key(cast.ada, "Two")
    one, two = mine(cast.ada).passkeys
    agreed = confirmed(cast.ada, factors.REMOVE, str(one.pk))
    with pytest.raises(NotAllowed):
        factors.remove_factor(actor=cast.ada, confirmed=agreed, factor_id=two.pk)


def test_a_passkey_confirms_a_change_by_itself(cast):
    key = enrolled_key(cast.ada)
    agreed = confirmed(cast.ada, factors.RENEW_CODES)
    proven = factors.Confirmed(agreed.nonce, Proof(passkey=key.sign(agreed.nonce)))
    codes = factors.renew_recovery_codes(actor=cast.ada, confirmed=proven)
    assert len(codes) == 10


def test_new_recovery_codes_void_the_ones_before(cast):
    enrolled_key(cast.ada)
    before = proofs.factors_of(cast.ada).get(type="recovery_codes").wrap().get_unused_codes()
    agreed = confirmed(cast.ada, factors.RENEW_CODES)
    after = factors.renew_recovery_codes(actor=cast.ada, confirmed=agreed)
    assert not set(before) & set(after)
    with pytest.raises(ProofRefused):
        proofs.prove_factor(actor=cast.ada, nonce="", proof=Proof(code=before[0]))


def test_recovery_codes_stand_in_for_nothing_without_another_factor(cast):
    with pytest.raises(Conflict):
        factors.renew_recovery_codes(actor=cast.ada, confirmed=confirmed(cast.ada, factors.RENEW_CODES))
    assert SignatureChallenge.objects.get().used_at is None


def changed(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mfa_authenticator SET created_at = '2001-01-01 00:00:00+00:00'",
        "UPDATE mfa_authenticator SET data = '{}' WHERE type = 'totp'",
        "UPDATE accounts_proofcount SET totp_step = 0",
        "DELETE FROM accounts_proofcount",
    ],
)
def test_database_keeps_factors_and_spent_codes(cast, noon, change):
    enrolled_app(cast.ada)
    with pytest.raises(IntegrityError):
        changed(change)


@pytest.mark.parametrize(
    ("public", "host", "origin"),
    [
        ("https://bank.example", "bank.example", "https://bank.example"),
        ("https://bank.example:443", "bank.example", "https://bank.example"),
        ("https://bank.example:8443/", "bank.example", "https://bank.example:8443"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_passkeys_are_bound_to_the_configured_name_and_origin(settings, public, host, origin):
    settings.MRM_PUBLIC_URL = public
    assert passkeys.relying_party() == passkeys.RelyingParty(host, origin)
