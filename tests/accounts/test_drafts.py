"""A form that is sent after its sign-in ran out is lost to nobody but others: shown filled after signing in again."""

from __future__ import annotations

import datetime as dt
import re
from importlib import import_module

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import drafts, sessions
from accounts.models import Draft
from accounts.pages import PageForm
from accounts.selectors import the_installation
from accounts.session_store import digest_of
from registry.models import RiskModel
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
BEGUN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
URL = "/invitations/new"
SENT = {"name": "Nora Nunes", "username": "nora", "language": "pt-br", "mail": ""}


def at(**later):
    return time_machine.travel(BEGUN + dt.timedelta(**later), tick=False)


@pytest.fixture
def olga(cast):
    """Olga's browser, signed in at nine."""
    browser = Client()
    with at():
        browser.force_login(cast.olga)
    return browser


def sign_in(browser, username, to="/"):
    return browser.post("/sign-in", {"username": username, "password": PASSWORD, "next": to})


def idle_post(browser, url=URL, sent=SENT, **headers):
    with at(minutes=20):
        return browser.post(url, sent, **headers)


def test_what_was_sent_after_the_limit_is_shown_again_after_signing_in(olga):
    answer = idle_post(olga)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=%2Finvitations%2Fnew")
    with at(minutes=21):
        assert "kept for you alone" in olga.get(answer.headers["Location"]).content.decode()
        assert sign_in(olga, "olga", URL).headers["Location"] == URL
        page = olga.get(URL).content.decode()
    assert 'value="Nora Nunes"' in page
    assert '<option value="pt-br" selected>' in page
    assert "nothing of it has happened" in page
    assert "field-error" not in page


def test_nothing_of_it_was_done(olga):
    idle_post(olga)
    from accounts.models import Invitation

    assert not Invitation.objects.exists()


def test_it_is_shown_once(olga):
    idle_post(olga)
    with at(minutes=21):
        sign_in(olga, "olga")
        olga.get(URL)
        assert "Nora Nunes" not in olga.get(URL).content.decode()
    assert not Draft.objects.exists()


def test_sending_the_form_again_forgets_what_was_kept(olga):
    idle_post(olga)
    with at(minutes=21):
        sign_in(olga, "olga")
        assert olga.post(URL, SENT).status_code == 201
    assert not Draft.objects.exists()


def test_another_person_on_the_same_browser_never_sees_it(cast, olga):
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=cast.quinn, role="administrator")
    idle_post(olga)
    with at(minutes=21):
        sign_in(olga, "quinn")
        assert "Nora" not in olga.get(URL).content.decode()
        olga.post("/sign-out")
        sign_in(olga, "olga")
        assert "Nora" in olga.get(URL).content.decode()


def test_its_owner_finds_it_in_another_browser_too(olga):
    idle_post(olga)
    with at(minutes=21):
        elsewhere = Client()
        sign_in(elsewhere, "olga")
        assert "Nora Nunes" in elsewhere.get(URL).content.decode()


def test_a_page_that_was_asked_first_does_not_lose_the_form_in_the_other_tab(olga):
    with at(minutes=20):
        olga.get("/people")
        olga.get("/people", headers={"HX-Request": "true"})
    assert idle_post(olga).headers["Location"].startswith("/sign-in?next=%2Finvitations")
    assert Draft.objects.count() == 1


def test_it_is_kept_sealed_and_for_one_place(cast, olga):
    idle_post(olga)
    row = Draft.objects.get()
    assert b"Nora" not in bytes(row.sealed)
    assert (row.user, row.path, row.expires_at) == (
        cast.olga,
        URL,
        BEGUN + dt.timedelta(hours=24, minutes=20),
    )
    Draft.objects.all().delete()
    Draft(
        user=cast.olga, path="/other", sealed=row.sealed, kept_at=row.kept_at, expires_at=row.expires_at
    ).save()
    from mrm.lib.errors import Unavailable

    with at(minutes=21), pytest.raises(Unavailable):
        drafts.take(user=cast.olga, path="/other")


@pytest.mark.parametrize(
    "name", ["password", "new-password", "code", "passkey", "csrfmiddlewaretoken", "api_token"]
)
def test_what_proves_who_one_is_is_never_kept(cast, olga, name):
    idle_post(olga, sent=SENT | {name: "very secret"})
    with at(minutes=21):
        assert name not in drafts.take(user=cast.olga, path=URL)


def test_a_day_later_it_is_gone(olga):
    idle_post(olga)
    with at(hours=25):
        sign_in(olga, "olga")
        assert "Nora" not in olga.get(URL).content.decode()
    assert not Draft.objects.exists()


def test_too_much_is_not_kept_and_the_page_does_not_say_it_was(olga):
    answer = idle_post(olga, sent=SENT | {"name": "x" * 70_000})
    with at(minutes=20):
        assert "was not done" in olga.get(answer.headers["Location"]).content.decode()
    assert not Draft.objects.exists()


def test_the_newest_few_are_kept(cast, olga):
    for number in range(8):
        with at(minutes=20, seconds=number):
            olga.post(f"{URL}?n={number}", SENT)
    assert {row.path for row in Draft.objects.all()} == {f"{URL}?n={number}" for number in range(3, 8)}


def test_after_twelve_hours_of_work_the_form_is_kept_as_well(cast):
    browser = Client()
    with at():
        browser.force_login(cast.dana)
    with at(hours=12, minutes=5):
        browser.post(reverse("model-propose"), {"slug": "cards", "name": "Cards"})
        sign_in(browser, "dana")
        assert 'value="Cards"' in browser.get(Draft.objects.get().path).content.decode()
    assert not RiskModel.objects.exists()


@pytest.mark.parametrize("way", ["signed out", "ended", "disabled"])
def test_a_sign_in_that_was_ended_by_an_act_keeps_nothing(cast, olga, way):
    from accounts.services import disable_user

    if way == "signed out":
        with at(minutes=1):
            olga.post("/sign-out")
    elif way == "ended":
        sessions.end_all_sessions(actor=cast.olga, user=cast.olga)
    else:
        disable_user(actor=cast.olga, user=cast.olga)
    idle_post(olga)
    assert not Draft.objects.exists()


def test_somebody_disabled_since_the_limit_keeps_nothing(cast, olga):
    from accounts.services import disable_user, grant_role

    grant_role(actor=the_installation(), user=cast.quinn, role="administrator")
    with at(minutes=20):
        olga.get("/people")
    disable_user(actor=cast.quinn, user=cast.olga)
    idle_post(olga)
    assert not Draft.objects.exists()


def test_a_form_without_its_token_is_refused_and_not_kept(cast):
    browser = Client(enforce_csrf_checks=True)
    with at():
        browser.force_login(cast.olga)
    assert idle_post(browser).status_code == 403
    assert not Draft.objects.exists()


def test_what_a_script_asks_for_is_nothing_to_come_back_to(olga):
    sent = {"digest": "a" * 64, "meaning": "signoff:approve"}
    idle_post(olga, "/security/signing-challenge", sent, headers={"Sec-Fetch-Mode": "cors"})
    assert not Draft.objects.exists()


def test_an_act_is_led_back_to_the_page_its_button_stood_on(olga):
    headers = {"headers": {"Referer": "http://testserver/sessions"}}
    answer = idle_post(olga, "/sessions/others/end", {}, **headers)
    assert answer.headers["Location"] == "/sign-in?next=%2Fsessions"
    stranger = {"headers": {"Referer": "https://evil.example/sessions"}}
    assert "evil" not in idle_post(olga, "/sessions/others/end", {}, **stranger).headers["Location"]


def test_the_browser_that_is_remembered_signs_nobody_in(cast, olga):
    with at(minutes=20):
        olga.get("/people")
        assert olga.get("/people").status_code == 302
        key = olga.cookies[settings.SESSION_COOKIE_NAME].value
        assert olga.get("/tokens").status_code == 302
    from accounts.models import Session

    assert Session.objects.get(pk=digest_of(key)).user is None


def filled_forms():
    """Every class that a page fills with what a browser sent or what was kept of it, by the module that does."""
    for path in sorted(settings.BASE_DIR.glob("[a-z]*/**/*.py")):
        if path.parts[len(settings.BASE_DIR.parts)] == "tests" or ".venv" in path.parts:
            continue
        for name in re.findall(r"(\w+)\(\s*(?:filled|kept)\(request\b", path.read_text()):
            yield ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts), name


def test_every_form_that_a_page_fills_shows_what_was_kept_without_judging_it():
    found = set(filled_forms())
    assert len(found) > 30
    forms = {f"{module}.{name}": getattr(import_module(module), name) for module, name in found}
    assert [where for where, form in forms.items() if not issubclass(form, PageForm)] == []
