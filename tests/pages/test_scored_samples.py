"""Scored samples on pages and by the API: what was brought, what was found, and that nothing of the model is sealed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from registry.models import ScoredSample
from tests.validation import scored
from tests.validation.cases import accepted_model
from validation.models import SampleRun

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "samples.md"
FORM = {
    "name": "Vendor", "format": "csv", "delimiter": ",", "vendor": "Vendor Ltd", "system": "SAS", "version": "7",
    "kind": "out_of_sample", "outcome": "BAD", "pd": "PD", "grade": "GRADE", "grades": "A: 0.02\nB: 0.07",
    "segments": "REGION", "protected": "SEX, AGE",
}  # fmt: skip
HERE = "/models/card-limit/samples/import"


@pytest.fixture
def risk_model(cast):
    return accepted_model(cast)


@pytest.fixture
def sample(cast, risk_model):
    return scored.frozen_sample(cast.dana, risk_model, scored.table(600))


@pytest.fixture
def run(cast, sample) -> SampleRun:
    return scored.completed_run(cast, sample)


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("scores.csv", b"BAD,PD\n0,0.1\n")


def test_a_form_asks_for_the_job_with_what_was_declared(cast, risk_model, browser_of):
    answer = browser_of(cast.dana).post(HERE, {**FORM, "file": upload()})
    job = Job.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/jobs/{job.pk}")
    said = job.payload["declaration"]
    assert (said["grades"], said["protected"]) == ({"A": "0.02", "B": "0.07"}, ["SEX", "AGE"])


@pytest.mark.parametrize(
    "wrong", [{"pd": ""}, {"grades": "A"}, {"kind": "x"}, {"currency": "EUR"}, {"vendor": ""}]
)
def test_errors_keep_what_was_entered(cast, risk_model, browser_of, wrong):
    answer = browser_of(cast.dana).post(HERE, {**FORM, **wrong, "file": upload()})
    assert answer.status_code == 422
    assert 'value="REGION"' in answer.content.decode()
    assert not Job.objects.exists()


def test_the_model_leads_to_the_sample_and_the_sample_to_its_run(cast, run, browser_of):
    browser = browser_of(cast.quinn)
    assert f"/samples/{run.sample_id}" in browser.get("/models/card-limit").content.decode()
    page = browser.get(f"/samples/{run.sample_id}").content.decode()
    assert "not sealed here" in page
    assert f"/sample-runs/{run.pk}" in page
    assert "SAS scorecard" in page


def test_the_run_shows_every_result_and_that_nothing_is_concluded(cast, run, browser_of):
    page = browser_of(cast.quinn).get(f"/sample-runs/{run.pk}").content.decode()
    assert [each for each in run.results.all() if f"/sample-results/{each.pk}" not in page] == []
    assert "Nothing is concluded" in page


def test_every_result_has_its_page_with_question_and_charts(cast, run, browser_of):
    browser = browser_of(cast.quinn)
    pages = {
        each.check_id: browser.get(f"/sample-results/{each.pk}").content.decode()
        for each in run.results.all()
    }
    assert all(run.evidence_digest in page for page in pages.values())
    charts = ("discrimination", "calibration_curve", "adverse_impact_age", "psi_score", "scenario_profit")
    assert [name for name in charts if "<svg" not in pages[name].split("What this check asks")[1]] == []


def test_a_run_is_offered_to_a_validator_alone(cast, sample, browser_of):
    address = f"/samples/{sample.pk}/run"
    assert address in browser_of(cast.victor).get(f"/samples/{sample.pk}").content.decode()
    assert address not in browser_of(cast.dana).get(f"/samples/{sample.pk}").content.decode()
    answer = browser_of(cast.victor).post(address, {"standard": "card-limit-demo"})
    assert (answer.status_code, SampleRun.objects.count()) == (303, 1)


def test_the_api_tells_counts_and_results_and_no_row(cast, run, client_of):
    victor, here = client_of(cast.victor), f"/api/v1/models/card-limit/samples/{run.sample_id}"
    told = victor.get(here).json()
    assert (told["sealed_here"], told["rows"], "parts" in told) == (False, 400, False)
    found = victor.get(f"{here}/runs/{run.pk}").json()
    assert (found["evidence_digest"], len(found["results"])) == (run.evidence_digest, len(run.plan))
    assert victor.get(f"/api/v1/models/other/samples/{run.sample_id}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_example_of_the_document_is_taken_as_it_stands(cast, risk_model, client_of, work):
    head, said = re.search(r"```csv\n(.*?)```.*?```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL).groups()
    parts = {"file": SimpleUploadedFile("v.csv", head.encode()), "declaration": json.dumps(json.loads(said))}
    answer = client_of(cast.dana).post("/api/v1/models/card-limit/samples", parts, format="multipart")
    work()
    assert answer.status_code == 202, answer.content
    assert ScoredSample.objects.get().reference_rows == 1, Job.objects.get().reason
