"""A sign-in holds for a while, ends when it lies unused, and is ended by its owner or an administrator."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import services, sessions
from accounts.models import Session, User
from accounts.selectors import the_installation
from accounts.session_store import SessionStore, digest_of
from audit.models import Entry
from mrm.lib.errors import Conflict, NotAllowed, NotFound
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
BEGUN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def at(**later):
    return time_machine.travel(BEGUN + dt.timedelta(**later), tick=False)


def key_of(browser):
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def signed_in(browser_of):
    """A browser that somebody signed in with at nine."""

    def enter(user):
        with at():
            return browser_of(user)

    return enter


@pytest.mark.parametrize(
    ("who", "minutes", "status"),
    [("ada", 14, 200), ("ada", 15, 302), ("olga", 15, 302), ("dana", 15, 200), ("dana", 719, 200)],
)
def test_who_may_sign_or_manage_people_is_asked_again_after_a_quarter_of_an_hour(
    cast, signed_in, who, minutes, status
):
    browser = signed_in(getattr(cast, who))
    with at(minutes=minutes):
        assert browser.get("/").status_code == status


def test_being_there_keeps_a_sign_in_for_twelve_hours_and_no_longer(cast, signed_in):
    browser = signed_in(cast.ada)
    for minutes in range(10, 720, 10):
        with at(minutes=minutes):
            assert browser.get("/").status_code == 200
    with at(minutes=720):
        assert browser.get("/").status_code == 302


def test_a_role_that_was_given_meanwhile_shortens_the_limit_at_once(cast, signed_in):
    browser = signed_in(cast.dana)
    services.grant_role(actor=the_installation(), user=cast.dana, role="approver", model_slug="other")
    with at(minutes=16):
        assert browser.get("/").status_code == 302


def test_what_a_page_asks_for_by_itself_is_no_sign_of_a_person(cast, signed_in):
    browser = signed_in(cast.ada)
    for minutes in (5, 10):
        with at(minutes=minutes):
            assert browser.get("/", headers={"HX-Request": "true"}).status_code == 200
    with at(minutes=15):
        answer = browser.get("/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_being_seen_is_written_at_most_once_a_minute(cast, signed_in, django_assert_num_queries):
    browser = signed_in(cast.dana)
    with at(seconds=59):
        browser.get("/tokens")
    assert Session.objects.get().seen_at == BEGUN
    with at(seconds=61):
        browser.get("/tokens")
    assert Session.objects.get().seen_at == BEGUN + dt.timedelta(seconds=61)


def test_the_page_one_wanted_is_where_one_is_led_back_to(cast, signed_in):
    browser = signed_in(cast.ada)
    with at(minutes=20):
        answer = browser.get("/findings?state=open")
        assert answer.headers["Location"] == "/sign-in?next=/findings%3Fstate%3Dopen"
        assert "nobody was here for 15 minutes" in browser.get(answer.headers["Location"]).content.decode()


def test_the_table_holds_no_key_that_would_sign_anybody_in(cast, browser_of):
    key = key_of(browser_of(cast.dana))
    row = Session.objects.get(user=cast.dana)
    assert row.session_key == digest_of(key)
    assert key not in repr(Session.objects.values().get())
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert thief.get("/tokens").status_code == 302


def test_signing_in_changes_the_key_and_the_one_planted_before_opens_nothing(cast):
    planted = SessionStore()
    planted["anything"] = 1
    planted.create()
    victim = Client()
    victim.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    victim.post("/sign-in", {"username": "dana", "password": PASSWORD})
    assert key_of(victim) != planted.session_key
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert attacker.get("/tokens").status_code == 302


def test_signing_in_once_more_changes_the_key_too(cast):
    browser = Client()
    browser.post("/sign-in", {"username": "dana", "password": PASSWORD})
    first = key_of(browser)
    browser.post("/sign-in", {"username": "dana", "password": PASSWORD})
    assert key_of(browser) != first
    assert Session.objects.filter(user=cast.dana).count() == 1


def test_the_list_says_browser_and_network_and_not_the_address(cast):
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"})
    sent = {"username": "dana", "password": PASSWORD}
    browser.post("/sign-in", sent, REMOTE_ADDR="203.0.113.77")
    page = browser.get("/sessions").content.decode()
    assert "Firefox, Linux" in page
    assert "203.0.113.0/24" in page
    assert "203.0.113.77" not in page
    assert "This browser" in page


def test_what_has_run_out_is_listed_no_more(cast, signed_in):
    signed_in(cast.ada)
    with at(minutes=20):
        assert not sessions.sessions_of(actor=cast.ada, user=cast.ada).exists()


def test_one_ends_one_of_ones_sessions(cast, browser_of):
    here, left_behind = browser_of(cast.dana), browser_of(cast.dana)
    answer = here.post(f"/sessions/{digest_of(key_of(left_behind))}/end")
    assert answer.status_code == 303
    assert left_behind.get("/tokens").status_code == 302
    assert here.get("/tokens").status_code == 200
    assert Entry.objects.last().event == "session:ended"


def test_one_ends_all_others(cast, browser_of):
    here, others = browser_of(cast.dana), [browser_of(cast.dana) for _ in range(2)]
    assert here.post("/sessions/others/end").status_code == 303
    assert [each.get("/tokens").status_code for each in (here, *others)] == [200, 302, 302]


def test_the_session_of_somebody_else_does_not_exist(cast, browser_of):
    hers = browser_of(cast.ada)
    entries = Entry.objects.count()
    assert browser_of(cast.dana).post(f"/sessions/{digest_of(key_of(hers))}/end").status_code == 404
    assert hers.get("/tokens").status_code == 200
    assert Entry.objects.count() == entries
    with pytest.raises(NotFound):
        sessions.end_session(actor=cast.dana, session=Session.objects.get(user=cast.ada))


def test_an_administrator_signs_somebody_out_everywhere_and_nobody_else_does(cast, browser_of):
    browser = browser_of(cast.dana)
    with pytest.raises(NotAllowed):
        sessions.end_all_sessions(actor=cast.victor, user=cast.dana)
    assert sessions.end_all_sessions(actor=cast.olga, user=cast.dana) == 1
    assert browser.get("/tokens").status_code == 302
    assert (Entry.objects.last().actor_name, Entry.objects.last().event) == ("Olga Ortiz", "session:ended")


def test_a_disabled_users_sessions_end_at_once_and_do_not_come_back(cast, browser_of):
    browser = browser_of(cast.dana)
    services.disable_user(actor=cast.olga, user=cast.dana)
    assert not Session.objects.filter(user=cast.dana).exists()
    services.enable_user(actor=cast.olga, user=cast.dana)
    assert browser.get("/tokens").status_code == 302


def test_disabling_ends_sessions_and_tokens_or_nothing(cast, browser_of, monkeypatch):
    browser = browser_of(cast.dana)
    services.issue_token(actor=cast.dana, name="t", days=1, scopes=[])

    def broken(**_):
        raise RuntimeError("The ledger does not answer.")

    monkeypatch.setattr(services, "record", broken)
    with pytest.raises(RuntimeError):
        services.disable_user(actor=cast.olga, user=cast.dana)
    assert browser.get("/tokens").status_code == 200
    assert cast.dana.tokens.get().revoked_at is None


def test_enabling_is_for_an_administrator_who_is_another_person(cast):
    again = User(username="dana2", person=cast.dana.person)
    again.set_unusable_password()
    again.save(force_insert=True)
    services.grant_role(actor=the_installation(), user=again, role="administrator")
    services.disable_user(actor=cast.olga, user=cast.dana)
    for nobody in (again, cast.victor):
        with pytest.raises(NotAllowed):
            services.enable_user(actor=nobody, user=cast.dana)
    services.enable_user(actor=cast.olga, user=cast.dana)
    assert Entry.objects.last().event == "user:enabled"
    with pytest.raises(Conflict):
        services.enable_user(actor=cast.olga, user=cast.dana)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_user SET is_active = '0' WHERE username = 'dana'",
        "UPDATE accounts_session SET user_id = (SELECT id FROM accounts_user WHERE username = 'ada')",
    ],
)
def test_the_database_refuses(cast, browser_of, statement):
    browser_of(cast.dana)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_changed_password_ends_every_other_session(cast, browser_of):
    browser = browser_of(cast.dana)
    cast.dana.set_password("quite another password")
    cast.dana.save()
    assert browser.get("/tokens").status_code == 302


def test_whoever_changes_their_password_goes_on_here_and_ends_everywhere_else(cast, browser_of):
    here, elsewhere = browser_of(cast.dana), browser_of(cast.dana)
    begun = Session.objects.get(pk=digest_of(key_of(here))).started_at
    chosen, before = "quite another password", key_of(here)
    sent = {"new_password": chosen, "again": chosen, "password": PASSWORD}
    assert here.post("/security/password", sent).status_code == 303
    assert [each.get("/tokens").status_code for each in (here, elsewhere)] == [200, 302]
    row = Session.objects.get(user=cast.dana)
    assert (row.pk, row.started_at) == (digest_of(key_of(here)), begun)
    assert key_of(here) != before


def test_the_cookie_has_no_date_and_is_not_for_scripts(cast):
    browser = Client()
    browser.post("/sign-in", {"username": "dana", "password": PASSWORD})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"], cookie["samesite"]) == (
        "",
        "",
        True,
        "Lax",
    )
