"""Guessing is stopped by name, by address and in a row, for every process alike, and says nothing to who guesses."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory, override_settings

from accounts import failures, lockout, stepup
from accounts.models import FailureCount
from accounts.origin import counted_address, network_of
from accounts.proofs import Proof, ProofRefused, note_wrong
from accounts.selectors import the_installation
from accounts.services import grant_role
from audit.models import Entry
from mrm.lib.errors import Conflict, NotAllowed, TooManyTries
from mrm.settings import governance
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
BEGUN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
OFFICE, HOME = "203.0.113.5", "198.51.100.7"
WRONG = "wrong"


def at(**later):
    return time_machine.travel(BEGUN + dt.timedelta(**later), tick=False)


def sign_in(username, password=WRONG, address=OFFICE):
    return Client().post("/sign-in", {"username": username, "password": password}, REMOTE_ADDR=address)


def lock(username, address=OFFICE):
    return [sign_in(username, address=address).status_code for _ in range(governance.FAILURES_OF_A_NAME)]


def begun():
    return Entry.objects.filter(event="lockout:begun")


def test_the_fifth_wrong_password_locks_the_name_for_every_address(cast):
    assert lock("dana") == [422, 422, 422, 422, 429]
    assert sign_in("dana", PASSWORD, HOME).status_code == 429
    assert sign_in("ada", PASSWORD, HOME).status_code == 302


def test_a_lockout_says_when_to_come_back_and_ends_by_itself(cast):
    with at():
        lock("dana")
    with at(minutes=5):
        answer = sign_in("dana", PASSWORD)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "601")
        assert "Try again in 11 minutes" in answer.content.decode()
    with at(minutes=15):
        assert sign_in("dana", PASSWORD).status_code == 302


def test_trying_on_during_a_lockout_does_not_make_it_longer(cast):
    with at():
        lock("dana")
    with at(minutes=14):
        assert sign_in("dana").status_code == 429
    with at(minutes=15):
        assert sign_in("dana", PASSWORD).status_code == 302


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(cast):
    with at():
        real = [sign_in("dana") for _ in range(6)]
        made_up = [sign_in("nobody-here", address=HOME) for _ in range(6)]
    told = [[(each.status_code, _words(each)) for each in group] for group in (real, made_up)]
    assert told[0] == told[1]


def _words(answer):
    from tests.pages.reading import text

    return text(answer).partition("Reference")[0]


@pytest.mark.control("security:spraying")
def test_one_password_over_many_names_from_one_address_is_stopped(cast):
    answers = [sign_in(f"person{number}").status_code for number in range(governance.FAILURES_OF_AN_ADDRESS)]
    assert answers == [422] * (governance.FAILURES_OF_AN_ADDRESS - 1) + [429]
    assert sign_in("ada", PASSWORD).status_code == 429
    assert sign_in("ada", PASSWORD, HOME).status_code == 302


def test_a_good_account_beside_it_does_not_pay_for_spraying(cast):
    for number in range(governance.FAILURES_OF_AN_ADDRESS - 1):
        sign_in(f"person{number}")
        assert sign_in("dana", PASSWORD).status_code == 302
    assert sign_in("ada").status_code == 429


@pytest.mark.control("security:spraying")
def test_slow_guessing_over_many_addresses_on_one_name_ends_after_a_hundred(cast):
    for number in range(governance.FAILURES_IN_A_ROW):
        with at(minutes=16 * number):
            assert sign_in("dana", address=f"198.51.100.{number}").status_code in (422, 429)
    with at(days=20):
        assert sign_in("dana", PASSWORD, HOME).status_code == 429
        assert lockout.standing_of(cast.dana).is_for_good
        lockout.lift_lockout(actor=cast.olga, user=cast.dana)
        assert sign_in("dana", PASSWORD, HOME).status_code == 302


def test_getting_in_begins_the_row_anew(cast):
    for _ in range(4):
        sign_in("dana")
    assert sign_in("dana", PASSWORD).status_code == 302
    assert lock("dana")[:4] == [422] * 4


def test_a_lockout_is_one_entry_and_names_the_account_not_the_address(cast):
    lock("dana")
    for _ in range(5):
        sign_in("dana")
    entry = begun().get()
    assert (entry.subject_type, entry.subject_id) == ("user", str(cast.dana.pk))
    assert OFFICE.encode() not in bytes(entry.body)


def test_the_next_lockout_is_an_entry_again(cast):
    with at():
        lock("dana")
    with at(minutes=16):
        lock("dana")
    assert begun().count() == 2


def test_what_was_tried_is_kept_nowhere(cast):
    lock("my-password-in-the-wrong-field")
    kept = f"{list(AccessAttempt.objects.values())}{list(FailureCount.objects.values())}"
    kept += "".join(bytes(entry.body).decode() for entry in Entry.objects.all())
    assert "wrong-field" not in kept
    assert "post_data': ''" in kept


@pytest.mark.parametrize("username", ["", "x" * 5_000, "dana\x00", "\ud800", "' OR 1=1 --", "Ünïcödé"])
def test_hostile_names_are_counted_and_answered(cast, username):
    sent = {"username": username.encode("utf-8", "surrogatepass"), "password": "wrong"}
    assert Client().post("/sign-in", sent).status_code in (422, 400, 413)


def _sign(cast, password):
    asked = {"actor": cast.ada, "digest": "a" * 64, "meaning": "signoff:approve"}
    stepup.confirm(**asked, nonce=stepup.open_challenge(**asked), proof=Proof(password))


def test_wrong_passwords_of_a_signature_count_and_stop_signing_and_signing_in(cast):
    for _ in range(governance.FAILURES_OF_A_NAME):
        with pytest.raises(ProofRefused) as refused:
            _sign(cast, "wrong")
        note_wrong(refused.value.actor)
    with pytest.raises(NotAllowed, match="Too many wrong"):
        _sign(cast, PASSWORD)
    assert sign_in("ada", PASSWORD, HOME).status_code == 429


def test_wrong_passwords_at_the_sign_in_stop_signing_and_a_lift_ends_both(cast):
    lock("ada")
    with pytest.raises(TooManyTries):
        _sign(cast, PASSWORD)
    lockout.lift_lockout(actor=cast.olga, user=cast.ada)
    _sign(cast, PASSWORD)


def test_lifting_is_for_an_administrator_who_is_another_person(cast):
    grant_role(actor=the_installation(), user=cast.quinn, role="administrator")
    lock("olga")
    for nobody in (cast.olga, cast.victor):
        with pytest.raises(NotAllowed):
            lockout.lift_lockout(actor=nobody, user=cast.olga)
    lockout.lift_lockout(actor=cast.quinn, user=cast.olga)
    assert Entry.objects.last().event == "lockout:lifted"
    assert sign_in("olga", PASSWORD).status_code == 302
    with pytest.raises(Conflict):
        lockout.lift_lockout(actor=cast.quinn, user=cast.olga)


def test_the_last_administrator_is_let_in_from_the_command_line(cast):
    lock("olga")
    call_command("lift_lockout", "olga", stdout=StringIO())
    assert sign_in("olga", PASSWORD).status_code == 302
    with pytest.raises(CommandError, match="not locked out"):
        call_command("lift_lockout", "olga")


def test_lifting_a_name_does_not_free_the_address_that_guessed(cast):
    for number in range(governance.FAILURES_OF_AN_ADDRESS - governance.FAILURES_OF_A_NAME):
        sign_in(f"person{number}")
    lock("dana")
    lockout.lift_lockout(actor=cast.olga, user=cast.dana)
    assert sign_in("dana", PASSWORD).status_code == 429
    assert sign_in("dana", PASSWORD, HOME).status_code == 302


def test_tokens_that_do_not_count_are_throttled_by_address(cast, client_of):
    good, guesser = client_of(cast.dana), Client(headers={"Authorization": "Bearer mrm_guess"})
    with at():
        answers = [guesser.get("/api/v1/me").status_code for _ in range(governance.WRONG_TOKENS_A_MINUTE + 1)]
        blocked = guesser.get("/api/v1/me")
    assert answers == [401] * governance.WRONG_TOKENS_A_MINUTE + [429]
    assert (blocked.headers["Retry-After"], blocked.json()["status"]) == ("61", 429)
    assert good.get("/api/v1/me").status_code == 200
    with at(seconds=61):
        assert guesser.get("/api/v1/me").status_code == 401


def test_a_score_is_throttled_alike(cast):
    guesser = Client(headers={"Authorization": "Bearer mrm_guess"})
    for _ in range(governance.WRONG_TOKENS_A_MINUTE):
        failures.count_wrong_token("127.0.0.1")
    answer = guesser.post("/api/v1/models/card-limit/score", {}, content_type="application/json")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


@pytest.mark.parametrize(
    ("behind", "forwarded", "counted"),
    [
        (False, "198.51.100.7", "203.0.113.5"),
        (True, "10.9.9.9, 198.51.100.7", "198.51.100.7"),
        (True, "", "203.0.113.5"),
        (True, "not an address", None),
        (True, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (True, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_a_forwarded_address_counts_only_behind_our_own_proxy(behind, forwarded, counted):
    with override_settings(MRM_BEHIND_PROXY=behind):
        request = RequestFactory().get("/", REMOTE_ADDR=OFFICE, HTTP_X_FORWARDED_FOR=forwarded)
        assert counted_address(request) == counted


def test_a_network_is_shown_and_no_address():
    assert network_of(RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")) == "2001:db8:1::/48"
    assert network_of(RequestFactory().get("/", REMOTE_ADDR="")) == ""
