"""Jobs on pages: how far, how it ended, stop it; with and without JavaScript."""

from __future__ import annotations

import pytest

from jobs.models import Job
from registry import declarations, snapshots


@pytest.fixture
def job(cast) -> Job:
    declaration = declarations.read({"name": "Bad", "format": "csv", "target": "Y"})
    return snapshots.import_snapshot(actor=cast.dana, upload=b"A,B\n1,2\n", declaration=declaration)


def test_open_job_is_polled_and_can_be_looked_at_without_javascript(cast, job, browser_of):
    page = browser_of(cast.dana).get(f"/jobs/{job.pk}").content.decode()
    assert f'hx-get="/jobs/{job.pk}/progress"' in page
    assert "delay:2s" in page
    assert "<noscript>" in page
    assert "Import of a table" in page


def test_polled_part_is_the_part_alone(cast, job, browser_of):
    part = browser_of(cast.dana).get(f"/jobs/{job.pk}/progress").content.decode()
    assert "<html" not in part
    assert "<progress" in part


def test_queued_job_is_cancelled_and_not_polled_again(cast, job, browser_of):
    browser = browser_of(cast.dana)
    assert browser.post(f"/jobs/{job.pk}/cancellation").status_code == 303
    page = browser.get(f"/jobs/{job.pk}").content.decode()
    assert "Cancelled" in page
    assert "hx-get" not in page


def test_auditor_sees_no_cancel_and_is_refused(cast, job, browser_of):
    browser = browser_of(cast.quinn)
    assert "Cancel the job" not in browser.get(f"/jobs/{job.pk}").content.decode()
    assert browser.post(f"/jobs/{job.pk}/cancellation").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_failed_job_says_why(cast, job, work, browser_of):
    work()
    page = browser_of(cast.dana).get(f"/jobs/{job.pk}").content.decode()
    assert "Failed" in page
    assert "no target column" in page


def test_list_is_narrowed(cast, job, browser_of):
    browser = browser_of(cast.dana)
    assert str(job.pk) in browser.get("/jobs?kind=import-snapshot&state=queued").content.decode()
    assert str(job.pk) not in browser.get("/jobs?state=failed").content.decode()


@pytest.mark.parametrize("query", ["kind=x", "state=x", "after=x", "after=%C3%A9", "after=MjAyNnx4"])
def test_hostile_queries_are_refused_not_broken(cast, browser_of, query):
    assert browser_of(cast.dana).get(f"/jobs?{query}").status_code in {400, 404}


def test_loan_officer_is_refused(cast, job, browser_of):
    browser = browser_of(cast.lia)
    for path in ("/jobs", f"/jobs/{job.pk}", f"/jobs/{job.pk}/progress"):
        assert browser.get(path).status_code == 403
