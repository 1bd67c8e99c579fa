"""Invitations: a link that works once, for three days, for a password nobody else has seen and an account without roles."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client, override_settings

from accounts import invitations as services
from accounts.access import roles_of
from accounts.invitations import Invited
from accounts.models import Invitation, User
from accounts.selectors import the_installation
from audit.models import Entry
from mrm.lib import clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from tests.pages.reading import main, text

NORA = Invited("nora", "Nora Nunes", "pt-br")
CHOSEN = "a harbour in the fog"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/invitation\?key=[\w-]{43})")

pytestmark = pytest.mark.django_db


def invited(cast, **changed):
    return services.invite(actor=cast.olga, invited=Invited(**{**vars(NORA), **changed}))


def accept(invitation, password=CHOSEN):
    return services.accept_invitation(actor=the_installation(), invitation=invitation, password=password)


def visit(secret):
    browser = Client()
    return browser, browser.get("/invitation", {"key": secret}, follow=True)


def choose(browser, password=CHOSEN, again=None):
    return browser.post("/invitation/accept", {"password": password, "again": again or password})


def test_an_invited_person_chooses_a_password_and_signs_in_without_any_role(cast):
    _, secret = invited(cast)
    browser, page = visit(secret)
    assert "Welcome, Nora Nunes" in text(page)
    assert choose(browser).headers["Location"] == "/sign-in"
    answer = browser.post("/sign-in", {"username": "nora", "password": CHOSEN})
    assert answer.status_code == 302
    nora = User.objects.get(username="nora")
    assert (roles_of(nora), nora.language, nora.name) == (frozenset(), "pt-br", "Nora Nunes")


def test_inviting_and_accepting_are_entries_without_the_secret(cast):
    invitation, secret = invited(cast)
    accept(invitation)
    events = [entry.event for entry in Entry.objects.order_by("-sequence")[:3]]
    assert events == ["invitation:accepted", "person:enrolled", "invitation:handed_over"]
    told = b"".join(bytes(entry.body) for entry in Entry.objects.all())
    assert secret.encode() not in told
    assert invitation.secret_digest.encode() not in told


@pytest.mark.parametrize("who", ["dana", "victor", "root", "quinn"])
def test_nobody_but_an_administrator_invites_or_revokes(cast, who):
    invitation, _ = invited(cast)
    before = Entry.objects.count()
    with pytest.raises(NotAllowed):
        services.invite(actor=getattr(cast, who), invited=NORA)
    with pytest.raises(NotAllowed):
        services.revoke_invitation(actor=getattr(cast, who), invitation=invitation)
    assert (Invitation.objects.count(), Entry.objects.count()) == (1, before)


def test_a_taken_name_is_refused_when_inviting_and_when_accepting(cast):
    with pytest.raises(Conflict):
        invited(cast, username="dana")
    (first, _), (second, _) = invited(cast), invited(cast)
    accept(first)
    with pytest.raises(Conflict):
        accept(second)
    second.refresh_from_db()
    assert second.accepted_at is None


def test_a_link_works_once(cast):
    invitation, secret = invited(cast)
    accept(invitation)
    browser, page = visit(secret)
    assert (page.status_code, "was used" in text(page)) == (409, True)
    assert choose(browser, "another good password").status_code == 409
    assert User.objects.filter(username="nora").count() == 1


def test_a_revoked_link_and_one_that_ran_out_are_told_apart(cast):
    (revoked, first), (_, second) = invited(cast), invited(cast)
    services.revoke_invitation(actor=cast.olga, invitation=revoked)
    assert "was revoked" in text(visit(first)[1])
    with time_machine.travel(clock.now() + dt.timedelta(hours=72), tick=False):
        assert "has run out" in text(visit(second)[1])
    assert not User.objects.filter(username="nora").exists()


def test_a_link_that_nobody_gave_opens_nothing(cast):
    assert visit("guess")[1].status_code == 404
    assert Client().get("/invitation/accept").status_code == 404
    assert choose(Client()).status_code == 404


def test_revoked_between_page_and_password_is_refused(cast):
    invitation, secret = invited(cast)
    browser, _ = visit(secret)
    services.revoke_invitation(actor=cast.olga, invitation=invitation)
    assert choose(browser).status_code == 409
    with pytest.raises(WrongStage):
        accept(invitation)
    with pytest.raises(Conflict):
        services.revoke_invitation(actor=cast.olga, invitation=invitation)


@pytest.mark.parametrize("weak", ["short", "password1234", "nora nunes 12"])
def test_a_weak_password_is_refused_and_nothing_is_made(cast, weak):
    invitation, secret = invited(cast)
    browser, _ = visit(secret)
    assert choose(browser, weak).status_code == 422
    with pytest.raises(Invalid):
        accept(invitation, weak)
    assert not User.objects.filter(username="nora").exists()
    assert choose(browser).status_code == 303


def test_the_two_passwords_must_be_the_same(cast):
    browser, _ = visit(invited(cast)[1])
    assert "not the same" in text(choose(browser, CHOSEN, "something else here"))


def test_the_secret_is_gone_from_the_address_before_a_page_is_seen(cast):
    _, secret = invited(cast)
    answer = Client().get("/invitation", {"key": secret})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/invitation/accept")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert secret not in answer.headers["Location"] + answer.content.decode()


def test_only_its_digest_is_at_rest(cast):
    _, secret = invited(cast)
    browser, _ = visit(secret)
    assert secret not in repr(Invitation.objects.values().get())
    assert secret not in repr(dict(browser.session))


def test_a_refused_link_leaves_no_secret_in_the_log(cast, caplog):
    invitation, secret = invited(cast)
    services.revoke_invitation(actor=cast.olga, invitation=invitation)
    visit(secret)
    visit("not-a-secret-that-counts")
    assert secret not in caplog.text
    assert "not-a-secret" not in caplog.text


def test_the_administrator_is_shown_the_link_once(cast, browser_of):
    browser = browser_of(cast.olga)
    answer = browser.post(
        "/invitations/new", {"name": "Nora", "username": "nora", "language": "en", "mail": ""}
    )
    assert answer.status_code == 201
    assert Client().get(LINK.search(main(answer)).group(1)).status_code == 303
    assert "key=" not in browser.get("/invitations").content.decode()


@pytest.mark.parametrize("username", ["Nora", "no ra", "../x", "n\x00", "", "a" * 65, "-a"])
def test_a_user_name_is_plain(cast, browser_of, username):
    sent = {"name": "Nora", "username": username, "language": "en"}
    assert browser_of(cast.olga).post("/invitations/new", sent).status_code == 422


def test_without_mail_nothing_is_mailed_and_the_page_says_so(cast, browser_of):
    sent = {"name": "Nora", "username": "nora", "language": "en", "mail": "nora@bank.example"}
    answer = browser_of(cast.olga).post("/invitations/new", sent)
    assert (answer.status_code, "No mail is set up" in text(answer)) == (409, True)
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
@override_settings(MRM_MAIL_FROM="countersign@bank.example")
def test_a_mailed_link_is_made_by_the_job_and_kept_nowhere(cast, work):
    services.invite_by_mail(actor=cast.olga, invited=Invited("nora", "Nora", "pt-br", "nora@bank.example"))
    assert mail.outbox == []
    [job] = work()
    assert (job.state, job.result) == ("succeeded", {"mailed": True})
    [message] = mail.outbox
    link = LINK.search(message.body).group(1)
    assert message.to == ["nora@bank.example"]
    assert Client().get(link).status_code == 303
    assert link.rpartition("=")[2] not in f"{job.payload}{job.result}{Invitation.objects.values().get()}"


@pytest.mark.django_db(transaction=True)
@override_settings(
    MRM_MAIL_FROM="countersign@bank.example",
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_PORT=1,
)
def test_a_mail_server_that_is_away_is_said_on_the_job(cast, work):
    services.invite_by_mail(actor=cast.olga, invited=Invited("nora", "Nora", "en", "nora@bank.example"))
    [job] = work()
    assert job.state == "failed"
    assert "was not sent" in job.reason
    assert "nora@bank" not in job.reason


@pytest.mark.django_db(transaction=True)
@override_settings(MRM_MAIL_FROM="countersign@bank.example")
def test_an_invitation_revoked_before_its_mail_is_not_mailed(cast, work):
    made = services.invite_by_mail(
        actor=cast.olga, invited=Invited("nora", "Nora", "en", "nora@bank.example")
    )
    services.revoke_invitation(actor=cast.olga, invitation=made)
    [job] = work()
    assert (job.state, mail.outbox) == ("failed", [])
