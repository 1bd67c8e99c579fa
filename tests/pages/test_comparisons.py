"""Comparisons on pages and by the API: asked for, found on the model's page, read by whoever reads the inventory."""

from __future__ import annotations

import pytest

from jobs.models import Job
from registry.services import submit_version
from tests.validation.cases import NARROW, case_in_validation, registered
from tests.validation.compared import compared
from tests.validation.drawing import drawn

__all__ = ["drawn"]


@pytest.fixture
def case(cast, drawn):
    return case_in_validation(cast, drawn)


@pytest.fixture
def narrow(cast, case):
    return submit_version(actor=cast.dana, version=registered(cast, case.version.candidate, NARROW))


@pytest.fixture
def found(case, narrow):
    return compared(case, case.version, narrow)


def test_a_validator_is_offered_the_comparison_and_asks_for_the_job(cast, case, narrow, browser_of):
    address = "/models/card-limit/versions/2/comparison"
    assert address in browser_of(cast.victor).get("/models/card-limit/versions/2").content.decode()
    assert address not in browser_of(cast.dana).get("/models/card-limit/versions/2").content.decode()
    answer = browser_of(cast.victor).post(address, {"champion": "1", "standard": "card-limit-demo"})
    job = Job.objects.get(kind="compare")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/jobs/{job.pk}")


def test_the_model_leads_to_the_comparison_and_it_tells_both_sides(cast, found, browser_of):
    browser = browser_of(cast.quinn)
    assert f"/comparisons/{found.pk}" in browser.get("/models/card-limit").content.decode()
    page = browser.get(f"/comparisons/{found.pk}").content.decode()
    for words in (
        "card-limit v2 compared with card-limit v1",
        "not told apart",
        "no longer approved",
        found.digest,
    ):
        assert words in page
    assert "stops nothing and grants nothing" in page


def test_the_api_lists_it_and_tells_the_facts(cast, found, client_of):
    quinn, here = client_of(cast.quinn), "/api/v1/models/card-limit/versions/2/comparisons"
    [row] = quinn.get(here).json()["results"]
    assert (row["champion"], row["challenger"], row["digest"]) == (1, 2, found.digest)
    told = quinn.get(f"{here}/{found.pk}").json()
    assert {each["check"] for each in told["facts"]["results"]["both"]} >= {
        "paired_tests",
        "swaps",
        "fairness",
    }
    assert quinn.get(f"/api/v1/models/card-limit/versions/1/comparisons/{found.pk}").status_code == 404
