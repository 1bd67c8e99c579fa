"""Administration of people: for administrators alone, who hold no right of governance by it."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from accounts import failures, services
from accounts.models import Person, Session, User
from audit.models import Entry
from mrm.settings import governance
from tests.cast import PASSWORD
from tests.pages.reading import links, main, text

ACTS = ("disable", "enable", "sign-out", "lockout", "password", "factors")
ADDRESSES = (
    "/people",
    "/people/{0}",
    "/invitations",
    "/invitations/new",
    *(f"/people/{{0}}/{act}" for act in ACTS),
)


def page_of(browser, user):
    return browser.get(f"/people/{user.pk}")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("who", ["dana", "victor", "ada", "otto", "quinn", "root"])
def test_nobody_else_sees_or_does_anything_here(cast, browser_of, who, address):
    browser = browser_of(getattr(cast, who))
    assert browser.get(address.format(cast.lia.pk)).status_code == 403
    if address.count("/") > 2:
        assert browser.post(address.format(cast.lia.pk)).status_code == 403
    cast.lia.refresh_from_db()
    assert cast.lia.is_active


def test_everybody_is_listed_with_roles_but_not_the_installation(cast, browser_of):
    words = text(browser_of(cast.olga).get("/people"))
    assert "Dana Duarte dana Enabled developer" in words
    assert "Countersign countersign" not in words


@pytest.mark.parametrize(
    ("search", "found"),
    [("duar", {"dana"}), ("AMIR", {"amir"}), ("%", set()), ("' OR 1=1", set()), ("x" * 100, set())],
)
def test_people_are_found_by_a_part_of_a_name(cast, browser_of, search, found):
    page = browser_of(cast.olga).get("/people", {"search": search})
    listed = {user.username for user in User.objects.all() if f"/people/{user.pk}" in links(page)}
    assert listed == found


def test_the_list_comes_in_pages(cast, browser_of):
    for number in range(60):
        person = Person(name=f"Person {number:02}")
        person.save()
        User(username=f"p{number}", person=person, password="!").save()
    browser, seen, url = browser_of(cast.olga), [], "/people"
    while url:
        page = browser.get(url)
        seen += re.findall(r'<th scope="row"><a href="/people/[^"]+">([^<]+)', main(page))
        url = next((link for link in links(page) if "after=" in link), "")
    assert len(seen) == len(set(seen)) == 69
    assert seen == sorted(seen)


def test_the_list_asks_the_database_the_same_for_many_as_for_few(
    cast, browser_of, django_assert_max_num_queries
):
    browser = browser_of(cast.olga)
    with django_assert_max_num_queries(12):
        browser.get("/people")


@pytest.mark.parametrize("query", ["after=x", f"after={uuid.UUID(int=0)}", "search=" + "x" * 101])
def test_an_address_that_no_page_gave_is_malformed(cast, browser_of, query):
    assert browser_of(cast.olga).get(f"/people?{query}").status_code == 400


def test_a_person_is_shown_with_roles_sessions_and_tokens(cast, browser_of):
    browser_of(cast.dana)
    services.issue_token(actor=cast.dana, name="notebook", days=1, scopes=[])
    words = text(page_of(browser_of(cast.olga), cast.dana))
    for said in (
        "Account dana",
        "developer",
        "from Countersign",
        "notebook",
        "Signed in",
        "Sign out everywhere",
    ):
        assert said in words


def test_no_key_of_a_session_stands_on_the_page(cast, browser_of):
    browser = browser_of(cast.dana)
    page = page_of(browser_of(cast.olga), cast.dana).content.decode()
    assert browser.session.session_key not in page
    assert Session.objects.get(user=cast.dana).session_key not in page


def test_disabling_is_asked_about_and_then_done(cast, browser_of):
    browser = browser_of(cast.olga)
    assert "signed out everywhere" in text(browser.get(f"/people/{cast.dana.pk}/disable"))
    cast.dana.refresh_from_db()
    assert cast.dana.is_active
    answer = browser.post(f"/people/{cast.dana.pk}/disable")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/people/{cast.dana.pk}")
    assert "Disabled" in text(page_of(browser, cast.dana))
    assert browser.post(f"/people/{cast.dana.pk}/disable").status_code == 409


def test_a_disabled_account_is_enabled_again_and_signs_in(cast, browser_of):
    services.disable_user(actor=cast.olga, user=cast.dana)
    browser = browser_of(cast.olga)
    assert f"/people/{cast.dana.pk}/enable" in links(page_of(browser, cast.dana))
    assert browser.post(f"/people/{cast.dana.pk}/enable").status_code == 303
    assert Client().post("/sign-in", {"username": "dana", "password": PASSWORD}).status_code == 302


def test_somebody_is_signed_out_everywhere(cast, browser_of):
    hers = browser_of(cast.dana)
    assert browser_of(cast.olga).post(f"/people/{cast.dana.pk}/sign-out").status_code == 303
    assert hers.get("/tokens").status_code == 302


def test_a_lockout_is_seen_and_lifted(cast, browser_of):
    browser = browser_of(cast.olga)
    assert f"/people/{cast.dana.pk}/lockout" not in links(page_of(browser, cast.dana))
    for _ in range(governance.FAILURES_OF_A_NAME):
        failures.count("dana", None)
    page = page_of(browser, cast.dana)
    assert "Locked out until" in text(page)
    assert f"/people/{cast.dana.pk}/lockout" in links(page)
    assert browser.post(f"/people/{cast.dana.pk}/lockout").status_code == 303
    assert "Locked out" not in text(page_of(browser, cast.dana))


def test_a_reset_password_lets_in_and_blocks_signing(cast, browser_of):
    browser, chosen = browser_of(cast.olga), "given over the telephone"
    sent = {"password": chosen, "again": chosen}
    assert browser.post(f"/people/{cast.ada.pk}/password", sent).status_code == 303
    assert Client().post("/sign-in", {"username": "ada", "password": chosen}).status_code == 302
    assert "until they have chosen a password" in text(page_of(browser, cast.ada))
    assert chosen not in browser.get(f"/people/{cast.ada.pk}").content.decode()


def test_a_reset_ends_every_session_of_its_owner(cast, browser_of):
    hers, chosen = browser_of(cast.ada), "given over the telephone"
    browser_of(cast.olga).post(f"/people/{cast.ada.pk}/password", {"password": chosen, "again": chosen})
    assert hers.get("/tokens").status_code == 302
    assert not Session.objects.filter(user=cast.ada).exists()


@pytest.mark.parametrize("act", ["enable", "lockout", "password", "factors"])
def test_what_needs_another_administrator_is_neither_offered_nor_done(cast, browser_of, act):
    browser, url = browser_of(cast.olga), f"/people/{cast.olga.pk}/{act}"
    assert url not in links(page_of(browser, cast.olga))
    before = Entry.objects.count()
    assert browser.post(url, {"password": PASSWORD + "!", "again": PASSWORD + "!"}).status_code in (403, 409)
    assert Entry.objects.filter(event="access:refused").count() == 0
    assert Entry.objects.count() == before


@pytest.mark.parametrize("act", ["", *(f"/{act}" for act in ACTS)])
def test_nobody_and_the_installation_are_no_people(cast, browser_of, act):
    from accounts.selectors import the_installation

    for nobody in (uuid.UUID(int=0), the_installation().pk):
        assert browser_of(cast.olga).get(f"/people/{nobody}{act}").status_code == 404


def test_hostile_names_are_shown_as_words(cast, browser_of):
    hostile = "<script>alert(1)</script>"
    services.enrol_person(actor=cast.olga, username="mallory", name=hostile, password=PASSWORD)
    browser = browser_of(cast.olga)
    for page in (browser.get("/people"), page_of(browser, User.objects.get(username="mallory"))):
        assert hostile not in page.content.decode()


def test_navigation_offers_people_to_administrators_alone(cast, browser_of):
    assert 'href="/people"' in browser_of(cast.olga).get("/").content.decode()
    assert 'href="/people"' not in browser_of(cast.dana).get("/").content.decode()
