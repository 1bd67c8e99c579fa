"""The whole life of one model, through /api/v1/ and nothing else, by six people: the demo's own story on a small table."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from django.db import connection

from accounts.services import issue_token, permissions_of
from approvals.models import SignOff
from audit import selectors as ledger
from jobs import runner
from jobs.models import Job
from mrm.demo import story
from mrm.demo.caller import Caller
from registry.models import ModelVersion
from scoring.models import Decision, DecisionPayload, Deployment
from tests.cast import PASSWORD, Cast
from tests.serving.cards import application, card_frame
from validation.models import Conclusion, Deviation, Finding, Reperformance

ROWS, APPLICATIONS = 3_000, 40
# What every life holds at least once, in the order of first appearance. A deviation appears only where a check failed.
ORDER = (
    "snapshot:frozen",
    "model:proposed",
    "model:accepted",
    "candidate:recorded",
    "reason_dictionary:proposed",
    "decision_policy:proposed",
    "version:registered",
    "version:submitted",
    "standard:frozen",
    "run:started",
    "run:completed",
    "run:reperformed",
    "version:concluded",
    "version:requested",
    "request:opened",
    "signoff:recorded",
    "version:approved",
    "request:closed",
    "deployment:started",
    "decision:replayed",
    "dossier:signed",
)


def table() -> bytes:
    """Card-shaped rows nobody owes; the young are under more strain, as in the real data."""
    frame = card_frame(ROWS)
    draw = np.random.default_rng(11)
    frame["AGE"] = np.clip(np.round(40 - 8 * frame["PAY_0"] + 6 * draw.normal(size=ROWS)), 21, 79).astype(int)
    written = io.BytesIO()
    frame.to_parquet(written)
    return written.getvalue()


@contextmanager
def working() -> Iterator[None]:
    """A worker beside the web: jobs run in a thread and a connection of its own, children are real processes."""
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                if runner.run_job() is None:
                    stop.wait(0.1)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(60)


def told_by(cast: Cast, url: str) -> story.Told:
    def caller(name: str) -> Caller:
        user = getattr(cast, name)
        _, secret = issue_token(actor=user, name="life", days=1, scopes=sorted(permissions_of(user)))
        return Caller(url, secret, PASSWORD)

    frame = card_frame(ROWS)
    people = story.People(
        caller("dana"), caller("victor"), (caller("ada"), caller("amir")), caller("otto"), caller("lia")
    )
    declaration = json.loads((story.DATA / "declaration.json").read_text())
    stage = story.Stage(
        people=people,
        table=("cards.parquet", table()),
        declaration=declaration,
        applications=[application(frame, row) for row in range(APPLICATIONS)],
        say=lambda _: None,
    )
    with working():
        return story.tell(stage)


@pytest.mark.django_db(transaction=True)
def test_six_people_walk_a_model_through_its_whole_life(cast: Cast, live_server: object) -> None:
    """One walk, because it is long; every group of facts is a function of its own."""
    told = told_by(cast, live_server.url)
    _first_version_is_approved_and_deployed()
    _second_version_waits_for_the_validator(told)
    _every_application_is_one_kept_decision(cast, told)
    _signatures_are_by_different_people_who_made_nothing(cast)
    _failures_were_challenged(cast)
    _every_job_ended_well()
    _ledger_tells_it_in_order(cast)


def _first_version_is_approved_and_deployed() -> None:
    first = ModelVersion.objects.get(number=1)
    assert (first.stage, first.expires_at is not None) == ("approved", True)
    standing = Deployment.objects.get(ended_at=None)
    assert (standing.version, standing.slot, standing.started_by.username) == (first, "champion", "otto")
    moves = [change.move for change in first.changes.order_by("made_at")]
    assert moves == ["submit", "conclude", "request", "approve"]


def _second_version_waits_for_the_validator(told: story.Told) -> None:
    second = ModelVersion.objects.get(number=2)
    assert (second.stage, second.predecessor.number, told.waiting_version) == ("in_validation", 1, 2)
    # The same bytes under a stricter policy are another version.
    assert second.artifact_id == second.predecessor.artifact_id
    assert second.policy_id != second.predecessor.policy_id
    failed = {each.check_id for each in second.runs.get().results.all() if each.blocks}
    assert set(told.failed_checks) == failed
    assert not Conclusion.objects.filter(version=second).exists()


def _every_application_is_one_kept_decision(cast: Cast, told: story.Told) -> None:
    assert told.decisions == Decision.objects.count() == DecisionPayload.objects.count() == APPLICATIONS
    assert sum(told.outcomes.values()) == APPLICATIONS
    assert set(Decision.objects.values_list("version__number", "made_by")) == {(1, cast.lia.pk)}
    replayed = [facts_of(row) for row in ledger.rows() if row.event == "decision:replayed"]
    assert [(facts["same"], facts["differences"]) for facts in replayed] == [(True, [])]


def _signatures_are_by_different_people_who_made_nothing(cast: Cast) -> None:
    first = ModelVersion.objects.get(number=1)
    conclusion = Conclusion.objects.get()
    signers = [each.person_id for each in SignOff.objects.all()]
    assert conclusion.person_id == cast.victor.person_id
    assert sorted(signers) == sorted([cast.ada.person_id, cast.amir.person_id])
    made = {first.author_id, first.trainer_id, first.submitter_id}
    assert made == {cast.dana.person_id}
    assert len({*signers, conclusion.person_id}) == 3
    assert not made & {*signers, conclusion.person_id}
    # What was signed is the evidence of that version's only run.
    digests = {conclusion.evidence_digest, *(each.evidence_digest for each in SignOff.objects.all())}
    assert digests == {first.runs.get().evidence_digest}


def _failures_were_challenged(cast: Cast) -> None:
    """Each failed blocking check of the approved version has a finding, an answer and a signed deviation; none else."""
    first = ModelVersion.objects.get(number=1)
    blocked = {each.pk for each in first.runs.get().results.all() if each.blocks}
    assert {each.result_id for each in Deviation.objects.all()} == blocked
    assert {each.result_id for each in Finding.objects.filter(version=first)} == blocked
    assert all(each.state == "rebutted" for each in Finding.objects.all())
    assert {each.user_id for each in Deviation.objects.all()} <= {cast.victor.pk}


def _every_job_ended_well() -> None:
    ended = {(job.kind, job.state) for job in Job.objects.exclude(kind="void-requests")}
    # Performed again, the first run holds.
    assert [made.differing for made in Reperformance.objects.all()] == [0]
    wanted = {
        "import-snapshot",
        "train",
        "register",
        "validate",
        "reperform",
        "compare",
        "build-dossier",
        "show-in-mlflow",
    }
    assert ended == {(kind, "succeeded") for kind in wanted}


def _ledger_tells_it_in_order(cast: Cast) -> None:
    rows = list(ledger.rows())
    found = ledger.verify()
    assert found.is_intact
    assert found.entries == len(rows)
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.event, row.sequence)
    assert [event for event in ORDER if event in first] == list(ORDER)
    assert [first[event] for event in ORDER] == sorted(first[event] for event in ORDER)
    assert "access:refused" not in first
    counted = Counter(row.event for row in rows)
    told = {
        "version:registered": 2,
        "version:submitted": 2,
        "run:completed": 2,
        "signoff:recorded": 2,
        "comparison:completed": 1,
    }
    told |= {"version:approved": 1, "deployment:started": 1, "conclusion:signed": 1, "dossier:signed": 2}
    assert {event: counted[event] for event in told} == told
    assert counted["deviation:signed"] == Deviation.objects.count()
    by = {(row.event, row.actor_id) for row in rows}
    assert ("version:registered", cast.dana.ledger_id) in by
    assert ("deployment:started", cast.otto.ledger_id) in by
    assert {actor for event, actor in by if event == "signoff:recorded"} == {
        cast.ada.ledger_id,
        cast.amir.ledger_id,
    }


def facts_of(row: object) -> dict[str, object]:
    return json.loads(row.body)["facts"]
