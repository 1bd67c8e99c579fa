"""Who is told of what: written down with what happened, mailed by a job, and never a word of anybody."""

from __future__ import annotations

import datetime as dt
import smtplib

import pytest
import time_machine
from django.core.mail.backends import locmem
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.invitations import Invited, accept_invitation, invite_by_mail
from accounts.models import User
from accounts.roles import refuse_requested
from accounts.selectors import the_installation
from accounts.services import disable_user, enrol_person, grant_role
from approvals.selectors import signers_of, waiting_for
from approvals.services import recuse, withdraw
from audit.models import Entry
from audit.services import opened
from jobs import leases, runner, sweeper
from jobs.models import Job, JobState
from mrm.lib import clock
from mrm.lib.errors import NotAllowed
from notices import reminders
from notices.addresses import set_address
from notices.models import Notice, Telling
from notices.selectors import notices_of
from notices.words import SENTENCES, TITLES
from registry.services import suspend_version
from tests.accounts import granting
from tests.approvals.signed import granted_by, requested, signed
from tests.approvals.test_concluded_conditions import put
from tests.approvals.test_conditions import demand, meets
from tests.cast import PASSWORD

WHY = "Words that nobody is told by mail."


def told(user: User) -> list[str]:
    """The events this person was told of, in their order."""
    return [each.notice.event for each in reversed(notices_of(actor=user))]


def letters(outbox: list, name: str) -> list:
    return [letter for letter in outbox if letter.to == [f"{name}@bank.example"]]


# --- Who hears --------------------------------------------------------------------------------------------------


def test_an_opened_request_is_told_to_whoever_may_sign_it_and_to_nobody_else(case):
    requested(case)
    cast = case.cast
    hearing = {user.username for user in User.objects.all() if "request:opened" in told(user)}
    assert hearing == {"ada", "amir"}
    assert told(cast.root) == []


def test_the_people_who_are_told_are_those_whose_inbox_it_is_in(case):
    request = requested(case)
    recuse(actor=case.cast.ada, request=request, why="A cousin.")
    inbox = {user for user in User.objects.all() if request in waiting_for(actor=user)}
    assert set(signers_of(request)) == inbox == {case.cast.amir}


def test_whoever_asked_hears_of_each_signature_and_of_the_end(case):
    request = requested(case)
    signed(request, case.cast.ada)
    signed(request, case.cast.amir)
    assert told(request.opened_by) == ["signoff:recorded", "signoff:recorded", "request:closed"]


@pytest.mark.parametrize(("verdict", "word"), [("reject", "rejected"), ("return", "returned")])
def test_a_request_that_fails_says_by_whom(case, verdict, word):
    request = requested(case)
    signed(request, case.cast.ada, verdict)
    browser = Client()
    browser.force_login(request.opened_by)
    assert f"Ada Abreu {word} the request." in browser.get("/notices").content.decode()


def test_a_request_taken_back_is_told_to_whoever_was_asked_and_not_to_who_took_it(case):
    request = requested(case)
    withdraw(actor=request.opened_by, request=request, why=WHY)
    assert told(case.cast.ada) == ["request:opened", "request:closed"]
    assert told(request.opened_by) == []


def test_conditions_are_told_to_who_answers_for_them_and_their_end_to_who_set_them(case):
    request = requested(case)
    signed(request, case.cast.ada, "approve_with_conditions", conditions=[demand()])
    signed(request, case.cast.amir)
    condition = request.conditions.get()
    assert "condition:set" in told(condition.owner)
    meets(case.cast.victor, condition)
    assert told(case.cast.ada)[-1] == "condition:met"


def test_the_validator_who_concluded_with_a_condition_hears_when_another_says_it_is_met(case):
    vera = enrol_person(actor=the_installation(), username="vera", name="Vera Vidal", password=PASSWORD)
    grant_role(actor=the_installation(), user=vera, role="validator")
    request = put(case)
    granted_by(request, case.cast.ada, case.cast.amir)
    meets(vera, request.conditions.get())
    assert told(case.cast.victor)[-1] == "condition:met"


def test_a_role_asked_for_is_told_to_second_administrators_and_granted_to_its_holder(cast):
    omar = granting.second_administrator()
    asked = granting.asked(cast.olga, cast.root, "auditor")
    assert (told(omar), told(cast.olga)) == (["role:requested"], [])
    granting.granted(omar, asked)
    assert told(cast.root) == ["role:granted"]


def test_whoever_is_told_may_open_what_the_link_leads_to(case):
    """Requests, conditions, roles and versions: each through the eyes of each of its readers."""
    cast, omar = case.cast, granting.second_administrator()
    granting.granted(omar, granting.asked(cast.olga, cast.root, "auditor"))
    refuse_requested(actor=omar, request=granting.asked(cast.olga, cast.root, "operator"), why="No.")
    request = requested(case)
    signed(request, cast.ada, "approve_with_conditions", conditions=[demand()])
    signed(request, cast.amir)
    meets(cast.victor, request.conditions.get())
    case.version.refresh_from_db()
    suspend_version(actor=cast.otto, version=case.version, why="Doubt.")
    tellings = list(Telling.objects.select_related("user", "notice"))
    assert len({each.notice.event for each in tellings}) >= 8
    for telling in tellings:
        browser = Client()
        browser.force_login(telling.user)
        answer = browser.get(telling.notice.path)
        assert answer.status_code == 200, (telling.user.username, telling.notice.event, telling.notice.path)


def test_a_disabled_account_is_told_nothing(case):
    disable_user(actor=case.cast.olga, user=case.cast.amir)
    requested(case)
    assert (told(case.cast.amir), told(case.cast.ada)) == ([], ["request:opened"])


def test_an_approver_of_another_model_is_told_nothing(case):
    aron = granting.enrolled("aron", "Aron Assis")
    grant_role(actor=the_installation(), user=aron, role="approver", model_slug="other")
    requested(case)
    assert told(aron) == []


def test_what_does_not_happen_is_told_to_nobody(case):
    with pytest.raises(ZeroDivisionError), opened():
        requested(case)
        raise ZeroDivisionError
    assert (Notice.objects.count(), Telling.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_every_event_that_people_hear_has_words():
    from mrm.settings import governance

    heard = {event for event, row in governance.NOTICES.items() if row.who} - {"request:closed"}
    heard |= {f"{kind}:{word}" for kind in governance.REMINDERS for word in ("due", "overdue")}
    assert heard <= set(SENTENCES)
    assert heard | {"request:closed"} <= set(TITLES)


# --- By mail ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_notice_is_mailed_with_a_link_and_without_anybodys_words(case, addresses, mail, work):
    request = requested(case)
    work()
    (letter,) = letters(mail, "ada")
    assert f"http://127.0.0.1:8000{reverse('sign-off', args=[request.pk])}" in letter.body
    assert case.version.label in letter.body
    withdraw(actor=request.opened_by, request=request, why=WHY)
    work()
    assert WHY not in "".join(each.body + each.subject for each in mail)
    assert (letter.content_subtype, letter.attachments) == ("plain", [])


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_in_the_language_of_its_reader(case, addresses, mail, work):
    """The name of a month comes with the framework, whatever our own catalogs hold."""
    User.objects.filter(pk=case.cast.ada.pk).update(language="pt-br")
    with time_machine.travel(dt.datetime(2030, 12, 1, 12, tzinfo=dt.UTC)):
        request = requested(case)
    with time_machine.travel(request.due_at - dt.timedelta(days=1)):
        reminders.sweep()
        work()
    assert "11 Dez 2030" in letters(mail, "ada")[-1].body
    assert "11 Dec 2030" in letters(mail, "amir")[-1].body


def test_without_an_address_nothing_is_mailed_and_the_page_says_so(case, mail):
    requested(case)
    browser = Client()
    browser.force_login(case.cast.ada)
    page = browser.get("/notices").content.decode()
    assert "You have given no address" in page
    assert "You gave no address" in page
    assert Job.objects.filter(kind="mail-notice").count() == 0


def test_without_a_mail_server_nothing_is_queued_and_the_page_says_so(case, addresses, settings):
    settings.MRM_MAIL_FROM = ""
    requested(case)
    browser = Client()
    browser.force_login(case.cast.ada)
    assert "No mail is set up here" in browser.get("/notices").content.decode()
    assert Job.objects.filter(kind="mail-notice").count() == 0


@pytest.mark.django_db(transaction=True)
def test_who_was_invited_by_mail_is_told_there_until_they_choose_otherwise(cast, mail, work):
    invitation = invite_by_mail(
        actor=cast.olga, invited=Invited("nora", "Nora Nunes", "en", "nora@bank.example")
    )
    nora = accept_invitation(actor=the_installation(), invitation=invitation, password="a harbour in the fog")
    omar = granting.second_administrator()
    granting.granted(omar, granting.asked(cast.olga, nora, "auditor"))
    work()
    assert [each.subject for each in letters(mail, "nora")][-1] == "Countersign: you have a role"
    set_address(actor=nora, mail="")
    assert Telling.objects.count() == Telling.objects.filter(user__in=[omar, nora]).count()
    requests = granting.asked(cast.olga, nora, "validator")
    granting.granted(omar, requests)
    assert Telling.objects.filter(user=nora).latest("at").unmailed == "no_address"


class Sulking(locmem.EmailBackend):
    """A mail server that takes nothing the first times."""

    refusals = 0

    def send_messages(self, messages):
        if type(self).refusals > 0:
            type(self).refusals -= 1
            raise smtplib.SMTPServerDisconnected("ada@bank.example is not nice")
        return super().send_messages(messages)


@pytest.fixture
def sulking(settings, mail):
    settings.EMAIL_BACKEND = "tests.notices.test_notices.Sulking"
    return mail


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_refuses_is_asked_again_after_a_rest_and_not_before(
    case, addresses, sulking, work, monkeypatch
):
    monkeypatch.setattr(Sulking, "refusals", 1)
    set_address(actor=case.cast.amir, mail="")
    requested(case)
    work()
    job = Telling.objects.get(user=case.cast.ada).job
    assert (job.state, job.attempt) == (JobState.QUEUED, 1)
    assert (runner.run_job(), sweeper.sweep()) == (None, [])
    with time_machine.travel(job.not_before):
        work()
    assert len(letters(sulking, "ada")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_is_never_taken_ends_dead_with_a_reason_on_the_page(
    case, addresses, sulking, monkeypatch
):
    monkeypatch.setattr(Sulking, "refusals", 1_000)
    requested(case)
    job = Telling.objects.get(user=case.cast.ada).job
    for _ in range(job.max_attempts):
        with time_machine.travel(Job.objects.get(pk=job.pk).not_before or clock.now()):
            runner.run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.DEAD
    browser = Client()
    browser.force_login(case.cast.ada)
    page = browser.get("/notices").content.decode()
    assert "Gave up after 5 attempts. The mail server did not take it (SMTPServerDisconnected)." in page
    assert "is not nice" not in page


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_killed_after_mailing_mails_again_under_the_same_name(case, addresses, mail, work):
    requested(case)
    job = Telling.objects.get(user=case.cast.ada).job
    from jobs.run import Run
    from notices.handlers import mail_notice

    mail_notice(Run(leases.claim(worker="lost", job_id=job.pk)))
    with time_machine.travel(clock.now() + 2 * leases.length()):
        sweeper.sweep()
        work()
    names = [letter.extra_headers["Message-ID"] for letter in letters(mail, "ada")]
    assert len(names) == 2
    assert len(set(names)) == 1
    assert Job.objects.get(pk=job.pk).state == JobState.SUCCEEDED


# --- One's own --------------------------------------------------------------------------------------------------


def test_the_page_shows_ones_own_notices_only(case):
    requested(case)
    pages = {}
    for user in (case.cast.ada, case.cast.lia):
        browser = Client()
        browser.force_login(user)
        pages[user.username] = browser.get("/notices").content.decode()
    assert case.version.label in pages["ada"]
    assert case.version.label not in pages["lia"]


def test_choosing_an_address_is_an_entry_without_it(cast):
    browser = Client()
    browser.force_login(cast.ada)
    answer = browser.post("/notices/address", {"mail": "ada@bank.example"}, follow=True)
    assert (
        "Notices are mailed to" in answer.content.decode() or "No mail is set up" in answer.content.decode()
    )
    entry = Entry.objects.get(event="address:changed")
    assert (entry.actor_id, b"bank.example" in bytes(entry.body)) == (str(cast.ada.pk), False)


@pytest.mark.parametrize("mail", ["not an address", "a@b\r\nBcc: all@bank.example", "x" * 250 + "@b.example"])
def test_what_is_no_address_is_refused(cast, mail):
    browser = Client()
    browser.force_login(cast.ada)
    assert browser.post("/notices/address", {"mail": mail}).status_code == 422


def test_a_token_does_not_change_where_mail_goes(cast):
    cast.ada.presented_scopes = frozenset()
    with pytest.raises(NotAllowed, match="A token cannot"):
        set_address(actor=cast.ada, mail="thief@elsewhere.example")


# --- Kept by the database ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices_notice SET named = 'another'",
        "DELETE FROM notices_telling",
        "UPDATE notices_telling SET unmailed = ''",
    ],
)
def test_what_was_told_stays_as_it_was(case, statement):
    requested(case)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
