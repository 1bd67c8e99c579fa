"""Signing in: password, then where one is enrolled a second step; or a passkey alone; nobody disabled by any door."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts import proofs
from accounts.models import User
from accounts.passwords import reset_password
from accounts.services import disable_user
from audit.models import Access, Entry
from tests.accounts.devices import Key, enrolled_app, enrolled_key
from tests.cast import PASSWORD


def given_password(username="lia", **more) -> Client:
    client = Client()
    client.answer = client.post("/sign-in", {"username": username, "password": PASSWORD, **more})
    return client


def is_in(client) -> bool:
    return client.get("/security").status_code == 200


def second(client, **answers):
    return client.post("/sign-in/second-step", answers)


@pytest.fixture
def app(cast, noon):
    enrolled = enrolled_app(cast.lia)
    noon.shift(30)
    return enrolled


@pytest.fixture
def key(cast):
    return enrolled_key(cast.lia)


def challenge(client) -> str:
    return client.post("/sign-in/passkey/challenge").json()["publicKey"]["challenge"]


# --- Two steps ------------------------------------------------------------------------------------------------


@pytest.mark.control("security:second-factor")
def test_with_an_app_the_password_alone_does_not_sign_in(cast, app):
    client = given_password(next="/decisions")
    assert client.answer.headers["Location"] == "/sign-in/second-step"
    assert not is_in(client)
    assert client.get("/sign-in/second-step").status_code == 200
    answer = second(client, code=app.code())
    assert (answer.status_code, answer.headers["Location"]) == (302, "/decisions")
    assert is_in(client)


def test_a_recovery_code_signs_in_once(cast, app):
    code = proofs.factors_of(cast.lia).get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert second(given_password(), code=code).status_code == 302
    assert Entry.objects.filter(event="recovery_code:used").count() == 1
    assert second(given_password(), code=code).status_code == 403


def test_a_code_signs_in_once(cast, app):
    assert second(given_password(), code=app.code()).status_code == 302
    again = given_password()
    assert second(again, code=app.code()).status_code == 403
    assert not is_in(again)


@pytest.mark.parametrize("code", ["", "000000", "x" * 65, "12\x0034", "１２３４５６"])
def test_a_wrong_code_signs_nobody_in(cast, app, code):
    client = given_password()
    assert second(client, code=code).status_code in {403, 422}
    assert not is_in(client)


def test_a_wrong_code_is_noted_as_a_wrong_password_is(cast, app):
    second(given_password(), code="000000")
    assert Access.objects.filter(event="stranger:refused").count() == 1
    assert Entry.objects.filter(event="proof:refused").count() == 1


def test_codes_are_not_guessed_by_signing_in_again_and_again(cast, app):
    for _ in range(proofs.MOST_WRONG):
        second(given_password(), code="000000")
    begun = given_password()
    assert second(begun, code=app.code()).headers["Location"] == "/sign-in"
    assert Client().post("/sign-in", {"username": "lia", "password": PASSWORD}).status_code == 429


def test_the_second_step_is_no_door_without_the_first(cast, app):
    client = Client()
    assert client.get("/sign-in/second-step").headers["Location"] == "/sign-in"
    assert second(client, code=app.code()).headers["Location"] == "/sign-in"
    assert not is_in(client)


@pytest.mark.control("security:second-factor")
def test_whoever_is_disabled_between_the_steps_stays_out(cast, app):
    client = given_password()
    disable_user(actor=cast.olga, user=cast.lia)
    assert second(client, code=app.code()).headers["Location"] == "/sign-in"
    assert not is_in(client)


def test_the_first_step_is_forgotten_after_a_quarter_of_an_hour(cast, app, noon):
    client = given_password()
    noon.shift(16 * 60)
    assert second(client, code=app.code()).headers["Location"] == "/sign-in"


def test_signing_in_as_somebody_else_ends_the_session_before(cast, app):
    client = given_password("ada")
    client.post("/sign-in", {"username": "lia", "password": PASSWORD})
    assert not is_in(client)
    second(client, code=app.code())
    assert "Lia Lima" in client.get("/security").content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_second_step_leads_nowhere_else(cast, app, wanted):
    assert second(given_password(next=wanted), code=app.code()).headers["Location"] == "/"


# --- Passkeys -------------------------------------------------------------------------------------------------


@pytest.mark.control("security:second-factor")
def test_a_passkey_signs_in_without_a_password(cast, key):
    client = Client()
    answer = client.post("/sign-in/passkey", {"passkey": key.sign(challenge(client)), "next": "/decisions"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/decisions")
    assert is_in(client)


def test_a_passkey_is_a_second_step(cast, key):
    client = given_password()
    assert second(client, passkey=key.sign(challenge(client))).status_code == 302
    assert is_in(client)


def test_a_passkey_for_the_challenge_of_another_browser_signs_nobody_in(cast, key):
    theirs, mine = Client(), Client()
    challenge(mine)
    answer = mine.post("/sign-in/passkey", {"passkey": key.sign(challenge(theirs))})
    assert (answer.status_code, is_in(mine)) == (422, False)


def test_an_assertion_signs_in_once_and_for_a_minute(cast, key, noon):
    client = Client()
    signed = key.sign(challenge(client))
    client.post("/sign-in/passkey", {"passkey": signed})
    client.post("/sign-out")
    assert client.post("/sign-in/passkey", {"passkey": signed}).status_code == 422
    late = key.sign(challenge(client))
    noon.shift(61)
    assert client.post("/sign-in/passkey", {"passkey": late}).status_code == 422


def test_a_passkey_of_somebody_disabled_signs_nobody_in(cast, key):
    disable_user(actor=cast.olga, user=cast.lia)
    client = Client()
    assert client.post("/sign-in/passkey", {"passkey": key.sign(challenge(client))}).status_code == 422
    assert not is_in(client)


def test_a_passkey_that_names_another_account_signs_nobody_in(cast, key):
    key.user = cast.olga
    client = Client()
    assert client.post("/sign-in/passkey", {"passkey": key.sign(challenge(client))}).status_code == 422
    assert not is_in(client)


@pytest.mark.parametrize(
    "assertion", ["", "x", "{}", '{"response":{"userHandle":"AA"}}', "\x00", "[" * 9_000]
)
def test_what_no_passkey_made_signs_nobody_in_and_is_no_fault(cast, assertion):
    client = Client()
    challenge(client)
    assert client.post("/sign-in/passkey", {"passkey": assertion}).status_code == 422


def test_the_challenge_does_not_tell_who_has_passkeys(cast, key):
    assert Client().post("/sign-in/passkey/challenge").json()["publicKey"]["allowCredentials"] == []


# --- The page Security ----------------------------------------------------------------------------------------


@pytest.fixture
def browser(cast):
    client = Client()
    client.force_login(cast.lia)
    return client


def test_the_app_is_enrolled_on_the_page_and_codes_are_shown_once(cast, browser, noon):
    from tests.accounts.devices import App

    page = browser.get("/security/totp").content.decode()
    box = re.search(r'name="box" value="([^"]+)"', page).group(1)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page).group(1)
    answers = {"box": box, "new_code": App(secret).code(), "password": PASSWORD}
    shown = browser.post("/security/totp", answers).content.decode()
    codes = re.findall(r"<li><code>(\d{8})</code>", shown)
    assert len(codes) == 10
    assert not any(code in browser.get("/security").content.decode() for code in codes)


def test_a_wrong_code_keeps_the_secret_that_was_scanned(cast, browser, noon):
    page = browser.get("/security/totp").content.decode()
    box = re.search(r'name="box" value="([^"]+)"', page).group(1)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page).group(1)
    answer = browser.post("/security/totp", {"box": box, "new_code": "000000", "password": PASSWORD})
    assert answer.status_code == 422
    assert secret in answer.content.decode()


def test_own_password_is_changed_on_the_page_and_other_sessions_end(cast, browser):
    other = Client()
    other.force_login(cast.lia)
    answers = {"new_password": "a better long one", "again": "a better long one", "password": PASSWORD}
    assert browser.post("/security/password", answers).status_code == 303
    assert is_in(browser)
    assert not is_in(other)


def test_new_passwords_that_differ_change_nothing(cast, browser):
    answers = {"new_password": "a better long one", "again": "another long one", "password": PASSWORD}
    assert browser.post("/security/password", answers).status_code == 422
    assert User.objects.get(pk=cast.lia.pk).check_password(PASSWORD)


def test_a_reset_ends_the_sessions_and_is_told_on_the_page(cast, browser):
    reset_password(actor=cast.olga, user=cast.lia, password="given by an administrator")
    assert not is_in(browser)
    browser.force_login(User.objects.get(pk=cast.lia.pk))
    assert "You cannot sign now" in browser.get("/security").content.decode()


@pytest.mark.parametrize("page", ["name", "remove"])
def test_a_factor_of_somebody_else_is_not_found(cast, key, page):
    client = Client()
    client.force_login(cast.ada)
    row = proofs.factors_of(cast.lia).get(type="webauthn")
    assert client.get(f"/security/factors/{row.pk}/{page}").status_code == 404
    assert client.post(f"/security/factors/{10**30}/{page}").status_code == 404


@pytest.mark.parametrize(
    "asked", [{}, {"digest": "x", "meaning": "y:z"}, {"digest": "a" * 64, "meaning": "É"}]
)
def test_a_challenge_for_nothing_shown_is_refused(cast, browser, asked):
    assert browser.post("/security/signing-challenge", asked).status_code == 422


def test_a_passkey_is_removed_with_the_passkey_itself(cast, key, browser):
    row = proofs.factors_of(cast.lia).get(type="webauthn")
    url = f"/security/factors/{row.pk}/remove"
    page = browser.get(url).content.decode()
    asked = {name: re.search(rf'data-{name}="([^"]+)"', page).group(1) for name in ("digest", "meaning")}
    nonce = browser.post("/security/signing-challenge", asked).json()["publicKey"]["challenge"]
    answer = browser.post(url, {"passkey": key.sign(nonce), "challenge": nonce})
    assert answer.status_code == 303
    assert not proofs.factors_of(cast.lia).exists()


def test_a_copy_of_a_passkey_does_not_get_by_once_the_original_has_signed_again(cast, key):
    copy = Key()
    copy.id, copy.secret, copy.user, copy.count = key.id, key.secret, key.user, key.count
    assert by_passkey(key).status_code == 302
    assert by_passkey(key).status_code == 302
    assert by_passkey(copy).status_code == 422
    assert by_passkey(key).status_code == 302


def test_a_passkey_that_counts_nothing_signs_in_again_and_again(cast, key):
    key.is_counting = False
    assert [by_passkey(key).status_code for _ in range(3)] == [302] * 3


def test_a_passkey_that_has_counted_cannot_stop_counting(cast, key):
    assert by_passkey(key).status_code == 302
    key.count, key.is_counting = 0, False
    assert by_passkey(key).status_code == 422


def by_passkey(key):
    client = Client()
    return client.post("/sign-in/passkey", {"passkey": key.sign(challenge(client))})
