"""A sign-in that runs out over a half-written form: nothing is lost, nothing is done, with and without JavaScript."""

from __future__ import annotations

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import Draft, Invitation, Session
from mrm.lib import clock
from tests.cast import PASSWORD, enrol_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, username):
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form:has(input[name=password]) button[type=submit]")


def leave_alone():
    """Nobody is there for sixteen minutes."""
    Session.objects.update(seen_at=clock.now() - dt.timedelta(minutes=16))


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_form_outlives_the_sign_in_it_was_written_under(
    transactional_db, live_server, browser, with_scripts
):
    enrol_cast()
    page = browser.new_context(locale="en-GB", java_script_enabled=with_scripts).new_page()
    page.goto(f"{live_server.url}/invitations/new")
    sign_in(page, "olga")
    page.fill("input[name=name]", "Nora Nunes")
    page.fill("input[name=username]", "nora")
    page.select_option("select[name=language]", "pt-br")
    leave_alone()
    page.click("main form.form button[type=submit]")
    assert "kept for you alone" in page.inner_text("main")
    sign_in(page, "olga")
    assert page.url == f"{live_server.url}/invitations/new"
    assert "nothing of it has happened" in page.inner_text("main")
    assert page.input_value("input[name=name]") == "Nora Nunes"
    assert page.input_value("select[name=language]") == "pt-br"
    assert not Invitation.objects.exists()
    if with_scripts:
        assert Axe().run(page).response["violations"] == []
    page.click("main form.form button[type=submit]")
    assert "key=" in page.inner_text("main")
    assert (Invitation.objects.get().username, Draft.objects.count()) == ("nora", 0)
