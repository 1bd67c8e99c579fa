"""Who is there: every page asks, and only the demo has a door without a password."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path

from mrm.desk import demo
from mrm.urls import urlpatterns as real
from tests.cast import PASSWORD

OPEN = {
    "sign-in",
    "account_login",
    "sign-in-provider",
    "sign-in-provider-callback",
    "second-step",
    "mfa_authenticate",
    "sign-in-passkey",
    "sign-in-passkey-challenge",
    "set_language",
    "livez",
    "readyz",
    "metrics",
    "api-schema",
    "api-docs",
    "invitation",
    "invitation-accept",
}
VALUES = {
    "place": "0",
    "slug": "card-limit",
    "number": "1",
    "sequence": "1",
    "size": "1",
    "factor": "1",
    "audience": "officer",
}

urlpatterns = [*real, path("demo/view-as", demo.view_as, name="demo-view-as")]


def _pages(resolver: URLResolver, before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += _pages(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            found.append((str(entry.name), before + str(entry.pattern)))
    return [(name, route) for name, route in found if not route.startswith("api/") and name not in OPEN]


def _filled(route: str) -> str:
    parts = []
    for part in route.split("/"):
        name = part.strip("<>").partition(":")[2]
        parts.append(
            VALUES.get(name, "0" * 8 + "-0000-4000-8000-" + "0" * 12) if part.startswith("<") else part
        )
    return "/" + "/".join(parts)


@pytest.mark.parametrize(("name", "route"), _pages(get_resolver("mrm.urls")))
@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_is_sent_to_the_sign_in_page(db, name, route, method):
    answer = getattr(Client(), method)(_filled(route))
    assert answer.status_code == 302, name
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_person_signs_in_and_comes_back(cast):
    client = Client()
    answer = client.post("/sign-in", {"username": "lia", "password": PASSWORD, "next": "/decisions"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/decisions")
    assert client.get("/decisions").status_code == 200


def test_wrong_password_is_said_without_saying_which(cast):
    answer = Client().post("/sign-in", {"username": "lia", "password": "wrong"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(cast, wanted):
    answer = Client().post("/sign-in", {"username": "lia", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"


def test_sign_out_ends_the_session(cast, browser_of):
    browser = browser_of(cast.lia)
    browser.post("/sign-out")
    assert browser.get("/decisions").status_code == 302


def test_nobody_is_viewed_as_outside_the_demo(cast):
    client = Client()
    assert client.post("/demo/view-as", {"username": "victor"}).status_code == 404
    assert client.get("/").status_code == 302


@override_settings(ROOT_URLCONF="tests.pages.test_sign_in")
def test_a_route_left_over_opens_no_door(cast):
    assert Client().post("/demo/view-as", {"username": "victor"}).status_code == 404


@override_settings(ROOT_URLCONF="tests.pages.test_sign_in", MRM_DEMO=True)
def test_demo_views_as_a_member_of_its_cast_only(cast):
    client = Client()
    assert client.post("/demo/view-as", {"username": "root"}).status_code == 404
    answer = client.post("/demo/view-as", {"username": "lia", "next": "/decisions"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/decisions")
    assert "Demo: view as" in client.get("/decisions").content.decode()
