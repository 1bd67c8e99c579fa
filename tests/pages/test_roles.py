"""Pages of roles: the rules for everybody, one's own roles, asking, granting with a signature, revoking."""

from __future__ import annotations

import uuid

import pytest

from accounts.models import RoleGrant, RoleRequest
from mrm.settings import governance
from tests.accounts.granting import asked, granted, regulator, second_administrator
from tests.cast import PASSWORD
from tests.pages import reading

ASK = "/roles/requests/new"
ASKED = {"username": "quinn", "role": "validator", "why": "He stands in for Victor."}


@pytest.fixture
def omar(cast):
    return second_administrator()


@pytest.fixture
def question(cast, omar):
    return asked(cast.olga, cast.quinn, "validator")


def page_of(question):
    return f"/roles/requests/{question.pk}"


def test_the_page_has_a_mark_for_every_permission_of_every_role(cast, browser_of):
    page = browser_of(cast.lia).get("/roles")
    marks = reading.main(page).count('<span class="visually-hidden">yes</span>')
    assert marks == sum(len(held) for held in governance.ROLES.values())
    assert all(name in reading.main(page) for held in governance.ROLES.values() for name in held)


def test_the_page_says_who_may_not_whatever_their_roles(cast, browser_of):
    words = reading.text(browser_of(cast.root).get("/roles"))
    assert "Sign an approval request its author, its trainer, who submitted it, the validator" in words
    assert "until a date: regulator." in words


@pytest.mark.parametrize("name", ["dana", "quinn", "root"])
def test_others_than_administrators_reach_no_page_of_deciding(cast, question, browser_of, name):
    browser = browser_of(getattr(cast, name))
    grant = cast.victor.grants.get()
    pages = ("/roles/requests", ASK, page_of(question), f"/people/{cast.victor.pk}/roles")
    ends = (f"{page_of(question)}/refusal", f"/roles/grants/{grant.pk}/revocation")
    for address in (*pages, *ends):
        assert browser.get(address).status_code == 403, address
        assert browser.post(address, {"why": "x"}).status_code in {403, 405}, address


def test_everybody_reads_their_own_roles(cast, browser_of):
    words = reading.text(browser_of(cast.quinn).get(f"/people/{cast.quinn.pk}/roles"))
    assert "Auditor In force every model" in words
    assert "Revoke" not in words


def test_a_stranger_to_the_database_is_not_found(cast, browser_of):
    assert browser_of(cast.olga).get(f"/people/{uuid.uuid4()}/roles").status_code == 404
    assert browser_of(cast.olga).get(f"/roles/requests/{uuid.uuid4()}").status_code == 404


def test_asking_leads_to_the_request(cast, omar, browser_of):
    answer = browser_of(cast.olga).post(ASK, ASKED)
    made = RoleRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, page_of(made))
    assert (made.user, made.asked_by, made.why) == (cast.quinn, cast.olga, ASKED["why"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "nobody"}, "Nobody here is called nobody."),
        ({"role": "emperor"}, "Select a valid choice"),
        ({"why": ""}, "This field is required"),
        ({"model_slug": "Cards!"}, "lower-case letters"),
        ({"role": "regulator"}, "needs one model"),
        ({"role": "regulator"}, "needs an end"),
        ({"ends_on": "2001-01-01"}, "lies behind now"),
        ({"records_from": "2026-01-01"}, "leave the period empty"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_entered_stays(cast, browser_of, wrong, said):
    answer = browser_of(cast.olga).post(ASK, {**ASKED, "why": "My words", **wrong})
    assert answer.status_code == 422
    assert said in reading.text(answer)
    assert not RoleRequest.objects.exists()


def test_the_last_day_is_included(cast, browser_of):
    browser_of(cast.olga).post(ASK, {**ASKED, "ends_on": "2099-12-31"})
    assert RoleRequest.objects.get().ends_at.isoformat() == "2100-01-01T00:00:00+00:00"


def test_granting_is_signed_and_leads_to_the_person(cast, omar, question, browser_of):
    browser = browser_of(omar)
    page = browser.get(page_of(question))
    assert "Start a validation run" in reading.text(page)
    answer = browser.post(page_of(question), {"password": PASSWORD, "shown": reading.shown(page)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/people/{cast.quinn.pk}/roles")
    words = reading.text(browser.get(f"/people/{cast.quinn.pk}/roles"))
    assert "Olga Ortiz Omar Ortega" in words


def test_a_wrong_password_and_a_changed_page_grant_nothing(omar, question, browser_of):
    browser, shown = browser_of(omar), reading.shown(browser_of(omar).get(page_of(question)))
    wrong = browser.post(page_of(question), {"password": "wrong", "shown": shown})
    stale = browser.post(page_of(question), {"password": PASSWORD, "shown": "a" * 64})
    assert (wrong.status_code, stale.status_code) == (403, 409)
    assert not RoleGrant.objects.filter(request=question).exists()
    assert PASSWORD not in stale.content.decode()


def test_whoever_asked_sees_why_not_and_may_take_it_back(cast, question, browser_of):
    browser = browser_of(cast.olga)
    page = browser.get(page_of(question))
    assert "Another administrator decides on it." in reading.text(page)
    assert 'name="password"' not in reading.main(page)
    assert f"{page_of(question)}/refusal" not in reading.links(page)
    browser.post(f"{page_of(question)}/withdrawal", {"why": "A mistake."})
    question.refresh_from_db()
    assert question.state == "withdrawn"


def test_refusing_needs_words(omar, question, browser_of):
    browser = browser_of(omar)
    assert browser.post(f"{page_of(question)}/refusal", {"why": ""}).status_code == 422
    assert browser.post(f"{page_of(question)}/refusal", {"why": "No."}).status_code == 303
    assert "Refused" in reading.text(browser.get("/roles/requests"))


def test_requests_are_narrowed_by_state(omar, question, browser_of):
    browser = browser_of(omar)
    assert page_of(question) in reading.links(browser.get("/roles/requests?state=open"))
    assert page_of(question) not in reading.links(browser.get("/roles/requests?state=granted"))
    assert browser.get("/roles/requests?state=lost").status_code == 400
    assert browser.get("/roles/requests?after=made-up").status_code == 400


def test_revoking_is_asked_once_and_ends_at_once(cast, browser_of):
    grant, browser = cast.quinn.grants.get(), browser_of(cast.olga)
    address = f"/roles/grants/{grant.pk}/revocation"
    assert "Revoke the role auditor of Quinn Queiroz" in reading.text(browser.get(address))
    assert browser.post(address).status_code == 303
    assert browser_of(cast.quinn).get("/ledger").status_code == 403
    assert browser.post(address).status_code == 409


def test_a_regulators_bounds_stand_on_their_page(cast, browser_of):
    rita = regulator(cast, "card-limit")
    words = reading.text(browser_of(rita).get(f"/people/{rita.pk}/roles"))
    assert "Regulator In force card-limit 1 Jan" in words


def test_the_list_costs_the_same_for_many_requests(cast, omar, browser_of, django_assert_max_num_queries):
    for role in ("developer", "approver", "operator", "validator"):
        granted(omar, asked(cast.olga, cast.quinn, role))
    browser = browser_of(omar)
    with django_assert_max_num_queries(12):
        browser.get("/roles/requests")
    with django_assert_max_num_queries(14):
        browser.get(f"/people/{cast.quinn.pk}/roles")
