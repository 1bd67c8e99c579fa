"""Forms of the other apps outlive an idle sign-in like any other, and what is signed is what the page shows now."""

from __future__ import annotations

import datetime as dt

from accounts.models import Draft, Session
from mrm.lib import clock
from tests.cast import PASSWORD
from tests.pages.reading import main, shown, text
from validation.findings import Raised
from validation.services import open_finding


def come_back(browser, username, url):
    browser.post("/sign-in", {"username": username, "password": PASSWORD})
    return browser.get(url)


def long_unused():
    Session.objects.update(started_at=clock.now() - dt.timedelta(hours=13))


def test_the_answer_to_a_finding_comes_back_on_the_page_of_the_finding(case, browser_of):
    raised = Raised(title="Weak", text="Too weak.", severity="high")
    found = open_finding(actor=case.cast.victor, version=case.version, raised=raised)
    browser, url = browser_of(case.cast.dana), f"/findings/{found.pk}"
    long_unused()
    answer = browser.post(
        f"{url}/rebuttal",
        {"rebuttal-text": "The use is narrow."},
        headers={"Referer": f"http://testserver{url}"},
    )
    assert answer.headers["Location"].startswith("/sign-in?next=%2Ffindings%2F")
    assert "The use is narrow." in main(come_back(browser, "dana", url))


def test_a_signature_comes_back_without_its_password_and_over_what_stands_now(case, browser_of):
    case.evidence()
    browser, url = browser_of(case.cast.victor), "/models/card-limit/versions/1/conclusion"
    before = shown(browser.get(url))
    long_unused()
    sent = {"verdict": "not_fit", "rationale": "It leaks.", "password": PASSWORD, "shown": before}
    browser.post(url, sent)
    case.evidence(brier="inconclusive")
    page = come_back(browser, "victor", url)
    assert "It leaks." in main(page)
    assert "nothing of it has happened" in text(page)
    assert shown(page) != before
    assert PASSWORD not in page.content.decode()
    assert not Draft.objects.exists()
