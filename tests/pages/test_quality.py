"""What a snapshot's rules found stands on a page, and who may ask for an exception finds it there."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.models import ApprovalRequest
from mrm.lib import clock
from tests.approvals.signed import granted_by
from tests.approvals.spoiled import spoiled_snapshot
from tests.registry import built


@pytest.fixture
def snapshot(cast):
    return spoiled_snapshot(cast.dana)


def answers(rule="leaking_inputs", days=20):
    return {
        "rule": rule,
        "until": (clock.now() + dt.timedelta(days=days)).date().isoformat(),
        "why": "Known before.",
    }


def test_the_page_names_what_broke_and_what_it_found(cast, snapshot, browser_of):
    page = browser_of(cast.quinn).get(f"/snapshots/{snapshot.pk}/quality").content.decode()
    for words in ("Inputs that tell the outcome alone: 1", "AFTERWARDS", "AUC alone", "SAME", "Blocked"):
        assert words in page
    assert "Ask for an exception" not in page


def test_the_page_says_which_declared_columns_differ_and_in_how_many_rows(cast, browser_of):
    held = {"AGE": {"maximum": "20"}, "LATER": {"unique": True}}
    snapshot = built.frozen_snapshot(cast.dana, csv=built.card_csv(600), expected=held)
    page = browser_of(cast.quinn).get(f"/snapshots/{snapshot.pk}/quality").content.decode()
    for words in (
        "Columns that do not hold what was declared: 2",
        "largest value",
        "it is in the table",
        "600",
    ):
        assert words in page


def test_the_page_of_the_snapshot_leads_to_it(cast, snapshot, browser_of):
    assert (
        f"/snapshots/{snapshot.pk}/quality"
        in browser_of(cast.lia).get(f"/snapshots/{snapshot.pk}").content.decode()
    )


def test_a_developer_asks_there_and_the_page_says_what_is_let_stand(cast, snapshot, browser_of):
    browser, here = browser_of(cast.dana), f"/snapshots/{snapshot.pk}"
    assert f"{here}/exception" in browser.get(f"{here}/quality").content.decode()
    answer = browser.post(f"{here}/exception", answers())
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{here}/quality")
    request = ApprovalRequest.objects.get()
    assert str(request.pk) in browser.get(f"{here}/quality").content.decode()
    granted_by(request, cast.ada, cast.amir)
    assert "Let stand until a date" in browser.get(f"{here}/quality").content.decode()


def test_the_approver_reads_what_failed_and_why_it_is_asked(cast, snapshot, browser_of):
    browser_of(cast.dana).post(f"/snapshots/{snapshot.pk}/exception", answers())
    page = browser_of(cast.ada).get(f"/approval-requests/{ApprovalRequest.objects.get().pk}").content.decode()
    for words in (
        "AFTERWARDS",
        "Known before.",
        f"/snapshots/{snapshot.pk}/quality",
        "It takes 2 independent",
    ):
        assert words in page


@pytest.mark.parametrize("wrong", [{"rule": "duplicate_rows"}, {"until": "2099-01-01"}, {"why": ""}])
def test_a_wrong_answer_keeps_what_was_entered(cast, snapshot, browser_of, wrong):
    answer = browser_of(cast.dana).post(f"/snapshots/{snapshot.pk}/exception", {**answers(), **wrong})
    assert answer.status_code == 422
    assert not ApprovalRequest.objects.exists()


@pytest.mark.parametrize("who", ["victor", "ada", "lia", "root"])
def test_others_do_not_ask(cast, snapshot, browser_of, who):
    browser = browser_of(getattr(cast, who))
    assert browser.get(f"/snapshots/{snapshot.pk}/exception").status_code == 403
    assert browser.post(f"/snapshots/{snapshot.pk}/exception", answers()).status_code == 403
