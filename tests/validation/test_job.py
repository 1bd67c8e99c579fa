"""The job `validate`, whole: real bytes, real rows, every check of the demonstration's standard."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from accounts.models import RoleGrant
from audit import guards
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from jobs.models import Job
from registry import vault
from registry.models import RiskModel
from registry.services import submit_version
from tests.validation.cases import NARROW, Case, case_in_validation, registered
from validation import standards
from validation.charts import chart_of
from validation.evidence import evidence_of
from validation.models import CheckResult, ValidationRun
from validation.selectors import latest_run
from validation.services import freeze_content

# The lease is renewed from a thread of its own, which a test's open transaction would lock out.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def done(case, work) -> ValidationRun:
    case.started()
    work()
    run = latest_run(case.version)
    assert run is not None, Job.objects.get(kind="validate").reason
    return run


def test_run_measures_everything_and_nothing_raises(case, done):
    results = {result.check_id: result for result in done.results.all()}
    assert list(results) == done.plan
    assert [check for check, result in results.items() if result.verdict == "error"] == []
    for check in ("artefact_digest", "serving_parity", "determinism"):
        assert results[check].verdict == "passed", results[check].headline
    assert Job.objects.get(pk=done.job_id).result["evidence"] == done.evidence_digest
    # Trained again from the kept task, the same bytes came out.
    names = {each["name"]: each["verdict"] for each in results["determinism"].measurements}
    assert names["artefacts_that_differ"] == "passed"
    # What is stored is what was digested, and each reading of the held-out part is an entry.
    assert evidence_of(done).digest == done.evidence_digest
    snapshot = Subject("snapshot", str(case.version.snapshot_id))
    assert count_about(snapshot, Event.HELD_OUT_READ) == 1


def test_what_a_standard_applies_to_is_asked_again_when_the_job_is_claimed(case, work):
    content = case.standard.content | {"applies": {"tiers": [1]}}
    case.standard = freeze_content(actor=case.cast.victor, content=content)
    run = case.started()
    guards.lift()
    RiskModel.objects.update(tier=2)
    guards.install()
    work()
    assert latest_run(case.version) is None
    assert "cannot judge card-limit v1" in Job.objects.get(pk=run.job_id).reason


def test_evidence_holds_no_row_of_an_applicant(case, done):
    frame = _held_out(case)
    told = json.dumps([result.tables for result in done.results.all()])
    tokens = frame.get("token", [])
    assert all(token not in told for token in tokens)


def test_narrower_version_is_compared_with_the_one_before(case, done, work):
    narrow = registered(case.cast, case.version.candidate, NARROW)
    second = Case(case.cast, submit_version(actor=case.cast.dana, version=narrow), case.standard)
    second.started()
    work()
    swap = second.result("swap_set")
    assert swap.headline.startswith("Against card-limit v1: 0 newly approved")
    first = case.result("adverse_impact_age").measurements[0]
    later = second.result("adverse_impact_age").measurements[0]
    assert float(later["value"]) < float(first["value"])
    assert second.result("adverse_impact_age").verdict == "failed"


def test_job_asks_again_when_it_is_claimed(case, work):
    case.started()
    RoleGrant.objects.filter(user=case.cast.victor, role="validator").update(
        revoked_at="2026-01-01T00:00:00Z"
    )
    [job] = work()
    assert job.state == "failed"
    assert "validation:run:start" in job.reason
    assert not CheckResult.objects.exists()


def test_altered_bytes_are_not_validated(case, work):
    case.started()
    path = next(path for path in vault.artifacts().root.rglob(case.version.artifact.digest) if path.is_file())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    [job] = work()
    assert job.state == "failed"
    assert "digest" in job.reason
    assert latest_run(case.version) is None


def _held_out(case):
    from registry.frames import read_table

    snapshot = case.version.snapshot
    parts = snapshot.split["parts"]
    content = vault.read_part(snapshot=snapshot.digest, name="held_out_tokens", kept=parts["held_out_tokens"])
    return read_table(content)


def test_run_over_time_tells_quarters_and_what_loans_have_earned(cast, dated, work):
    """The day of the decision and the result come from the snapshot; the standard names what counts as profit."""
    case = case_in_validation(cast, dated)
    told = {
        "profit": "EARNED",
        "unit": "TWD",
        "maturity_days": 30,
        "cut_offs": ["0.2", "0.5"],
        "resamples": 20,
    }
    content = standards.committed("card-limit-demo") | {"slug": "over-time", "realised": told}
    case = replace(case, standard=freeze_content(actor=cast.victor, content=content))
    case.started()
    work()
    results = {each.check_id: each for each in latest_run(case.version).results.all()}
    measured = {"realised_profit", "walk_forward", "vintages", "overfit_gap"}
    assert {check: results[check].verdict for check in measured if results[check].verdict == "error"} == {}
    assert [row[0] for row in results["vintages"].tables["vintages"]["rows"]] == [
        "2024 Q2",
        "2024 Q3",
        "2024 Q4",
    ]
    assert "2024 Q3" in {row[0] for row in results["walk_forward"].tables["walk_forward"]["rows"]}
    earned = {each["name"]: each["value"] for each in results["realised_profit"].measurements}
    assert float(earned["profit"]) != 0
    assert chart_of(results["realised_profit"]) is not None
    assert chart_of(results["vintages"]) is not None
