"""Use before validation on the pages: asked with its terms, shown to whoever signs, told wherever the version stands."""

from __future__ import annotations

import datetime as dt

from approvals.models import ApprovalRequest, Cap
from mrm.lib import clock
from tests.approvals.signed import granted_by
from tests.pages.reading import links, main, posts, text

HERE = "/models/card-limit/versions/1"
ASK = f"{HERE}/pre-validation-use"
NOTICE = "0 of the 5 decisions of its cap are made"


def terms(**changed) -> dict[str, str]:
    until = (clock.now() + dt.timedelta(days=20)).date().isoformat()
    return {"decisions": "5", "until": until, "why": "A <b>pilot</b>."} | changed


def test_its_developer_asks_and_the_approver_reads_the_terms(case, browser_of):
    browser = browser_of(case.cast.dana)
    assert ASK in links(browser.get(HERE))
    assert "LIMIT_BAL" in main(browser.get(ASK))
    asked = terms(
        amount_input="LIMIT_BAL",
        most_each="50000",
        most_total="90000.50",
        segment_input="PAY_0",
        segment_value="-1",
    )
    answer = browser.post(ASK, asked)
    assert (answer.status_code, answer["Location"]) == (303, HERE)
    assert ASK not in links(browser.get(HERE))
    page = text(browser_of(case.cast.ada).get(f"/approval-requests/{ApprovalRequest.objects.get().pk}"))
    for said in (
        "before its validation has ended?",
        "A <b>pilot</b>.",
        "LIMIT_BAL",
        "90000.5",
        "PAY_0",
        "-1",
    ):
        assert said in page


def test_what_nobody_has_measured_is_not_said_to_have_passed(case, browser_of):
    browser_of(case.cast.dana).post(ASK, terms())
    request = ApprovalRequest.objects.get()
    page = text(browser_of(case.cast.ada).get(f"/approval-requests/{request.pk}"))
    assert "Nothing is measured yet" in page
    assert "passed" not in page
    assert "No check failed" not in page
    assert f"{dt.datetime.fromisoformat(request.content['until']):%Y-%m-%d %H:%M} UTC" in page


def test_signatures_say_that_they_approve_the_cap_and_not_the_version(case, browser_of):
    browser_of(case.cast.dana).post(ASK, terms())
    granted_by(ApprovalRequest.objects.get(), case.cast.ada, case.cast.amir)
    signatures = text(browser_of(case.cast.quinn).get(HERE)).split("Signatures", 1)[1]
    assert signatures.count("Use before validation") == 2


def test_terms_that_are_refused_keep_what_was_entered(case, browser_of):
    answer = browser_of(case.cast.dana).post(ASK, terms(most_each="50000"))
    assert answer.status_code == 422
    assert 'value="50000"' in main(answer)
    assert "Say which input is the amount." in text(answer)
    assert not ApprovalRequest.objects.exists()


def test_nobody_else_is_offered_it(case, browser_of):
    for who in ("ada", "otto", "quinn"):
        browser = browser_of(getattr(case.cast, who))
        assert ASK not in links(browser.get(HERE))
        assert browser.get(ASK).status_code == 403
        assert browser.post(ASK, terms()).status_code == 403


def test_version_under_a_cap_says_so_and_is_offered_for_deployment(case, browser_of):
    otto = browser_of(case.cast.otto)
    assert f"{HERE}/deployment" not in posts(otto.get(HERE))
    browser_of(case.cast.dana).post(ASK, terms())
    granted_by(ApprovalRequest.objects.get(), case.cast.ada, case.cast.amir)
    page = otto.get(HERE)
    assert NOTICE in text(page)
    deploy = [each for each in posts(page) if "deploy" in each]
    assert len(deploy) == 1
    assert otto.post(deploy[0]).status_code == 303
    assert f"Use of {case.version.label} before validation" in text(otto.get("/expiries?kind=cap"))
    assert Cap.objects.get().used_decisions == 0
