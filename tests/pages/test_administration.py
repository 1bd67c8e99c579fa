"""Administration: for who runs the installation or audits it; it says what is not well, and no secret."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import override_settings

from audit import guards
from audit.models import SealerLease
from mrm.lib import clock
from tests.pages.reading import main, text

pytestmark = pytest.mark.django_db
HERE = "/administration"
LINK = f'href="{HERE}"'


@pytest.mark.parametrize("who", ["olga", "otto", "quinn"])
def test_who_runs_or_audits_it_sees_how_it_stands(cast, browser_of, who):
    browser = browser_of(getattr(cast, who))
    assert LINK in browser.get("/").content.decode()
    page = text(browser.get(HERE))
    assert "All promises are kept" in page
    assert "Not kept" not in page
    assert "300 a minute" in page or "1000000 a minute" in page


@pytest.mark.parametrize("who", ["dana", "victor", "ada", "lia", "root"])
def test_nobody_else_sees_it(cast, browser_of, who):
    browser = browser_of(getattr(cast, who))
    assert LINK not in browser.get("/").content.decode()
    assert browser.get(HERE).status_code == 403


def test_a_missing_guard_is_said(cast, browser_of):
    victim = guards.declared()[0]
    with connection.cursor() as cursor:
        for statement in guards._drop(victim.trigger, victim.table):
            cursor.execute(statement, None)
    page = text(browser_of(cast.otto).get(HERE))
    assert "A promise is not kept" in page
    assert victim.trigger in page
    guards.install()


def test_a_sealer_that_stands_still_or_refuses_is_said(cast, browser_of):
    otto = browser_of(cast.otto)
    SealerLease.objects.create(until=clock.now(), refusal="The tree does not grow.", refused_at=clock.now())
    assert "The tree does not grow." in text(otto.get(HERE))
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
        assert "has waited for a checkpoint for more than 30 seconds" in text(otto.get(HERE))


@override_settings(
    MRM_OIDC_ISSUER="https://id.bank.example",
    MRM_OIDC_NAME="the bank",
    MRM_OIDC_CLIENT_SECRET="not-for-any-page",
    EMAIL_HOST_PASSWORD="nor-this",
    MRM_WEBHOOK_NETWORKS=["10.1.2.0/24"],
)
def test_settings_are_shown_and_no_secret_is(cast, browser_of, settings):
    page = main(browser_of(cast.olga).get(HERE))
    assert "the bank" in page
    assert "10.1.2.0/24" in page
    for secret in (
        "not-for-any-page",
        "nor-this",
        settings.SECRET_KEY,
        settings.MRM_DATA_KEY,
        settings.MRM_SPLIT_KEY,
    ):
        assert secret not in page
