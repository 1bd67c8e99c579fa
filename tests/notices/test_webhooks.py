"""Webhooks: signed, tried again, delivered at least once under one id, and managed by operators alone."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re

import pytest
import time_machine
from django.test import Client
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.models import IdempotencyKey
from accounts.selectors import the_installation
from accounts.services import grant_role
from audit.models import Entry
from audit.services import opened
from jobs import leases, runner, sweeper
from jobs.models import Job, JobState
from jobs.run import Run
from mrm.lib import clock
from mrm.lib.errors import Invalid, NotAllowed, WrongStage
from notices import handlers, reminders
from notices.endpoints import Wanted, add_endpoint, disable_endpoint, rotate_secret, send_test
from notices.models import Delivery, Endpoint, EndpointSecret
from registry.services import suspend_version
from tests.accounts import granting
from tests.approvals.signed import approved, requested
from tests.notices.receiver import receiving

URL = "https://8.8.8.8/hooks/of-the-bank"
EVENTS = ("request:opened", "request:closed", "request:due", "version:suspended")


@pytest.fixture
def receiver(settings):
    settings.MRM_DEMO = True
    with receiving() as listening:
        yield listening


def added(user, url=URL, events=EVENTS):
    return add_endpoint(actor=user, wanted=Wanted("The risk system", url, events))


def run_at_its_time(job: Job) -> Job:
    held = Job.objects.get(pk=job.pk)
    with time_machine.travel(held.not_before or clock.now(), tick=False):
        runner.run_job(job.pk)
    return Job.objects.get(pk=job.pk)


# --- Delivering -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_an_endpoint_is_told_is_signed_small_and_names_nobody(case, receiver, work):
    _, secret = added(case.cast.otto, receiver.url)
    request = requested(case)
    work()
    (message,) = receiver.verified(secret)
    assert message["type"] == "request:opened"
    assert message["data"] == {
        "kind": "request",
        "id": str(request.pk),
        "due_at": None,
        "link": message["data"]["link"],
    }
    assert str(request.pk) in message["data"]["link"]
    body = receiver.calls[0][1].decode()
    assert [each for each in ("Dana", "Duarte", str(case.cast.dana.pk), "card-limit") if each in body] == []


@pytest.mark.django_db(transaction=True)
def test_a_signature_fits_one_secret_and_one_body(case, receiver, work):
    _, secret = added(case.cast.otto, receiver.url)
    _, other = added(case.cast.otto, receiver.url, ("version:retired",))
    requested(case)
    work()
    ((headers, body),) = receiver.calls
    for tried, sent in ((other, body), (secret, body.replace(b"opened", b"closed"))):
        with pytest.raises(WebhookVerificationError):
            Webhook(tried).verify(sent, headers)


@pytest.mark.django_db(transaction=True)
def test_an_endpoint_hears_what_it_chose_and_nothing_else(case, receiver, work):
    added(case.cast.otto, receiver.url, ("version:suspended",))
    approved(case)
    suspend_version(actor=case.cast.otto, version=case.version, why="Words that stay here.")
    work()
    assert [json.loads(body)["type"] for _, body in receiver.calls] == ["version:suspended"]
    assert b"Words" not in receiver.calls[0][1]


@pytest.mark.django_db(transaction=True)
def test_a_reminder_is_delivered_with_its_date(case, receiver, work):
    _, secret = added(case.cast.otto, receiver.url, ("request:due",))
    request = requested(case)
    with time_machine.travel(request.due_at - dt.timedelta(days=1), tick=False):
        reminders.sweep()
        reminders.sweep()
        work()
        (message,) = receiver.verified(secret)
    assert message["data"]["due_at"] == clock.stamp(request.due_at)


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_fails_twice_gets_it_the_third_time_under_the_same_id(case, receiver):
    _, secret = added(case.cast.otto, receiver.url)
    receiver.answers = [500, 500]
    requested(case)
    job = Delivery.objects.get().job
    states = [(run_at_its_time(job).state, Job.objects.get(pk=job.pk).attempt) for _ in range(3)]
    assert states == [("queued", 1), ("queued", 2), ("succeeded", 3)]
    assert (len(receiver.calls), len(receiver.ids)) == (3, 1)
    assert Job.objects.get(pk=job.pk).result == {"status": 200}
    assert len({headers["webhook-signature"] for headers, _ in receiver.calls}) >= 2
    Webhook(secret).sign("msg_1", clock.now(), "{}")


@pytest.mark.django_db(transaction=True)
def test_a_delivery_rests_longer_each_time(case, receiver):
    from mrm.settings import governance

    added(case.cast.otto, receiver.url)
    receiver.answers = [503] * 20
    requested(case)
    job, rests = Delivery.objects.get().job, []
    for _ in governance.WAITS["send-webhook"]:
        began = Job.objects.get(pk=job.pk).not_before or clock.now()
        rests.append((run_at_its_time(job).not_before - began).total_seconds())
    assert [round(each) for each in rests] == list(governance.WAITS["send-webhook"])
    assert runner.run_job(job.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_is_never_there_ends_dead_with_a_reason_on_the_page(case, receiver, settings):
    endpoint, _ = added(case.cast.otto, receiver.url)
    receiver.answers = [500] * 20
    requested(case)
    job = Delivery.objects.get().job
    for _ in range(job.max_attempts):
        run_at_its_time(job)
    assert Job.objects.get(pk=job.pk).state == JobState.DEAD
    settings.MRM_DEMO = False
    browser = Client()
    browser.force_login(case.cast.otto)
    page = browser.get(f"/webhooks/{endpoint.pk}").content.decode()
    assert "Gave up after 10 attempts. The receiver answered 500." in page


@pytest.mark.control("security:ssrf")
@pytest.mark.django_db(transaction=True)
def test_a_redirect_to_an_address_inside_is_not_followed(cast, receiver):
    with receiving() as inside:
        endpoint, _ = added(cast.otto, receiver.url)
        receiver.answers, receiver.location = [307], inside.url
        job = run_at_its_time(send_test(actor=cast.otto, endpoint=endpoint).job)
        assert (job.state, inside.calls) == (JobState.QUEUED, [])
        assert "a redirect is not followed" in job.step


@pytest.mark.control("security:ssrf")
@pytest.mark.django_db(transaction=True)
def test_an_address_that_has_come_to_lie_inside_is_not_called(cast, receiver, settings):
    """As a name that leads elsewhere since it was added: asked at each delivery, and then no more."""
    endpoint, _ = added(cast.otto, receiver.url.replace("http:", "https:"))
    settings.MRM_DEMO = False
    job = run_at_its_time(send_test(actor=cast.otto, endpoint=endpoint).job)
    assert (job.state, receiver.calls) == (JobState.FAILED, [])
    assert "address inside" in job.reason


@pytest.mark.django_db(transaction=True)
def test_who_wants_no_more_is_not_asked_again(cast, receiver):
    endpoint, _ = added(cast.otto, receiver.url)
    receiver.answers = [410]
    job = run_at_its_time(send_test(actor=cast.otto, endpoint=endpoint).job)
    assert (job.state, len(receiver.calls)) == (JobState.FAILED, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_killed_after_calling_calls_again_under_the_same_id(cast, receiver, work):
    endpoint, secret = added(cast.otto, receiver.url)
    job = send_test(actor=cast.otto, endpoint=endpoint).job
    handlers.send_webhook(Run(leases.claim(worker="lost", job_id=job.pk)))
    with time_machine.travel(clock.now() + 2 * leases.length(), tick=False):
        sweeper.sweep()
        work()
        assert len(receiver.verified(secret)) == 2
    assert len(receiver.ids) == 1
    assert Job.objects.get(pk=job.pk).state == JobState.SUCCEEDED


def test_what_does_not_happen_is_delivered_to_nobody(case):
    added(case.cast.otto)
    with pytest.raises(ZeroDivisionError), opened():
        requested(case)
        raise ZeroDivisionError
    assert Delivery.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_disabled_endpoint_gets_nothing_not_even_what_waits(case, receiver):
    endpoint, _ = added(case.cast.otto, receiver.url)
    waiting = send_test(actor=case.cast.otto, endpoint=endpoint).job
    disable_endpoint(actor=case.cast.otto, endpoint=endpoint)
    requested(case)
    assert run_at_its_time(waiting).state == JobState.FAILED
    assert (receiver.calls, Delivery.objects.count()) == ([], 1)


# --- Secrets ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_after_a_rotation_both_secrets_fit_for_a_day_and_then_the_new_one(cast, receiver, work):
    endpoint, first = added(cast.otto, receiver.url)
    _, second = rotate_secret(actor=cast.otto, endpoint=endpoint)
    send_test(actor=cast.otto, endpoint=endpoint)
    work()
    assert receiver.verified(first) == receiver.verified(second)
    receiver.calls.clear()
    with time_machine.travel(clock.now() + dt.timedelta(hours=25), tick=False):
        send_test(actor=cast.otto, endpoint=endpoint)
        work()
        assert receiver.verified(second)
        with pytest.raises(WebhookVerificationError):
            receiver.verified(first)


def test_there_are_never_three_secrets(cast):
    endpoint, _ = added(cast.otto)
    for _ in range(3):
        rotate_secret(actor=cast.otto, endpoint=endpoint)
    counting = EndpointSecret.objects.exclude(ends_at__lte=clock.now())
    assert (EndpointSecret.objects.count(), counting.count()) == (4, 2)


def test_a_secret_is_kept_encrypted_and_shown_once(cast):
    endpoint, secret = added(cast.otto)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    row = EndpointSecret.objects.get()
    assert len(key) == 32
    assert key not in bytes(row.sealed)
    browser = Client()
    browser.force_login(cast.otto)
    assert secret not in browser.get(f"/webhooks/{endpoint.pk}").content.decode()
    assert not any(secret.encode() in bytes(entry.body) for entry in Entry.objects.all())


def test_an_answer_that_is_repeated_holds_no_secret_and_none_is_stored(cast, client_of):
    client, body = client_of(cast.otto), {"name": "R", "url": URL, "events": ["request:opened"]}
    answers = [
        client.post("/api/v1/webhooks", body, format="json", HTTP_IDEMPOTENCY_KEY="k").json()
        for _ in range(2)
    ]
    assert answers[0]["secret"].startswith("whsec_")
    assert answers[1] == {**answers[0], "secret": None}
    assert answers[0]["secret"] not in json.dumps(IdempotencyKey.objects.get(key="k").answer)
    assert Endpoint.objects.count() == 1


# --- Managing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dana", "victor", "ada", "lia", "quinn", "olga", "root"])
def test_operators_alone_manage_endpoints(cast, who):
    endpoint, _ = added(cast.otto)
    actor = getattr(cast, who)
    for act in (rotate_secret, disable_endpoint, send_test):
        with pytest.raises(NotAllowed):
            act(actor=actor, endpoint=endpoint)
    with pytest.raises(NotAllowed):
        added(actor)
    browser = Client()
    browser.force_login(actor)
    assert browser.get("/webhooks").status_code == 403
    assert browser.get(f"/webhooks/{endpoint.pk}").status_code == 403


def test_an_operator_of_one_model_manages_none_because_an_endpoint_hears_of_all(cast):
    oona = granting.enrolled("oona", "Oona Olsen")
    grant_role(actor=the_installation(), user=oona, role="operator", model_slug="card-limit")
    with pytest.raises(NotAllowed, match="for every model"):
        added(oona)


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"url": "http://8.8.8.8/"}, "/url"),
        ({"url": "https://10.0.0.1/"}, "/url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "/url"),
        ({"events": ("nothing:known",)}, "/events"),
        ({"events": ()}, "/events"),
        ({"name": " "}, "/name"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_in_words(cast, changed, pointer):
    with pytest.raises(Invalid) as refused:
        add_endpoint(actor=cast.otto, wanted=Wanted(**{"name": "R", "url": URL, "events": EVENTS} | changed))
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert Endpoint.objects.count() == 0


def test_each_act_is_an_entry_that_names_the_host_and_not_the_path(cast):
    endpoint, _ = added(cast.otto)
    rotate_secret(actor=cast.otto, endpoint=endpoint)
    send_test(actor=cast.otto, endpoint=endpoint)
    disable_endpoint(actor=cast.otto, endpoint=endpoint)
    entries = Entry.objects.filter(subject_type="webhook").order_by("sequence")
    events = ["webhook:added", "webhook:rotated", "webhook:tested", "webhook:disabled"]
    assert [each.event for each in entries] == events
    assert all(b"8.8.8.8" in bytes(each.body) and b"of-the-bank" not in bytes(each.body) for each in entries)


def test_a_disabled_endpoint_is_left_as_it_is(cast):
    endpoint, _ = added(cast.otto)
    disable_endpoint(actor=cast.otto, endpoint=endpoint)
    for act in (rotate_secret, disable_endpoint, send_test):
        with pytest.raises(WrongStage, match="disabled"):
            act(actor=cast.otto, endpoint=endpoint)


@pytest.mark.django_db(transaction=True)
def test_an_operator_adds_tests_rotates_and_disables_on_pages(cast):
    browser = Client()
    browser.force_login(cast.otto)
    shown = browser.post("/webhooks/new", {"name": "Risk", "url": URL, "events": ["request:opened"]})
    assert re.search(r"whsec_[\w+/=]{44}", shown.content.decode())
    here = f"/webhooks/{Endpoint.objects.get().pk}"
    assert browser.post(f"{here}/test").status_code == 303
    page = browser.get(here).content.decode()
    assert ("webhook:tested" in page, "Waits" in page) == (True, True)
    assert "whsec_" in browser.post(f"{here}/secret").content.decode()
    assert browser.post(f"{here}/disablement").status_code == 303
    assert "Disabled" in browser.get("/webhooks").content.decode()


def test_a_form_that_is_refused_keeps_what_was_entered(cast):
    browser = Client()
    browser.force_login(cast.otto)
    answer = browser.post(
        "/webhooks/new", {"name": "R", "url": "https://10.0.0.1/x", "events": ["request:opened"]}
    )
    assert answer.status_code == 422
    assert "https://10.0.0.1/x" in answer.content.decode()
