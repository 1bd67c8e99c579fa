"""The button, the comparison, and the marks beside printed numbers."""

from __future__ import annotations

import uuid

import pytest

from accounts.models import User
from jobs.models import Job
from tests.pages.reading import links, text
from tests.validation.performed import APART, ROWS
from validation.reperformance.tolerances import frozen
from validation.runner import Outcome
from validation.services import complete_reperformance, complete_run

HERE = "/models/card-limit/versions/1"
AUC = {
    "name": "auc",
    "label": "AUC",
    "value": "0.75",
    "low": None,
    "high": None,
    "p": None,
    "p_adjusted": None,
}
AUC |= {"n": 9, "power": None, "limit": None, "verdict": None, "why": ""}


@pytest.fixture
def run(case):
    """One check has measured something; the others were only read."""
    going = case.started()
    found = [
        Outcome(each.check_id, "reported", each.is_blocking, "Read.", [AUC], {})
        if each.check_id == "discrimination"
        else each
        for each in case.outcomes()
    ]
    done = complete_run(actor=case.cast.victor, run=going, outcomes=found)
    Job.objects.filter(pk=going.job_id).update(state="succeeded", ended_at=done.completed_at)
    return done


def performed(case, run, rows):
    return complete_reperformance(
        actor=case.cast.victor, run=run, job_id=uuid.uuid4(), rows=rows, tolerances=frozen()
    )


def test_a_validator_asks_for_it_on_the_page_and_is_led_to_the_job(case, run, browser_of):
    browser = browser_of(case.cast.victor)
    assert "Re-perform the newest run" in text(browser.get(HERE))
    answer = browser.post(f"/validation-runs/{run.pk}/reperformance")
    job = Job.objects.get(kind="reperform")
    assert answer["Location"] == f"/jobs/{job.pk}"
    assert "Re-perform the newest run" not in text(browser.get(HERE))


@pytest.mark.parametrize("who", ["dana", "ada", "quinn"])
def test_nobody_else_sees_the_button(case, run, browser_of, who):
    browser = browser_of(getattr(case.cast, who))
    assert "Re-perform the newest run" not in text(browser.get(HERE))
    assert browser.post(f"/validation-runs/{run.pk}/reperformance").status_code == 403


def test_the_comparison_stands_number_by_number(case, run, browser_of):
    made = performed(case, run, (APART, *ROWS))
    page = text(browser_of(case.cast.quinn).get(f"/reperformances/{made.pk}"))
    for said in (
        "cross_fitted_auc",
        "0.7600",
        "1e-9",
        "scikit-learn roc_auc_score",
        "Differs",
        "the same check",
    ):
        assert said in page


def test_a_number_is_recorded_until_it_was_performed_again(case, run, browser_of):
    browser, result = browser_of(case.cast.quinn), case.result("discrimination")
    assert "recorded" in text(browser.get(f"/validation-results/{result.pk}"))
    made = performed(case, run, ROWS)
    page = text(browser.get(f"/validation-results/{result.pk}"))
    assert f"re-performed on {made.at:%Y-%m-%d}, agrees" in page


def test_a_difference_stands_on_the_page_of_the_version(case, run, browser_of):
    browser, made = browser_of(case.cast.ada), performed(case, run, ROWS)
    assert "Performed again" not in text(browser.get(HERE))
    assert f"/reperformances/{made.pk}" in links(browser.get(HERE))
    performed(case, run, (APART,))
    assert "1 recorded number differs" in text(browser.get(HERE))


def test_it_is_told_in_portuguese(case, run, browser_of):
    made = performed(case, run, ROWS)
    User.objects.filter(username="victor").update(language="pt-br")
    page = text(browser_of(User.objects.get(username="victor")).get(f"/reperformances/{made.pk}"))
    assert "Reexecutado" in page
    assert "independente" in page
