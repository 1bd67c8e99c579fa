"""Refusals as pages: what, why, every reason, and an id to quote."""

from __future__ import annotations

from django.test import Client

from tests.cast import PASSWORD


def test_refusal_says_what_and_why_with_a_reference(cast, browser_of):
    answer = browser_of(cast.lia).get("/ledger")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Not allowed" in page
    assert "audit:ledger:read" in page
    assert answer.headers["X-Request-Id"] in page


def test_unknown_address_is_a_page(cast, browser_of):
    answer = browser_of(cast.lia).get("/nothing-here")
    assert answer.status_code == 404
    assert "Not found" in answer.content.decode()


def test_unknown_address_of_the_api_is_a_problem(cast, client_of):
    answer = client_of(cast.lia).get("/api/v1/nothing")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_form_without_its_token_is_refused_in_our_words(cast):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in", {"username": "lia", "password": PASSWORD})
    assert answer.status_code == 403
    assert "was not sent from a page" in answer.content.decode()


def test_navigation_shows_only_what_is_not_refused(cast, browser_of):
    page = browser_of(cast.lia).get("/decisions").content.decode()
    assert 'href="/decisions" aria-current="page"' in page
    assert 'href="/ledger"' not in page


def test_superuser_without_a_role_reads_nothing(cast, browser_of):
    browser = browser_of(cast.root)
    for path in ("/decisions", "/findings", "/ledger", "/jobs", "/snapshots", "/models"):
        assert browser.get(path).status_code == 403
