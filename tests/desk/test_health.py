"""What an operator's probes see."""

import contextlib
import datetime as dt
import re
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client

from audit import guards
from mrm import startup
from mrm.lib import clock
from notices.endpoints import send_test
from registry import lab_watch
from tests.notices.test_webhooks import added
from tests.validation.cases import case_in_validation
from tests.validation.drawing import drawn

__all__ = ["drawn"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def warm(monkeypatch):
    monkeypatch.setattr(startup, "is_warm", lambda: True)


def test_a_live_process_says_so():
    assert Client().get("/livez").content == b"alive\n"


def test_a_process_is_not_ready_before_it_is_warm():
    assert Client().get("/readyz").status_code == 503


def test_a_warm_process_on_a_guarded_database_is_ready(warm):
    assert Client().get("/readyz").json() == {"ready": True}


def test_a_database_without_one_guard_is_not_ready_and_starts_no_process(warm):
    victim = guards.declared()[0]
    with connection.cursor() as cursor:
        for statement in guards._drop(victim.trigger, victim.table):
            cursor.execute(statement, None)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["guards"]) == (503, [victim.trigger])
    guards.install()


def test_metrics_count_facts_and_name_nobody(cast):
    text = Client().get("/metrics").content.decode()
    assert "mrm_ledger_entries_total" in text
    assert "mrm_ledger_uncovered_entries" in text
    assert not any(name in text for name in ("dana", "Dana", str(cast.dana.pk)))


def test_metrics_say_that_the_ledger_is_not_signed_in_time(cast):
    assert "mrm_ledger_ok 1.0" in Client().get("/metrics").content.decode()
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
        assert "mrm_ledger_ok 0.0" in Client().get("/metrics").content.decode()


def outbox(text: str) -> dict[str, float]:
    found = re.findall(r'mrm_outbox_oldest_seconds\{of="(\w+)"\} (\S+)', text)
    return {name: float(seconds) for name, seconds in found}


def test_metrics_say_how_long_the_oldest_waits_to_leave(cast):
    assert outbox(Client().get("/metrics").content.decode()) == {"seal": 0.0, "mail": 0.0, "webhook": 0.0}
    endpoint, _ = added(cast.otto)
    send_test(actor=cast.otto, endpoint=endpoint)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5), tick=False):
        waiting = outbox(Client().get("/metrics").content.decode())
    assert waiting["mail"] == 0.0
    assert 295 < waiting["webhook"] < 305


def test_doctor_says_when_nobody_delivers(cast):
    def said() -> str:
        told = StringIO()
        with contextlib.suppress(SystemExit):
            call_command("doctor", stdout=told)
        return told.getvalue()

    endpoint, _ = added(cast.otto)
    job = send_test(actor=cast.otto, endpoint=endpoint).job
    assert "well      What is to be mailed or delivered" in said()
    later = clock.now() + dt.timedelta(minutes=11)
    with time_machine.travel(later, tick=False):
        assert "Notices by webhook have waited" in said()
        # One that rests until it is tried again lies nowhere.
        type(job).objects.filter(pk=job.pk).update(not_before=later + dt.timedelta(hours=1))
        assert "NOT WELL  What is to be mailed" not in said()


def test_doctor_says_when_mlflow_is_not_compared(cast, drawn):
    def said() -> str:
        told = StringIO()
        with contextlib.suppress(SystemExit):
            call_command("doctor", stdout=told)
        return told.getvalue()

    case_in_validation(cast, drawn)
    assert "well      MLflow is compared" in said()
    with time_machine.travel(clock.now() + dt.timedelta(minutes=3), tick=False):
        assert "Nobody has compared all that MLflow holds" in said()
    turn = lab_watch.take()
    turn.say("MLflow does not answer.")
    assert (
        "NOT WELL  MLflow is compared with what was registered\n          MLflow does not answer." in said()
    )
