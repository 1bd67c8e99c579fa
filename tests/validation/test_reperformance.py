"""A run performed again, whole: real bytes, real rows, a child process, every number beside what was recorded."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.models import RoleGrant
from audit import guards
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from registry import vault
from validation.models import Finding, Reperformance
from validation.reperform_handler import CHILD
from validation.reperformance.rows import Outcome, Way
from validation.reperformed import newest_of, rows_of
from validation.selectors import latest_run
from validation.services import freeze_content, request_reperformance

# The lease is renewed from a thread of its own, which a test's open transaction would lock out.
pytestmark = pytest.mark.django_db(transaction=True)
# Every measure that must have a path of its own, and two checks that have none.
PLAN = (
    "serving_parity",
    "discrimination",
    "jeffreys_portfolio",
    "jeffreys_grades",
    "hosmer_lemeshow",
    "brier",
    "psi_score",
    "adverse_impact_sex",
    "adverse_impact_age",
    "scenario_profit",
)
INDEPENDENT = {
    ("discrimination", "auc"),
    ("discrimination", "ks"),
    ("jeffreys_portfolio", "jeffreys_portfolio"),
    ("jeffreys_grades", "grade_1"),
    ("hosmer_lemeshow", "hosmer_lemeshow"),
    ("brier", "brier"),
    ("psi_score", "psi_score"),
    ("adverse_impact_sex", "air:female"),
    ("scenario_profit", "profit"),
    ("inputs", "largest_pd_difference"),
    ("inputs", "outcomes_that_differ"),
}


@pytest.fixture
def short(case):
    plan = [each for each in case.standard.content["plan"] if each["check"] in PLAN]
    content = case.standard.content | {"slug": "short", "plan": plan}
    return replace(case, standard=freeze_content(actor=case.cast.victor, content=content))


@pytest.fixture
def run(short, work):
    short.started()
    work()
    return latest_run(short.version)


@pytest.fixture
def asked(short):
    """A run whose results were written by hand: enough where the job does not come to compare them."""
    run = short.evidence()
    request_reperformance(actor=short.cast.victor, run=run)
    return run


@contextmanager
def children_killed():
    """Whatever child process of a re-performance this process starts is killed as soon as it is seen."""
    done = threading.Event()

    def watch():
        while not done.wait(0.02):
            for place in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    parent = (place / "stat").read_text().rsplit(")", 1)[1].split()[1]
                    if int(parent) == os.getpid() and CHILD.encode() in (place / "cmdline").read_bytes():
                        os.kill(int(place.name), signal.SIGKILL)

    thread = threading.Thread(target=watch)
    thread.start()
    yield
    done.set()
    thread.join()


@pytest.mark.control("SR26-2:validation")
def test_a_sound_run_agrees_in_every_number(case, run, work):
    request_reperformance(actor=case.cast.victor, run=run)
    [job] = work()
    made = newest_of(run)
    rows = rows_of(made)
    assert [row for row in rows if row.outcome is not Outcome.AGREES] == [], job.reason
    assert job.result["reperformance"] == str(made.pk)
    assert {(row.check, row.measure) for row in rows if row.way is Way.INDEPENDENT} >= INDEPENDENT
    # All that was recorded stands among the rows, repeated where there is no other path.
    recorded = {
        (result.check_id, each["name"]) for result in run.results.all() for each in result.measurements
    }
    assert recorded <= {(row.check, row.measure) for row in rows if row.way is Way.REPEATED}
    assert not Finding.objects.exists()
    snapshot = Subject("snapshot", str(case.version.snapshot_id))
    assert count_about(snapshot, Event.HELD_OUT_READ) == 2


@pytest.mark.control("SR26-2:validation")
def test_a_stored_number_that_was_altered_past_the_guards_is_caught(case, run, work):
    result = run.results.get(check_id="discrimination")
    result.measurements[0]["value"] = "0.91"
    guards.lift()
    result.save(update_fields=["measurements"])
    guards.install()
    request_reperformance(actor=case.cast.victor, run=run)
    work()
    made = newest_of(run)
    apart = {(row.check, row.measure, row.way) for row in rows_of(made) if row.outcome is Outcome.DIFFERS}
    auc = ("discrimination", "auc")
    assert apart == {(*auc, Way.INDEPENDENT), (*auc, Way.REPEATED), ("inputs", "evidence", Way.VERIFIED)}
    [finding] = Finding.objects.all()
    assert (finding.severity, finding.title) == ("high", "Performed again, the run gives other numbers: 3")


def test_a_child_that_is_killed_is_tried_again_and_leaves_nothing(asked, work):
    with children_killed():
        done = [job for job in work() if job.kind == "reperform"]
    job = done[-1]
    assert (len(done), job.state, job.attempt) == (3, "dead", 3)
    assert "ended by signal 9" in job.reason
    assert not Reperformance.objects.exists()
    assert not Finding.objects.exists()
    assert not list((vault.artifacts().root.parent / "work").iterdir())


def test_roles_are_asked_again_when_the_job_is_claimed(case, asked, work):
    grants = RoleGrant.objects.filter(user=case.cast.victor, role="validator")
    grants.update(revoked_at="2026-01-01T00:00:00Z")
    job = work()[-1]
    assert (job.kind, job.state) == ("reperform", "failed")
    assert "validation:run:start" in job.reason
    assert not Reperformance.objects.exists()


def test_altered_bytes_are_not_performed_again(case, asked, work):
    path = next(each for each in vault.artifacts().root.rglob(case.version.artifact.digest) if each.is_file())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    job = work()[-1]
    assert (job.kind, job.state) == ("reperform", "failed")
    assert "digest" in job.reason
    assert not Reperformance.objects.exists()
