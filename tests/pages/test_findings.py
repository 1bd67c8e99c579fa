"""The board of findings and what can be done on one."""

from __future__ import annotations

import datetime as dt

import pytest

from validation.findings import Raised
from validation.services import close_finding, open_finding

LATE = Raised("Late <b>one</b>", "Why?", "medium", due_on=dt.date(2020, 1, 1))


@pytest.fixture
def finding(case):
    return open_finding(actor=case.cast.victor, version=case.version, raised=LATE)


def test_board_shows_severity_owner_and_that_it_is_overdue(case, finding, browser_of):
    page = browser_of(case.cast.quinn).get("/findings").content.decode()
    assert "Late &lt;b&gt;one" in page
    assert "Overdue" in page
    assert case.cast.dana.name in page


def test_board_is_narrowed(case, finding, browser_of):
    browser = browser_of(case.cast.quinn)
    assert str(finding.pk) in browser.get("/findings?overdue=yes&severity=medium&state=open").content.decode()
    assert str(finding.pk) not in browser.get("/findings?state=closed").content.decode()


def test_owner_answers_and_is_told_what_is_next(case, finding, browser_of):
    browser = browser_of(case.cast.dana)
    sent = browser.post(f"/findings/{finding.pk}/rebuttal", {"rebuttal-text": "The <i>population</i>."})
    assert sent.status_code == 303
    page = browser.get(f"/findings/{finding.pk}").content.decode()
    assert "The &lt;i&gt;population" in page
    assert "Next: a validator" in page


def test_validator_closes_and_the_owner_is_not_offered_to(case, finding, browser_of):
    assert (
        "Close the finding" not in browser_of(case.cast.dana).get(f"/findings/{finding.pk}").content.decode()
    )
    browser = browser_of(case.cast.victor)
    assert "Close the finding" in browser.get(f"/findings/{finding.pk}").content.decode()
    assert browser.post(f"/findings/{finding.pk}/closure", {"closure-text": "Settled."}).status_code == 303
    finding.refresh_from_db()
    assert finding.state == "closed"


def test_empty_words_are_refused_on_the_page(case, finding, browser_of):
    answer = browser_of(case.cast.victor).post(f"/findings/{finding.pk}/closure", {"closure-text": " "})
    assert answer.status_code == 422
    assert "Please correct" in answer.content.decode()


def test_words_are_kept_when_the_finding_was_closed_meanwhile(case, finding, browser_of):
    close_finding(actor=case.cast.victor, finding=finding, text="Settled.")
    answer = browser_of(case.cast.dana).post(
        f"/findings/{finding.pk}/rebuttal", {"rebuttal-text": "My long words."}
    )
    assert answer.status_code == 409
    assert "My long words." in answer.content.decode()


@pytest.mark.parametrize("who", ["ada", "quinn", "otto"])
def test_others_close_nothing(case, finding, browser_of, who):
    browser = browser_of(getattr(case.cast, who))
    assert browser.post(f"/findings/{finding.pk}/closure", {"closure-text": "Fine."}).status_code == 403
    finding.refresh_from_db()
    assert finding.state == "open"


@pytest.mark.parametrize(
    "query", ["state=x", "severity=1", "overdue=2", "after=x", "after=%00", "after=MHwyMDIwfHg"]
)
def test_hostile_queries_are_refused_not_broken(case, browser_of, query):
    assert browser_of(case.cast.quinn).get(f"/findings?{query}").status_code in {400, 404}


def test_loan_officer_is_refused(case, browser_of):
    assert browser_of(case.cast.lia).get("/findings").status_code == 403
