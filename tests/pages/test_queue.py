"""My queue: each sees what they may do next, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.services import open_request, sign_off
from registry.entries import EntryWords, propose_model
from tests.pages.reading import links, text
from tests.validation.cases import signing
from validation.findings import Raised
from validation.services import open_finding, rebut

VERSION = "/models/card-limit/versions/1"
EVERYBODY = {"dana", "victor", "ada", "amir", "otto", "lia", "quinn", "root", "olga"}


def waits_for(cast, browser_of, url) -> set[str]:
    return {who for who in EVERYBODY if url in links(browser_of(getattr(cast, who)).get("/"))}


def in_review(case):
    case.evidence()
    case.concluded()
    return open_request(actor=case.cast.dana, version=case.version)


def signed(case, request, user):
    sign_off(
        actor=user,
        request=request,
        verdict="approve",
        signature=signing(user, case.version, "signoff:approve"),
    )


def test_stranger_is_asked_to_sign_in(client, db):
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=/")


def test_version_in_validation_waits_for_the_validator_only(case, browser_of):
    assert waits_for(case.cast, browser_of, VERSION) == {"victor"}
    assert "No evidence yet" in text(browser_of(case.cast.victor).get("/"))


def test_finished_checks_are_counted_with_those_that_failed(case, browser_of):
    run = case.evidence(brier="failed")
    assert f"{len(run.plan)} checks are finished, 1 failed" in text(browser_of(case.cast.victor).get("/"))


def test_validated_version_waits_for_whoever_may_ask_for_its_approval(case, browser_of):
    case.evidence()
    case.concluded()
    assert waits_for(case.cast, browser_of, VERSION) == {"dana", "victor"}


def test_open_request_waits_for_approvers_who_have_not_signed(case, browser_of):
    request = in_review(case)
    url = f"/approval-requests/{request.pk}"
    assert waits_for(case.cast, browser_of, url) == {"ada", "amir"}
    signed(case, request, case.cast.ada)
    assert waits_for(case.cast, browser_of, url) == {"amir"}


def test_approved_version_waits_for_the_operator_until_it_is_deployed(case, browser_of):
    request = in_review(case)
    for approver in (case.cast.ada, case.cast.amir):
        signed(case, request, approver)
    assert waits_for(case.cast, browser_of, VERSION) == {"otto"}
    browser_of(case.cast.otto).post(f"{VERSION}/deployment")
    assert waits_for(case.cast, browser_of, VERSION) == set()


def test_returned_version_waits_for_the_developer(case, browser_of):
    case.evidence()
    case.concluded("returned")
    assert waits_for(case.cast, browser_of, VERSION) == {"dana"}
    assert "It came back" in text(browser_of(case.cast.dana).get("/"))


def test_finding_waits_for_its_owner_then_for_the_validator(case, browser_of):
    finding = open_finding(
        actor=case.cast.victor, version=case.version, raised=Raised("It leaks", "See there.", "low")
    )
    assert "It leaks" in text(browser_of(case.cast.dana).get("/"))
    assert "It leaks" not in text(browser_of(case.cast.victor).get("/"))
    rebut(actor=case.cast.dana, finding=finding, text="It does not.")
    assert "It leaks" not in text(browser_of(case.cast.dana).get("/"))
    assert "It leaks" in text(browser_of(case.cast.victor).get("/"))


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("root", "You hold no role"),
        ("olga", "You hold no role"),
        ("lia", "You decide on requests"),
        ("quinn", "begin with the inventory"),
    ],
)
def test_empty_queue_says_what_will_stand_there(cast, browser_of, who, words):
    assert words in text(browser_of(getattr(cast, who)).get("/"))


def test_the_oldest_comes_first(cast, browser_of):
    for slug in ("zebra", "apple"):
        propose_model(actor=cast.dana, slug=slug, words=EntryWords(name=slug))
    page = text(browser_of(cast.victor).get("/"))
    assert page.index("zebra") < page.index("apple")


def test_longer_queue_asks_the_database_no_more_often(cast, browser_of):
    browser = browser_of(cast.victor)
    counts = []
    for slugs in (["a"], [f"b{n}" for n in range(8)]):
        for slug in slugs:
            propose_model(actor=cast.dana, slug=slug, words=EntryWords(name=slug))
        with CaptureQueriesContext(connection) as asked:
            browser.get("/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25


def test_role_for_one_model_shows_that_model_only(case, cast, browser_of):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=cast.quinn, role="validator", model_slug="mortgages")
    assert VERSION not in links(browser_of(cast.quinn).get("/"))
    grant_role(actor=the_installation(), user=cast.quinn, role="validator", model_slug="card-limit")
    assert VERSION in links(browser_of(cast.quinn).get("/"))
