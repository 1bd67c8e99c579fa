"""Who signs is proven anew: password, code where an app is enrolled, or a passkey over the very challenge."""

from __future__ import annotations

import json

import pytest
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AuthenticatorData

from accounts import proofs, stepup
from accounts.models import ProofCount
from accounts.pages import attempt
from accounts.passwords import reset_password
from accounts.proofs import ProofRefused
from accounts.services import disable_user
from accounts.stepup import Proof
from audit.models import Entry
from audit.services import opened
from mrm.lib.errors import NotAllowed
from tests.accounts.devices import App, Key, enrolled_app, enrolled_key
from tests.cast import PASSWORD

DIGEST, MEANING = "a" * 64, "signoff:approve"
FLAG = AuthenticatorData.FLAG


def nonce_of(user, digest=DIGEST, meaning=MEANING) -> str:
    return stepup.open_challenge(actor=user, digest=digest, meaning=meaning)


def confirm(user, proof, nonce=None, digest=DIGEST, meaning=MEANING) -> None:
    with opened():
        stepup.confirm(actor=user, nonce=nonce or nonce_of(user), digest=digest, meaning=meaning, proof=proof)


@pytest.fixture
def app(cast, noon) -> App:
    enrolled = enrolled_app(cast.ada)
    noon.shift(30)
    return enrolled


@pytest.fixture
def key(cast) -> Key:
    return enrolled_key(cast.ada)


# --- Password and code ----------------------------------------------------------------------------------------


@pytest.mark.control("security:step-up")
def test_password_alone_does_not_sign_where_an_app_is_enrolled(cast, app):
    with pytest.raises(ProofRefused, match="code"):
        confirm(cast.ada, Proof(PASSWORD))
    confirm(cast.ada, Proof(PASSWORD, app.code()))


@pytest.mark.parametrize("password", ["", "wrong", "wrong\x00", "x" * 10_000])
def test_a_code_without_the_right_password_signs_nothing_and_is_not_spent(cast, app, password):
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(password, app.code()))
    confirm(cast.ada, Proof(PASSWORD, app.code()))


@pytest.mark.control("security:step-up")
def test_a_code_signs_once(cast, app, noon):
    confirm(cast.ada, Proof(PASSWORD, app.code()))
    with pytest.raises(ProofRefused, match="used already"):
        confirm(cast.ada, Proof(PASSWORD, app.code()))
    noon.shift(30)
    confirm(cast.ada, Proof(PASSWORD, app.code()))


def test_the_code_that_enrolled_the_app_does_not_sign(cast, noon):
    app = enrolled_app(cast.ada)
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(PASSWORD, app.code()))


def test_the_code_of_the_step_before_a_spent_one_is_refused(cast, app, noon):
    noon.shift(30)
    before = app.code(-1)
    confirm(cast.ada, Proof(PASSWORD, app.code()))
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(PASSWORD, before))


@pytest.mark.parametrize("later", [-2, 2, 10])
def test_a_code_of_another_time_is_refused(cast, app, noon, later):
    noon.shift(90)
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(PASSWORD, app.code(later)))


def test_a_clock_one_step_off_still_signs(cast, app):
    confirm(cast.ada, Proof(PASSWORD, app.code(1)))


@pytest.mark.parametrize(
    "code", ["", " ", "000000\x00", "１２３４５６", "9" * 65, "\ud800", "abcdef", "----"]
)
def test_what_is_no_code_signs_nothing(cast, app, code):
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(PASSWORD, code))


def test_the_code_of_somebody_else_signs_nothing(cast, app, noon):
    other = enrolled_app(cast.amir)
    noon.shift(30)
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(PASSWORD, other.code()))


def test_a_recovery_code_signs_once_and_says_how_many_are_left(cast, app):
    code = proofs.factors_of(cast.ada).get(type="recovery_codes").wrap().get_unused_codes()[3]
    confirm(cast.ada, Proof(PASSWORD, code))
    assert Entry.objects.filter(event="recovery_code:used").count() == 1
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(PASSWORD, code))


def test_a_signature_that_fails_later_gives_the_code_back(cast, app):
    with pytest.raises(ZeroDivisionError), opened():
        stepup.confirm(
            actor=cast.ada,
            nonce=nonce_of(cast.ada),
            digest=DIGEST,
            meaning=MEANING,
            proof=Proof(PASSWORD, app.code()),
        )
        raise ZeroDivisionError
    confirm(cast.ada, Proof(PASSWORD, app.code()))


# --- Passkeys -------------------------------------------------------------------------------------------------


@pytest.mark.control("security:step-up")
def test_a_passkey_signs_by_itself(cast, key):
    nonce = nonce_of(cast.ada)
    confirm(cast.ada, Proof(passkey=key.sign(nonce)), nonce)


def test_an_assertion_signs_once(cast, key):
    nonce = nonce_of(cast.ada)
    signed = Proof(passkey=key.sign(nonce))
    confirm(cast.ada, signed, nonce)
    with pytest.raises(NotAllowed, match="not prepared"):
        confirm(cast.ada, signed, nonce)


@pytest.mark.control("security:step-up")
@pytest.mark.parametrize("other", [{"digest": "b" * 64}, {"meaning": "signoff:reject"}])
def test_an_assertion_for_something_else_signs_nothing(cast, key, other):
    signed = key.sign(nonce_of(cast.ada, **other))
    with pytest.raises(ProofRefused, match="did not sign what was asked"):
        confirm(cast.ada, Proof(passkey=signed), nonce_of(cast.ada))


def test_an_assertion_is_worth_nothing_to_somebody_else(cast, key):
    nonce = nonce_of(cast.ada)
    signed = Proof(passkey=key.sign(nonce))
    with pytest.raises(NotAllowed, match="not prepared"):
        confirm(cast.amir, signed, nonce)
    theirs = nonce_of(cast.amir)
    with pytest.raises(ProofRefused):
        confirm(cast.amir, Proof(passkey=key.sign(theirs)), theirs)


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "http://localhost:9"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://evil.localhost:8000"},
        {"flags": FLAG.UP},
        {"flags": FLAG.UV},
    ],
)
def test_an_assertion_of_another_origin_or_without_its_user_verified_signs_nothing(cast, key, bent):
    nonce = nonce_of(cast.ada)
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(passkey=key.sign(nonce, **bent)), nonce)


def test_a_key_that_was_never_enrolled_signs_nothing(cast, key):
    nonce, stranger = nonce_of(cast.ada), Key()
    stranger.id = key.id
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(passkey=stranger.sign(nonce)), nonce)


def shaped(said: object) -> str:
    response = {"clientDataJSON": said, "authenticatorData": "AA", "signature": "AA"}
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": response})


UNREADABLE = ["x", "{}", "[]", "null", '{"id": 1}', "[" * 5_000, "\x00", "\ud800", "{" + " " * 20_000 + "}"]
SHAPED = [shaped(said) for said in ("AA", 1, None, [], "eyJ4IjoxfQ", "é")]


@pytest.mark.parametrize("assertion", [*UNREADABLE, *SHAPED])
def test_what_no_passkey_made_is_refused_and_not_a_fault(cast, key, assertion):
    with pytest.raises(ProofRefused):
        confirm(cast.ada, Proof(passkey=assertion))


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_every_changed_byte_of_an_assertion_is_refused(cast, key, part):
    nonce = nonce_of(cast.ada)
    signed = json.loads(key.sign(nonce))
    content = websafe_decode(signed["response"][part])
    for place in range(len(content)):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        signed["response"][part] = websafe_encode(changed)
        with pytest.raises(ProofRefused):
            confirm(cast.ada, Proof(passkey=json.dumps(signed)), nonce)


# --- Guessing, disabling, resetting ---------------------------------------------------------------------------


def test_guessing_is_stopped_for_a_while_whatever_is_presented(cast, noon):
    for _ in range(proofs.MOST_WRONG):
        proofs.note_wrong(cast.ada)
    with pytest.raises(NotAllowed, match="Wait 5 minutes"):
        confirm(cast.ada, Proof(PASSWORD))
    noon.shift(301)
    confirm(cast.ada, Proof(PASSWORD))
    assert ProofCount.objects.get(user=cast.ada).wrong == 0


def test_wrong_proofs_are_counted_and_entered_once_a_minute(cast, noon):
    for _ in range(3):
        proofs.note_wrong(cast.ada)
    assert ProofCount.objects.get().wrong == 3
    assert Entry.objects.filter(event="proof:refused").count() == 1


def test_a_wrong_proof_on_a_page_is_counted(cast, rf):
    from accounts.forms import ProofForm

    def act(answers):
        confirm(cast.ada, Proof(answers["password"]))

    assert attempt(ProofForm({"password": "wrong"}), act) == 403
    assert ProofCount.objects.get(user=cast.ada).wrong == 1


def test_a_disabled_account_signs_nothing(cast):
    nonce = nonce_of(cast.ada)
    disable_user(actor=cast.olga, user=cast.ada)
    with pytest.raises(NotAllowed, match="disabled"):
        confirm(cast.ada, Proof(PASSWORD), nonce)


def test_the_password_of_before_a_reset_signs_nothing_though_the_request_began_with_it(cast):
    stale = type(cast.ada).objects.get(pk=cast.ada.pk)
    reset_password(actor=cast.olga, user=cast.ada, password="another long password")
    with pytest.raises(NotAllowed):
        confirm(stale, Proof(PASSWORD))
