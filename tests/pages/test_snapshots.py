"""Frozen data on pages: counts and names, never a row; and bringing a table in."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from registry.models import DatasetSnapshot

ASKED = {"name": "Mine", "format": "csv", "delimiter": ",", "target": "Y", "protected": "SEX, AGE"}


def test_snapshot_shows_counts_and_how_often_the_held_out_part_was_read(case, browser_of):
    found = DatasetSnapshot.objects.get()
    page = browser_of(case.cast.quinn).get(f"/snapshots/{found.pk}").content.decode()
    assert "protected, kept apart" in page
    assert "was read 0 times" in page
    assert found.digest in page


def test_list_names_the_snapshot(case, browser_of):
    page = browser_of(case.cast.quinn).get("/snapshots").content.decode()
    assert str(DatasetSnapshot.objects.get().pk) in page
    assert "Import a table" not in page


def test_import_leads_to_its_job(cast, browser_of):
    upload = SimpleUploadedFile("mine.csv", b"SEX,AGE,X,Y\n1,2,3,0\n")
    answer = browser_of(cast.dana).post("/snapshots/import", {**ASKED, "file": upload})
    job = Job.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/jobs/{job.pk}")
    assert job.payload["declaration"]["protected"] == ["SEX", "AGE"]


@pytest.mark.parametrize(
    "wrong", [{"target": ""}, {"format": "xls"}, {"protected": "Y"}, {"name": "N" * 201}]
)
def test_errors_keep_what_was_entered(cast, browser_of, wrong):
    upload = SimpleUploadedFile("mine.csv", b"X,Y\n3,0\n")
    answer = browser_of(cast.dana).post(
        "/snapshots/import", {**ASKED, "attribution": "From me", **wrong, "file": upload}
    )
    assert answer.status_code == 422
    assert "From me" in answer.content.decode()
    assert not Job.objects.exists()


def test_what_columns_must_hold_is_written_a_line_each_and_read_again_where_a_line_is_wrong(cast, browser_of):
    def send(lines):
        upload = SimpleUploadedFile("mine.csv", b"SEX,AGE,X,Y\n1,2,3,0\n")
        return browser_of(cast.dana).post("/snapshots/import", {**ASKED, "expected": lines, "file": upload})

    refused = send("X: integer\nAGE: 100 to 18")
    words = refused.content.decode()
    assert (refused.status_code, Job.objects.count()) == (422, 0)
    assert "Line 2: expected.AGE: the minimum is above the maximum." in words
    assert "AGE: 100 to 18" in words
    assert send("X: integer\nAGE: 18 to 100").status_code == 303
    held = {"X": {"kind": "integer"}, "AGE": {"minimum": "18", "maximum": "100"}}
    assert Job.objects.get().payload["declaration"]["expected"] == held


@pytest.mark.parametrize("who", ["victor", "lia", "quinn", "root"])
def test_others_import_nothing(cast, browser_of, who):
    browser = browser_of(getattr(cast, who))
    assert browser.get("/snapshots/import").status_code == 403
    assert browser.post("/snapshots/import", ASKED).status_code == 403


@pytest.mark.parametrize("query", ["after=x", "after=%C3%A9", "after=MjAyNnx4"])
def test_hostile_queries_are_refused_not_broken(cast, browser_of, query):
    assert browser_of(cast.dana).get(f"/snapshots?{query}").status_code in {400, 404}
