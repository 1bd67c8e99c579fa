"""The inbox, the page of a request, what ends when: each sees what they may do, and nothing entered is lost."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRequest, Condition, Delegation, Emergency
from approvals.services import claim, delegate
from mrm.lib import clock
from registry.services import suspend_version
from tests.approvals.signed import approved, requested, signed
from tests.cast import PASSWORD
from tests.pages.reading import links, main, posts, shown, text

HERE = "/models/card-limit/versions/1"
WORDS = "Because <b>so</b>."


def url_of(request, what: str = "") -> str:
    return f"/approval-requests/{request.pk}{what}"


def filled(page, **changed) -> dict[str, str]:
    answers = {"verdict": "approve", "rationale": WORDS, "password": PASSWORD, "shown": shown(page)}
    return answers | changed


@pytest.fixture
def request_(case) -> ApprovalRequest:
    return requested(case)


@pytest.fixture
def suspended(case):
    case.version = suspend_version(actor=case.cast.otto, version=approved(case).version, why="Complaints.")
    return case


# --- The inbox --------------------------------------------------------------------------------------------------


def test_inbox_shows_what_waits_for_me_and_what_i_asked(case, request_, browser_of):
    assert url_of(request_) in links(browser_of(case.cast.ada).get("/approvals"))
    assert url_of(request_) not in links(browser_of(case.cast.dana).get("/approvals"))
    assert url_of(request_) in links(browser_of(case.cast.dana).get("/approvals?show=asked"))
    assert url_of(request_) in links(browser_of(case.cast.quinn).get("/approvals?show=open"))
    signed(request_, case.cast.ada)
    assert url_of(request_) not in links(browser_of(case.cast.ada).get("/approvals"))
    assert "1 of 2" in text(browser_of(case.cast.amir).get("/approvals"))


def test_inbox_says_who_has_it_in_hand_and_what_is_overdue(case, request_, browser_of):
    claim(actor=case.cast.ada, request=request_)
    assert "Ada Abreu since" in text(browser_of(case.cast.amir).get("/approvals"))
    with time_machine.travel(request_.due_at + dt.timedelta(days=1)):
        page = text(browser_of(case.cast.amir).get("/approvals"))
        assert "Overdue" in page
        assert "nobody" in page
        assert "Overdue" in text(browser_of(case.cast.amir).get("/"))


@pytest.mark.parametrize("who", ["root", "olga"])
@pytest.mark.parametrize("url", ["/approvals", "/expiries"])
def test_who_reads_no_inventory_is_refused(cast, browser_of, who, url):
    assert browser_of(getattr(cast, who)).get(url).status_code == 403


@pytest.mark.parametrize("query", ["show=mine", "after=x", "after=%00"])
def test_address_that_no_page_gave_is_refused(cast, browser_of, query):
    assert browser_of(cast.ada).get(f"/approvals?{query}").status_code == 400


def test_inbox_asks_the_database_the_same_number_of_questions(case, request_, browser_of):
    browser = browser_of(case.cast.ada)
    with CaptureQueriesContext(connection) as asked:
        browser.get("/approvals?show=all")
    assert len(asked) <= 20


# --- One request ------------------------------------------------------------------------------------------------


def test_approver_takes_it_in_hand_gives_it_back_and_declares_a_conflict(case, request_, browser_of):
    browser = browser_of(case.cast.ada)
    assert url_of(request_, "/claim") in posts(browser.get(url_of(request_)))
    browser.post(url_of(request_, "/claim"))
    page = browser.get(url_of(request_))
    assert "Ada Abreu has it in hand" in text(page)
    assert url_of(request_, "/release") in posts(page)
    browser.post(url_of(request_, "/release"))
    answer = browser.post(url_of(request_, "/recusal"), {"why": "My sister."}, follow=True)
    assert "declared a conflict" in text(answer)
    assert 'name="password"' not in main(answer)


def test_approval_with_conditions_is_given_on_the_page(case, request_, browser_of):
    browser, until = browser_of(case.cast.ada), (clock.now() + dt.timedelta(days=30)).date()
    answers = filled(
        browser.get(url_of(request_)),
        verdict="approve_with_conditions",
        conditions="Watch the young.\n\n Report in March. ",
        conditions_due=until.isoformat(),
    )
    assert browser.post(url_of(request_), answers).status_code == 303
    assert {each.words for each in Condition.objects.all()} == {"Watch the young.", "Report in March."}
    assert "Watch the young." in text(browser_of(case.cast.amir).get(url_of(request_)))


def test_line_that_begins_with_a_date_is_due_by_that_one(case, request_, browser_of):
    browser, today = browser_of(case.cast.ada), clock.now().date()
    early, late = (today + dt.timedelta(days=days) for days in (10, 30))
    answers = filled(
        browser.get(url_of(request_)),
        verdict="approve_with_conditions",
        conditions=f"{early} Watch the young.\nReport.\n2026-02-31 is no day.",
        conditions_due=late.isoformat(),
    )
    assert browser.post(url_of(request_), answers).status_code == 303
    due = {each.words: (each.due_at - dt.timedelta(days=1)).date() for each in Condition.objects.all()}
    assert due == {"Watch the young.": early, "Report.": late, "2026-02-31 is no day.": late}


def test_conditions_without_a_date_are_refused_and_keep_their_words(case, request_, browser_of):
    browser = browser_of(case.cast.ada)
    answers = filled(
        browser.get(url_of(request_)), verdict="approve_with_conditions", conditions="Watch the young."
    )
    answer = browser.post(url_of(request_), answers)
    assert answer.status_code == 422
    assert "Watch the young." in main(answer)
    assert not Condition.objects.exists()


def test_dissent_stands_on_the_page_for_the_others(case, request_, browser_of):
    browser = browser_of(case.cast.ada)
    browser.post(url_of(request_), filled(browser.get(url_of(request_)), verdict="dissent"))
    assert "Dissent" in text(browser_of(case.cast.amir).get(url_of(request_)))
    assert case.stage() == "in_review"


def test_delegate_signs_for_another_on_the_page(case, request_, browser_of):
    until = clock.now() + dt.timedelta(days=3)
    delegate(actor=case.cast.ada, to=case.cast.amir, until=until, why="On leave.")
    browser = browser_of(case.cast.amir)
    browser.post(url_of(request_), filled(browser.get(url_of(request_)), on_behalf_of="ada"))
    assert request_.signoffs.get().on_behalf_of == case.cast.ada.person
    assert "for Ada Abreu" in text(browser.get(url_of(request_)))


def test_whoever_asked_withdraws_on_the_page_and_nobody_else_is_offered_it(case, request_, browser_of):
    assert url_of(request_, "/withdrawal") in links(browser_of(case.cast.dana).get(HERE))
    assert url_of(request_, "/withdrawal") not in links(browser_of(case.cast.victor).get(HERE))
    answer = browser_of(case.cast.dana).post(url_of(request_, "/withdrawal"), {"why": "A typo."}, follow=True)
    assert answer.redirect_chain == [(HERE, 303)]
    assert case.stage() == "validated"


def test_hostile_words_are_shown_as_words(case, request_, browser_of):
    hostile = "<script>alert(1)</script>"
    browser_of(case.cast.ada).post(url_of(request_, "/recusal"), {"why": hostile})
    page = browser_of(case.cast.amir).get(url_of(request_)).content.decode()
    assert hostile not in page
    assert "&lt;script&gt;alert(1)" in page


# --- Other acts -------------------------------------------------------------------------------------------------


def test_suspended_version_offers_what_may_be_asked(suspended, browser_of):
    asked = {f"{HERE}/requests/resume-version", f"{HERE}/requests/retire-version", f"{HERE}/break-glass"}
    assert asked <= links(browser_of(suspended.cast.otto).get(HERE))
    assert not asked & links(browser_of(suspended.cast.ada).get(HERE))


def test_resumption_is_asked_and_signed_on_pages(suspended, browser_of):
    answer = browser_of(suspended.cast.otto).post(
        f"{HERE}/requests/resume-version", {"why": "Settled."}, follow=True
    )
    assert "independent approvers sign" in text(answer)
    request = ApprovalRequest.objects.get(act="resume-version")
    for user in (suspended.cast.ada, suspended.cast.amir):
        browser = browser_of(user)
        page = browser.get(url_of(request))
        assert "Settled." in text(page)
        assert browser.post(url_of(request), filled(page)).status_code == 303
    assert suspended.stage() == "approved"


def test_glass_is_broken_on_pages_for_the_hours_that_were_asked(suspended, browser_of):
    otto = browser_of(suspended.cast.otto)
    assert otto.post(f"{HERE}/break-glass", {"hours": "25", "why": "Payday."}).status_code == 422
    assert otto.post(f"{HERE}/break-glass", {"hours": "3", "why": "Payday."}).status_code == 303
    request = ApprovalRequest.objects.get(act="break-glass")
    browser = browser_of(suspended.cast.ada)
    browser.post(url_of(request), filled(browser.get(url_of(request))))
    assert Emergency.objects.get().until > clock.now()


def test_exception_is_asked_on_the_page_of_the_failed_check(case, browser_of):
    case.evidence(adverse_impact_age="failed")
    browser, until = browser_of(case.cast.victor), (clock.now() + dt.timedelta(days=30)).date()
    assert f"{HERE}/exception" in links(browser.get(HERE))
    answers = {"check": str(case.result("adverse_impact_age").pk), "until": until.isoformat(), "why": "Soon."}
    assert browser.post(f"{HERE}/exception", answers).status_code == 303
    assert ApprovalRequest.objects.get().act == "grant-exception"


@pytest.mark.parametrize("act", ["approve-version", "crown"])
def test_act_that_is_not_asked_there_is_not_found(case, browser_of, act):
    assert browser_of(case.cast.victor).get(f"{HERE}/requests/{act}").status_code == 404


# --- What ends when ---------------------------------------------------------------------------------------------


def test_expiries_are_listed_and_a_condition_is_met_on_its_page(case, request_, browser_of):
    from approvals.services import Demand

    demand = Demand("Watch it.", clock.now() + dt.timedelta(days=9))
    signed(request_, case.cast.ada, "approve_with_conditions", conditions=[demand])
    signed(request_, case.cast.amir)
    page = f"/conditions/{Condition.objects.get().pk}"
    listed = browser_of(case.cast.quinn).get("/expiries")
    assert {page, HERE} <= links(listed)
    assert HERE not in links(browser_of(case.cast.quinn).get("/expiries?kind=condition"))
    assert 'name="password"' not in main(browser_of(case.cast.ada).get(page))
    browser = browser_of(case.cast.victor)
    assert browser.post(page, filled(browser.get(page))).status_code == 303
    assert "Met" in text(browser.get(page))
    assert page not in links(browser.get("/expiries"))


def test_approver_has_somebody_stand_in_and_ends_it(cast, browser_of):
    browser, until = browser_of(cast.ada), (clock.now() + dt.timedelta(days=5)).date()
    answers = {"to": "amir", "until": until.isoformat(), "why": "On leave."}
    answer = browser.post("/delegations", answers, follow=True)
    assert "Amir Aziz stands in for you" in text(answer)
    given = Delegation.objects.get()
    assert f"/delegations/{given.pk}/end" in posts(browser_of(cast.amir).get("/delegations"))
    browser.post(f"/delegations/{given.pk}/end")
    given.refresh_from_db()
    assert given.ended_by == cast.ada
