"""The job `compare`, whole: two sealed versions on the rows that neither has learned from."""

from __future__ import annotations

import json

import pytest

from accounts.models import RoleGrant
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from jobs.models import Job
from mrm.lib import canonical
from registry import snapshots
from registry.frames import read_table
from registry.services import submit_version
from tests.validation.cases import NARROW, recorded, registered
from validation.comparisons import request_comparison
from validation.models import Comparison

# The lease is renewed from a thread of its own, which a test's open transaction would lock out.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def narrow(case):
    return submit_version(actor=case.cast.dana, version=registered(case.cast, case.version.candidate, NARROW))


def compared(case, challenger, work) -> Comparison:
    request_comparison(
        actor=case.cast.victor, champion=case.version, challenger=challenger, standard=case.standard
    )
    work()
    found = Comparison.objects.first()
    assert found is not None, Job.objects.get(kind="compare").reason
    return found


def result(found: Comparison, whom: str, name: str) -> dict:
    return next(each for each in found.facts["results"][whom] if each["check"] == name)


def test_the_same_bytes_under_a_stricter_cut_off_differ_in_the_swap_set_alone(case, narrow, work, events):
    found = compared(case, narrow, work)
    tests = result(found, "both", "paired_tests")["tables"]["paired_tests"]
    assert [(row[3], row[6], row[-1]) for row in tests["rows"]] == [("0.0", "1.0", "not_told_apart")] * 3
    flips = {row[0]: int(row[1]) for row in result(found, "both", "swaps")["tables"]["swap_set"]["rows"]}
    assert flips["swap_in"] == 0
    assert flips["swap_out"] > 0
    assert [
        each["check"]
        for made in found.facts["results"].values()
        for each in made
        if each["verdict"] == "error"
    ] == []
    assert (found.digest, found.told_by) == (canonical.digest(found.facts), "same_snapshot")
    assert "comparison:completed" in events()
    assert count_about(Subject("snapshot", str(found.snapshot_id)), Event.HELD_OUT_READ) == 1


def test_nothing_of_an_applicant_is_in_the_facts(case, narrow, work):
    found = compared(case, narrow, work)
    part = snapshots.read_held_out(actor=case.cast.victor, snapshot=found.snapshot, why="test")
    told = json.dumps(found.facts)
    assert [token for token in read_table(part.tokens).iloc[:, 0] if token in told] == []
    # Curves are thinned, so no table has a row for each client.
    tables = [
        table
        for made in found.facts["results"].values()
        for each in made
        for table in each["tables"].values()
    ]
    assert max(len(table["rows"]) for table in tables) < found.rows


def test_clients_whom_the_champion_has_learned_from_are_left_out(case, dated, work):
    """The newer snapshot has the same clients; whom it holds out, the older one has mostly learned from."""
    candidate = recorded(case.cast, case.version.risk_model, dated)
    newer = submit_version(actor=case.cast.dana, version=registered(case.cast, candidate, NARROW))
    found = compared(case, newer, work)
    ours = snapshots.read_held_out(actor=case.cast.victor, snapshot=newer.snapshot, why="test").tokens
    learned = snapshots.read_development_applicants(actor=case.cast.victor, snapshot=case.version.snapshot)
    apart = set(read_table(ours).iloc[:, 0]) - set(read_table(learned).iloc[:, 0])
    assert (found.told_by, found.rows) == ("applicants", len(apart))
    assert 0 < found.rows < newer.snapshot.held_out_rows
    assert found.facts["rows"]["held_out"] == newer.snapshot.held_out_rows


def test_roles_are_asked_again_when_the_job_is_claimed_and_nothing_is_written(case, narrow, work):
    victor = case.cast.victor
    request_comparison(actor=victor, champion=case.version, challenger=narrow, standard=case.standard)
    RoleGrant.objects.filter(user=victor, role="validator").update(revoked_at="2026-01-01T00:00:00Z")
    [job] = work()
    assert (job.state, "validation:run:start" in job.reason) == ("failed", True)
    assert not Comparison.objects.exists()
