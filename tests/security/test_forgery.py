"""Requests that another site makes a browser send, addresses that lead elsewhere, hosts that are not ours."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.cast import PASSWORD
from tests.security.addresses import pages
from tests.security.conftest import undone

pytestmark = pytest.mark.control("security:forgery")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_NEXT = re.compile(r'name="next" value="([^"]*)"')
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FOREIGN = (
    "https://evil.example",
    "null",
    "http://testserver.evil.example",
    "http://testserver:81",
    "https://testserver",
    "",
)
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "\x00//evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%0d%0aSet-Cookie:a=1/../..//evil.example@x",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver@evil.example",
    "ftp://testserver/",
    "/\r\nX-Injected: 1",
)

WAY_IN = ("/sign-in", "/invitation/accept")


@pytest.fixture
def strict(browser) -> Client:
    return browser("victor", enforce_csrf_checks=True)


def token_of(client: Client) -> str:
    found = _TOKEN.search(client.get("/sign-in").content.decode())
    assert found is not None
    return found.group(1)


def test_every_page_refuses_an_unsafe_request_without_a_token(strict, values):
    for page in pages():
        for method in UNSAFE:
            answer = strict.generic(method, page.path(values))
            assert answer.status_code == 403, (method, str(page))
            assert b"not sent from a page you have open" in answer.content, str(page)


@pytest.mark.parametrize("origin", FOREIGN)
def test_every_page_refuses_a_token_that_comes_from_elsewhere(strict, values, origin):
    sent = {"csrfmiddlewaretoken": token_of(strict)}
    for page in pages():
        answer = strict.post(page.path(values), sent, headers={"Origin": origin})
        assert answer.status_code == 403, str(page)


def test_over_https_a_request_without_origin_needs_a_referer_of_ours(strict):
    strict.get("/sign-in", secure=True)
    sent = {"csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    for referer in ("https://evil.example/", "http://testserver/", None):
        headers = {"Referer": referer} if referer else {}
        assert strict.post("/i18n/setlang/", sent, secure=True, headers=headers).status_code == 403, referer


def test_a_token_of_somebody_elses_session_is_refused(strict, browser):
    other = browser("ada", enforce_csrf_checks=True)
    assert strict.post("/i18n/setlang/", {"csrfmiddlewaretoken": token_of(other)}).status_code == 403


def test_the_token_of_the_page_lets_through(strict):
    """The refusals above are refusals of the forgery and of nothing else."""
    sent = {"csrfmiddlewaretoken": token_of(strict), "language": "en", "next": "/models"}
    answer = strict.post("/i18n/setlang/", sent, headers={"Origin": "http://testserver"})
    assert (answer.status_code, answer["Location"]) == (302, "/models")


def test_a_get_changes_nothing_at_any_page(browser, values):
    """What another site can make a browser ask for without a token."""
    from tests.security.test_assignment import database

    victor, before = browser("victor"), database()
    with undone():
        for page in pages():
            victor.get(page.path(values))
        assert database() == before


def host_of(location: str) -> str:
    """Where a browser goes: it drops tabs and line ends, and reads a backslash as a slash."""
    read = re.sub(r"[\t\r\n]", "", location).lstrip("".join(map(chr, range(33)))).replace("\\", "/")
    return urlsplit(urljoin("http://testserver/here", read)).netloc


def test_the_reading_of_addresses_knows_its_own_tricks():
    assert {host_of(each) for each in ("//e.example", "/\\e.example", "\t//e.example", "/\t/e.example")} == {
        "e.example"
    }
    assert host_of("/models//e.example") == "testserver"


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_address_after_signing_in_leads_elsewhere(wanted):
    client = Client()
    page = client.get("/sign-in", {"next": wanted})
    assert all(host_of(unescape(each)) == "testserver" for each in _NEXT.findall(page.content.decode()))
    answer = client.post("/sign-in", {"username": "dana", "password": PASSWORD, "next": wanted})
    assert (answer.status_code, host_of(answer["Location"])) == (302, "testserver")
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_address_after_choosing_a_language_leads_elsewhere(browser, wanted):
    with undone():
        referer = {"Referer": wanted.strip("\x00\r\n\t ")[:40]}
        answer = browser("dana").post("/i18n/setlang/", {"language": "en", "next": wanted}, headers=referer)
    assert (answer.status_code, host_of(answer["Location"])) == (302, "testserver")
    assert "X-Injected" not in answer.headers


def test_a_stranger_is_led_back_within_this_host_only(values):
    for page in pages():
        answer = Client(raise_request_exception=False).get(page.path(values) + "?next=//evil.example")
        if answer.status_code not in (302, 303):
            continue
        location = answer["Location"]
        # Pages of the way in lead a stranger on along that way, and carry nothing of the address with them.
        is_way_in = location in WAY_IN
        assert is_way_in or re.match(r"/sign-in\?next=/(?!/)", location), (str(page), location)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "bank.example.evil.example",
        "bank.example@evil.example",
        "bank.example:x",
        "",
        "[::1",
        "bank.example/evil",
    ],
)
def test_a_foreign_host_is_refused_everywhere(settings, browser, caller, host):
    settings.ALLOWED_HOSTS = ["bank.example"]
    for client, path in (
        (browser("victor"), "/models"),
        (caller("victor"), "/api/v1/models"),
        (Client(), "/sign-in"),
    ):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert host == "" or host.encode() not in answer.content


def test_no_header_names_another_host_or_scheme(settings, caller, browser):
    """Addresses in answers are made of the host that was asked, not of what a client says beside it."""
    settings.ALLOWED_HOSTS = ["bank.example"]
    told = {
        "Host": "bank.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
        "X-Original-URL": "/metrics",
        "X-Rewrite-URL": "/metrics",
        "X-HTTP-Method-Override": "DELETE",
    }
    for client, path in (
        (caller("victor"), "/api/v1/models"),
        (browser("victor"), "/models"),
        (Client(), "/models"),
    ):
        answer = client.get(path, headers=told)
        assert b"evil.example" not in answer.content + str(answer.headers).encode(), path
        assert "Strict-Transport-Security" not in answer.headers
