"""A newcomer comes in through the bank's provider, is given a role by a second person, and loses it with the group."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import RoleRequest
from tests.accounts.provider import CLIENT, SECRET, running_provider
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(site, settings):
    with running_provider() as running:
        settings.MRM_PUBLIC_URL, settings.MRM_OIDC_ISSUER = site.url, running.url
        settings.MRM_OIDC_CLIENT_ID, settings.MRM_OIDC_CLIENT_SECRET = CLIENT, SECRET
        settings.MRM_OIDC_NAME = "Bank ID"
        running.groups = ["countersign-developers"]
        yield running


def come_in(page, site):
    page.goto(f"{site.url}/sign-in?next=/roles")
    page.click("text=Sign in with Bank ID")
    page.wait_for_url(f"{site.url}/roles")


def violations(page):
    found = Axe().run(page).response["violations"]
    return [f"{each['id']} {each['nodes'][0]['html'][:160]}" for each in found]


def test_newcomer_gets_a_role_from_two_sides_and_loses_it_with_the_group(browser, site, provider, signed_in):
    newcomer = browser.new_context(locale="en-GB").new_page()
    come_in(newcomer, site)
    assert violations(newcomer) == []
    newcomer.click("text=My own roles")
    assert "No role yet" in newcomer.inner_text("main")

    olga = signed_in("olga")
    olga.goto(f"{site.url}/roles/requests")
    assert violations(olga) == []
    olga.click("table a")
    assert violations(olga) == []
    assert "member of the group countersign-developers" in olga.inner_text("main")
    olga.fill("input[name=password]", PASSWORD)
    olga.click("main button[type=submit]")
    olga.wait_for_url(re.compile("/people/.*/roles"))
    assert RoleRequest.objects.get().state == "granted"
    assert violations(olga) == []

    newcomer.goto(f"{site.url}/models")
    assert "card-limit" in newcomer.inner_text("main")
    provider.groups = []
    come_in(newcomer, site)
    newcomer.goto(f"{site.url}/models")
    assert "Not allowed" in newcomer.inner_text("main")


def test_a_provider_that_lies_leaves_one_outside_with_words(browser, site, provider):
    provider.lies = {"aud": "somebody-else"}
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{site.url}/sign-in")
    assert violations(page) == []
    page.click("text=Sign in with Bank ID")
    assert "does not hold" in page.inner_text("main")
    assert violations(page) == []
    page.goto(f"{site.url}/roles")
    assert "/sign-in" in page.url
