"""Signing on the pages: for what was shown, once, by whom it concerns, with nothing lost on a refusal."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.passwords import reset_password
from approvals.models import SignOff
from approvals.services import open_request
from mrm.lib import clock
from tests.accounts.devices import enrolled_app, enrolled_key
from tests.cast import PASSWORD
from tests.pages.reading import links, main, shown, text
from validation.findings import Raised
from validation.models import Conclusion, Deviation
from validation.services import open_finding

HERE = "/models/card-limit/versions/1"
WORDS = "I have read every check & <b>stand</b> by it."


@pytest.fixture
def request_(case):
    case.evidence()
    case.concluded()
    return open_request(actor=case.cast.dana, version=case.version)


def url_of(request) -> str:
    return f"/approval-requests/{request.pk}"


def answers(page, **changed) -> dict[str, str]:
    """The form as its user fills it: words, password, and the digest that the page carried."""
    filled = {"verdict": "approve", "rationale": WORDS, "password": PASSWORD, "shown": shown(page)}
    return filled | changed


def sign(browser, url, **changed):
    return browser.post(url, answers(browser.get(url), **changed))


def test_validator_concludes_on_the_page(case, browser_of):
    case.evidence()
    answer = sign(browser_of(case.cast.victor), f"{HERE}/conclusion", verdict="fit")
    assert (answer.status_code, answer["Location"]) == (303, HERE)
    assert (case.stage(), Conclusion.objects.get().rationale) == ("validated", WORDS)


def test_validator_concludes_with_conditions_on_the_page(case, browser_of):
    case.evidence()
    url, due = f"{HERE}/conclusion", (clock.now() + dt.timedelta(days=30)).date().isoformat()
    browser, words = browser_of(case.cast.victor), "Watch the <i>young</i>."
    assert sign(browser, url, verdict="fit_with_conditions").status_code == 422
    answer = sign(
        browser,
        url,
        verdict="fit_with_conditions",
        conditions=words,
        conditions_due=due,
        rationale="Fit, if watched.",
    )
    assert (answer.status_code, case.stage()) == (303, "validated")
    assert words in text(browser.get(HERE))
    asked = open_request(actor=case.cast.dana, version=case.version)
    page = text(browser_of(case.cast.ada).get(url_of(asked)))
    assert words in page
    assert "Set by Victor Vance" in page


def test_blocked_conclusion_offers_every_verdict_but_fit(case, browser_of):
    case.evidence(adverse_impact_age="failed")
    browser, url = browser_of(case.cast.victor), f"{HERE}/conclusion"
    page = browser.get(url)
    assert 'value="fit"' not in main(page)
    assert 'value="not_fit"' in main(page)
    assert "Blocking checks failed" in text(page)
    assert browser.post(url, answers(page, verdict="fit")).status_code == 422
    assert sign(browser, url, verdict="returned").status_code == 303
    assert case.stage() == "draft"


def test_failed_check_is_let_stand_by_the_validator(case, browser_of):
    case.evidence(adverse_impact_age="failed")
    url = f"/validation-results/{case.result('adverse_impact_age').pk}/deviation"
    assert sign(browser_of(case.cast.victor), url).status_code == 303
    assert Deviation.objects.get().rationale == WORDS
    assert 'value="fit"' in main(browser_of(case.cast.victor).get(f"{HERE}/conclusion"))


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "quinn"])
def test_nobody_else_is_shown_a_form_to_conclude(case, browser_of, who):
    case.evidence()
    browser = browser_of(getattr(case.cast, who))
    assert 'name="password"' not in main(browser.get(f"{HERE}/conclusion"))
    page = browser_of(case.cast.victor).get(f"{HERE}/conclusion")
    assert browser.post(f"{HERE}/conclusion", answers(page, verdict="fit")).status_code == 403
    assert case.stage() == "in_validation"


@pytest.mark.control("SR26-2:approval")
def test_two_approvers_approve_on_the_page(case, request_, browser_of):
    answer = browser_of(case.cast.ada)
    page = answer.post(url_of(request_), answers(answer.get(url_of(request_))), follow=True)
    assert "1 more approver signs" in text(page)
    sign(browser_of(case.cast.amir), url_of(request_))
    assert case.stage() == "approved"
    assert {each.rationale for each in SignOff.objects.all()} == {WORDS}


@pytest.mark.parametrize(("verdict", "stage"), [("return", "draft"), ("reject", "rejected")])
def test_one_approver_returns_or_rejects(case, request_, browser_of, verdict, stage):
    assert sign(browser_of(case.cast.ada), url_of(request_), verdict=verdict).status_code == 303
    assert case.stage() == stage


def test_page_says_what_is_asked_by_whom_and_who_has_signed(case, request_, browser_of):
    words = text(browser_of(case.cast.ada).get(url_of(request_)))
    for said in ("Asked by Dana Duarte", "PD below 35", "No check failed", "Victor Vance", "Ada Abreu"):
        assert said in words


@pytest.mark.parametrize("who", ["dana", "victor", "otto", "lia", "quinn"])
def test_who_is_no_approver_sees_no_form_and_signs_nothing(case, request_, browser_of, who):
    browser = browser_of(getattr(case.cast, who))
    page = browser_of(case.cast.ada).get(url_of(request_))
    if who != "lia":
        assert 'name="password"' not in main(browser.get(url_of(request_)))
    assert browser.post(url_of(request_), answers(page)).status_code == 403
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("who", ["root", "olga"])
def test_without_a_role_nothing_is_seen_or_signed(case, request_, browser_of, who):
    browser = browser_of(getattr(case.cast, who))
    page = browser_of(case.cast.ada).get(url_of(request_))
    assert browser.get(url_of(request_)).status_code == 403
    assert browser.post(url_of(request_), answers(page)).status_code == 403
    assert not SignOff.objects.exists()


def test_what_changed_since_it_was_shown_is_not_signed_and_nothing_entered_is_lost(
    case, request_, browser_of
):
    browser = browser_of(case.cast.ada)
    page = browser.get(url_of(request_))
    open_finding(actor=case.cast.victor, version=case.version, raised=Raised("Seen late", "It leaks.", "low"))
    answer = browser.post(url_of(request_), answers(page))
    assert answer.status_code == 409
    assert "has changed since" in text(answer)
    assert "Seen late" in text(answer)
    assert "I have read every check &amp; &lt;b&gt;stand" in main(answer)
    assert PASSWORD not in answer.content.decode()
    assert not SignOff.objects.exists()
    # The page that came back shows what stands now: signing it is signing that.
    assert browser.post(url_of(request_), answers(answer)).status_code == 303


def test_stale_conclusion_keeps_its_words_too(case, browser_of):
    case.evidence()
    browser = browser_of(case.cast.victor)
    page = browser.get(f"{HERE}/conclusion")
    case.evidence(brier="inconclusive")
    answer = browser.post(f"{HERE}/conclusion", answers(page, verdict="fit"))
    assert answer.status_code == 409
    assert "I have read every check" in main(answer)
    assert not Conclusion.objects.exists()


def test_wrong_password_signs_nothing_and_keeps_the_words(case, request_, browser_of):
    answer = sign(browser_of(case.cast.ada), url_of(request_), password="guess")
    assert answer.status_code == 403
    assert "The password is not right" in text(answer)
    assert "I have read every check" in main(answer)
    assert not SignOff.objects.exists()


def test_signing_without_words_is_refused_on_the_form(case, request_, browser_of):
    answer = sign(browser_of(case.cast.ada), url_of(request_), rationale=" ")
    assert answer.status_code == 422
    assert 'href="#id_rationale"' in main(answer)
    assert not SignOff.objects.exists()


def test_same_form_sent_twice_signs_once(case, request_, browser_of):
    browser = browser_of(case.cast.ada)
    filled = answers(browser.get(url_of(request_)))
    assert browser.post(url_of(request_), filled).status_code == 303
    assert browser.post(url_of(request_), filled).status_code == 403
    assert SignOff.objects.count() == 1


def test_invented_digest_signs_nothing(case, request_, browser_of):
    assert sign(browser_of(case.cast.ada), url_of(request_), shown="0" * 64).status_code == 409
    assert not SignOff.objects.exists()


def test_hostile_rationale_is_shown_as_words(case, request_, browser_of):
    hostile = "</textarea><script>alert(1)</script>"
    browser = browser_of(case.cast.ada)
    again = sign(browser, url_of(request_), rationale=hostile, password="guess")
    sign(browser, url_of(request_), rationale=hostile)
    for page in (again, browser.get(HERE), browser.get(url_of(request_))):
        assert hostile not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_form_without_its_token_is_refused(case, request_):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(case.cast.ada)
    filled = answers(browser.get(url_of(request_)))
    assert browser.post(url_of(request_), filled).status_code == 403
    assert not SignOff.objects.exists()


def test_signed_request_is_read_without_a_form(case, request_, browser_of):
    sign(browser_of(case.cast.ada), url_of(request_))
    page = browser_of(case.cast.ada).get(url_of(request_))
    assert "has signed this request already" in text(page)
    assert 'name="password"' not in main(page)
    assert HERE in links(page)


@pytest.mark.control("security:step-up")
def test_a_code_is_asked_for_where_an_app_is_enrolled_and_nowhere_else(case, request_, browser_of):
    browser = browser_of(case.cast.ada)
    assert 'name="code"' not in main(browser.get(url_of(request_)))
    app = enrolled_app(case.cast.ada)
    assert 'name="code"' in main(browser.get(url_of(request_)))
    assert sign(browser, url_of(request_)).status_code == 403
    assert sign(browser, url_of(request_), code=app.code(1)).status_code == 303


def test_a_passkey_signs_what_the_page_showed_with_the_verdict_that_was_chosen(case, request_, browser_of):
    browser, key = browser_of(case.cast.ada), enrolled_key(case.cast.ada)
    asked = {"digest": shown(browser.get(url_of(request_))), "meaning": "signoff:approve"}
    nonce = browser.post("/security/signing-challenge", asked).json()["publicKey"]["challenge"]
    signed = {"passkey": key.sign(nonce), "challenge": nonce, "password": ""}
    assert sign(browser, url_of(request_), verdict="reject", **signed).status_code == 403
    assert sign(browser, url_of(request_), **signed).status_code == 303


def test_whose_password_an_administrator_chose_is_offered_no_signature(case, request_, browser_of):
    given = "given by an administrator"
    ada = reset_password(actor=case.cast.olga, user=case.cast.ada, password=given)
    browser = browser_of(ada)
    assert "You cannot sign now" in text(browser.get(url_of(request_)))
    assert 'name="password"' not in main(browser.get(url_of(request_)))
    assert sign(browser, url_of(request_), password=given).status_code == 403
    assert not SignOff.objects.exists()
