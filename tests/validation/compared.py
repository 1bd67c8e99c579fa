"""A comparison as its job writes it, done by hand: every question is really asked."""

from __future__ import annotations

from dataclasses import replace

from accounts.models import User
from jobs.models import Job
from mrm.lib import clock
from registry import snapshots
from registry.models import ModelVersion
from tests.validation.cases import Case
from validation import comparisons, gathering, standards
from validation.compared.battery import compare
from validation.compared.pair import Pair
from validation.models import Comparison, ToldBy, ValidationStandard
from validation.runner import Outcome
from validation.sample import Incumbent


def compared(case: Case, champion: ModelVersion, challenger: ModelVersion) -> Comparison:
    """By victor, on the snapshot that both have learned from."""
    victor = case.cast.victor
    job = comparisons.request_comparison(
        actor=victor, champion=champion, challenger=challenger, standard=case.standard
    )
    asked = comparisons.asked_of(job)
    part = snapshots.read_held_out(actor=victor, snapshot=asked.snapshot, why="test")
    rows = gathering.rows_of(part, asked.snapshot.declaration)
    old, new = (gathering.sample_of(each, rows) for each in (asked.champion, asked.challenger))
    pair = Pair(old, replace(new, incumbent=Incumbent(champion.label, old.approved, old.probabilities)))
    outcomes = compare(pair, standards.load(case.standard.content), progress=lambda _title, _percent: None)
    return _written(victor, job, comparisons.Found(new.n, ToldBy.SAME_SNAPSHOT, outcomes))


def written(
    victor: User, champion: ModelVersion, challenger: ModelVersion, standard: ValidationStandard
) -> Comparison:
    """A row with the answer to one question, nothing scored: for tests of what stands around it."""
    job = comparisons.request_comparison(
        actor=victor, champion=champion, challenger=challenger, standard=standard
    )
    answer = Outcome("approvals", "reported", False, "Read.", [], {})  # noqa: FBT003 (a column of a row)
    outcomes = {"champion": [], "challenger": [], "both": [answer]}
    return _written(victor, job, comparisons.Found(1, ToldBy.SAME_SNAPSHOT, outcomes))


def _written(victor: User, job: Job, found: comparisons.Found) -> Comparison:
    asked = comparisons.asked_of(job)
    made = comparisons.complete_comparison(actor=victor, job=job, asked=asked, found=found)
    # The job of a comparison that was made by hand has nothing left to do.
    Job.objects.filter(pk=job.pk).update(state="succeeded", ended_at=clock.now())
    return made
