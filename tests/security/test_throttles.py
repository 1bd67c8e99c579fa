"""Limits by the minute that all processes count together: who is over one is told when to come back, others are not."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts import throttles
from accounts.models import ThrottleWindow
from tests.badinput.places import problem_with
from tests.lint_project import ROOT
from tests.permissions.table import TABLE
from tests.security.addresses import addresses
from tests.security.answers import header_faults

pytestmark = pytest.mark.control("security:throttles")
NOON = dt.datetime(2027, 3, 1, 12, 0, 10, tzinfo=dt.UTC)
ASKED = {"digest": "a" * 64, "meaning": "signoff:approve"}
LIMITS = {"challenges": 3, "uploads": 3, "exports": 3, "jobs": 3, "writes": 3, "strangers": 3}


@pytest.fixture(autouse=True)
def limits(settings, names):
    """The world is committed, and so are its windows."""
    settings.MRM_LIMITS = dict(LIMITS)
    ThrottleWindow.objects.all().delete()
    yield
    ThrottleWindow.objects.all().delete()


def prepare(client) -> int:
    return client.post("/api/v1/signature-challenges", ASKED, format="json").status_code


@time_machine.travel(NOON, tick=False)
def test_the_request_over_the_limit_is_refused_in_words(caller):
    ada = caller("ada")
    assert [prepare(ada) for _ in range(3)] == [201] * 3
    answer = ada.post("/api/v1/signature-challenges", ASKED, format="json")
    assert (answer.status_code, problem_with(answer), answer["Retry-After"]) == (429, None, "50")
    assert (
        answer.json()["detail"]
        == "At most 3 requests of this kind are done in a minute. Try again in 50 seconds."
    )


def test_a_new_minute_begins_anew(caller):
    with time_machine.travel(NOON, tick=False) as clock:
        ada = caller("ada")
        assert [prepare(ada) for _ in range(4)] == [201, 201, 201, 429]
        clock.shift(49)
        assert prepare(ada) == 429
        clock.shift(1)
        assert prepare(ada) == 201


@time_machine.travel(NOON, tick=False)
def test_a_limit_locks_nobody_else_out_and_nothing_else(caller):
    ada, amir = caller("ada"), caller("amir")
    assert [prepare(ada) for _ in range(5)][-1] == 429
    assert prepare(amir) == 201
    assert ada.get("/api/v1/models").status_code == 200
    assert (
        ada.post(
            "/api/v1/findings/00000000-0000-4000-8000-000000000007/closure", {"text": "x"}, format="json"
        ).status_code
        != 429
    )


@time_machine.travel(NOON, tick=False)
def test_a_page_refuses_with_the_same_words(browser):
    dana = browser("dana")
    for _ in range(3):
        assert dana.post("/i18n/setlang/", {"language": "en"}).status_code == 302
    page = dana.post("/i18n/setlang/", {"language": "pt-br"})
    assert (page.status_code, page["Retry-After"]) == (429, "50")
    assert "At most 3 requests of this kind are done in a minute." in page.content.decode()
    assert header_faults("/i18n/setlang/", page) == []


@time_machine.travel(NOON, tick=False)
def test_strangers_are_counted_by_their_address_and_nobody_else_waits_for_them(browser):
    from accounts.models import Session

    dana, flood, elsewhere = browser("dana"), Client(), Client(REMOTE_ADDR="198.51.100.7")
    assert [flood.post("/sign-in/passkey/challenge").status_code for _ in range(3)] == [200] * 3
    kept = Session.objects.count()
    refused = [Client().post("/sign-in/passkey/challenge") for _ in range(3)]
    assert {(each.status_code, each["Retry-After"]) for each in refused} == {(429, "50")}
    # No row of a session, and none that tells the address.
    assert Session.objects.count() == kept
    assert not ThrottleWindow.objects.filter(who__contains="127.0.0.1").exists()
    assert flood.get("/sign-in").status_code == 200
    assert elsewhere.post("/sign-in/passkey/challenge").status_code == 200
    assert dana.post("/i18n/setlang/", {"language": "en"}).status_code == 302


@time_machine.travel(NOON, tick=False)
def test_page_and_api_count_together(browser, caller):
    victor = browser("victor")
    assert [victor.get("/ledger/bundle").status_code for _ in range(2)] == [200, 200]
    by_token = caller("victor")
    assert [by_token.get("/api/v1/ledger/bundle").status_code for _ in range(2)] == [200, 429]


@time_machine.travel(NOON, tick=False)
def test_a_refused_request_is_not_counted_and_zero_counts_nothing(caller, settings):
    ada = caller("ada")
    assert [prepare(ada) for _ in range(9)][-1] == 429
    assert ThrottleWindow.objects.get(scope="challenges").count == 3
    settings.MRM_LIMITS = dict.fromkeys(LIMITS, 0)
    ThrottleWindow.objects.all().delete()
    assert {prepare(ada) for _ in range(9)} == {201}
    assert not ThrottleWindow.objects.exists()


def test_a_score_is_never_counted(caller, values):
    lia = caller("lia")
    assert {lia.post("/api/v1/models/card-limit/score", {}, format="json").status_code for _ in range(9)} == {
        422
    }
    assert not ThrottleWindow.objects.exists()


def test_eight_threads_share_one_limit(person):
    user, let_through, start = person("ada"), [], threading.Barrier(8)
    minute = int(NOON.timestamp() // 60)

    def ask() -> None:
        start.wait()
        let_through.extend(throttles._is_counted("writes", str(user.pk), minute, 20) for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(let_through), sum(let_through)) == (80, 20)


OTHER_PROCESS = """
import sys, django; django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from accounts import throttles
print(sum(throttles._is_counted("writes", "same", 7, 20) for _ in range(15)))
"""


def test_processes_share_one_limit():
    command = (sys.executable, "-c", OTHER_PROCESS, str(connection.settings_dict["NAME"]))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mrm.settings.testing"}
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    let_through = [int(each.communicate(timeout=120)[0].split()[-1]) for each in started]
    assert sum(let_through) == 20


def test_old_windows_are_forgotten_and_the_present_one_is_not(person):
    user = person("ada")
    with time_machine.travel(NOON, tick=False) as clock:
        now = int(NOON.timestamp() // 60)
        for minute in (now - 100, now - throttles.KEPT_MINUTES, now):
            throttles._is_counted("writes", str(user.pk), minute, 5)
        assert throttles.sweep() == 1
        clock.shift(3600)
        assert throttles.sweep() == 2


def test_every_name_of_the_tables_is_an_address_and_every_scope_has_a_limit(settings):
    from mrm.settings import base

    named = {*throttles.SCOPES, *throttles.EXPORTS, *throttles.UNCOUNTED}
    assert named <= {each.name for each in addresses()}
    assert {*throttles.SCOPES.values(), "exports", "writes", "gateway", "strangers"} == set(base.MRM_LIMITS)
    assert all(limit > 0 for limit in base.MRM_LIMITS.values())


def test_every_operation_that_asks_for_a_job_counts_as_one():
    """By the permission table: what answers 202 has queued work."""
    asked = {row.name for row in TABLE if 202 in row.may.values()}
    assert asked == {name for name in asked if throttles.SCOPES.get(name) in ("jobs", "uploads")}
