"""What a validator writes about a version: it is evidence, it is asked for, and nobody judges their own work."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, transaction

from accounts.selectors import the_installation
from accounts.services import grant_role
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about, entries_about
from mrm.lib import canonical
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongStage
from registry.services import submit_version
from registry.version_files import Brought, add_file
from tests.validation.cases import assess, case_in_validation, signature
from validation import assessments, evidence
from validation.assessing import Written, answer_question, ask_question, write_assessment
from validation.models import Assessment, Question, ValidationRun
from validation.selectors import latest_run, shown, what_is_missing
from validation.services import conclude
from validation.topics import Topic

SOUND = Written("soundness", "satisfactory", "Late payments come before a default, as theory has it.")
OPINION = Written("opinion", "satisfactory", "It orders well and its level holds.")
BAD = Written("opinion", "unsatisfactory", "It should not be used.")


def about(case, event: Event) -> int:
    return count_about(Subject("version", str(case.version.pk)), event)


def written(case, what: Written = SOUND, by: str = "victor") -> Assessment:
    return write_assessment(actor=getattr(case.cast, by), version=case.version, written=what)


def conclusion_of(case, verdict: str = "fit"):
    signed = signature(case.cast.victor, case.version, f"conclusion:{verdict}")
    return conclude(actor=case.cast.victor, version=case.version, verdict=verdict, **signed)


@pytest.mark.control("SR26-2:validation")
def test_what_is_written_changes_the_digest_of_the_evidence(case):
    run = case.tested()
    row = written(case)
    case.version.refresh_from_db()
    now = latest_run(case.version)
    assert row.evidence_digest == now.evidence_digest != run.evidence_digest
    assert evidence.evidence_of(now).digest == now.evidence_digest
    assert about(case, Event.ASSESSMENT_WRITTEN) == 1


def test_evidence_names_topic_rating_author_and_the_digests_of_words_and_files(case):
    case.tested()
    paper = add_file(
        actor=case.cast.victor, version=case.version, brought=Brought("paper.pdf", b"%PDF-1.7 x")
    )
    written(case, Written("soundness", "needs_improvement", "See the paper.", (paper,)))
    (told,) = evidence.evidence_of(latest_run(case.version)).document["assessments"]
    assert told == {
        "topic": "soundness",
        "rating": "needs_improvement",
        "by": "Victor Vance",
        "text": canonical.sha256(b"See the paper."),
        "files": [canonical.sha256(b"%PDF-1.7 x")],
    }


def test_newest_revision_counts_and_the_earlier_one_stays_readable(case):
    case.tested()
    written(case)
    written(case, Written("soundness", "needs_improvement", "On a second reading, less so."))
    (now,) = assessments.assessments(actor=case.cast.quinn, version=case.version)
    assert (now.revision, now.rating) == (2, "needs_improvement")
    history = assessments.assessment_history(actor=case.cast.quinn, version=case.version)
    assert [each.revision for each in history] == [2, 1]


def test_what_was_written_before_a_run_stands_in_its_evidence(case):
    written(case)
    run = case.tested()
    assert [each["topic"] for each in evidence.evidence_of(run).document["assessments"]] == ["soundness"]
    assert evidence.evidence_of(run).digest == run.evidence_digest


def test_evidence_of_an_earlier_run_is_recomputed_as_it_was(case):
    case.tested()
    written(case, OPINION)
    first = latest_run(case.version)
    case.tested(brier="failed")
    written(case, BAD)
    again = ValidationRun.objects.get(pk=first.pk)
    assert evidence.evidence_of(again).digest == again.evidence_digest == first.evidence_digest


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_validator_assesses(case, who):
    case.tested()
    with pytest.raises(NotAllowed):
        written(case, by=who)
    assert not Assessment.objects.exists()
    assert about(case, Event.ASSESSMENT_WRITTEN) == 0


def test_author_who_is_also_a_validator_assesses_nothing(case):
    case.tested()
    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="author"):
        written(case, by="dana")
    with pytest.raises(NotAllowed, match="author"):
        ask_question(actor=case.cast.dana, version=case.version, topic="soundness", text="Why?")


@pytest.mark.parametrize(
    "wrong",
    [
        Written("taste", "satisfactory", "Fine."),
        Written("opinion", "excellent", "Fine."),
        Written("opinion", "satisfactory", "  "),
        Written("opinion", "satisfactory", "x" * 10_001),
    ],
)
def test_words_without_a_topic_a_rating_or_anything_said_are_refused(case, wrong):
    case.tested()
    with pytest.raises(Invalid):
        written(case, wrong)
    assert not Assessment.objects.exists()


def test_nothing_is_assessed_after_the_conclusion_until_it_is_validated_again(case):
    case.evidence()
    case.concluded()
    with pytest.raises(WrongStage, match="validated, not in validation"):
        written(case)
    case.tested(brier="failed")
    written(case)


def test_fit_is_refused_until_every_topic_of_the_plan_is_written(case):
    case.tested()
    (reason,) = what_is_missing(actor=case.cast.victor, version=case.version)["conclude"]
    assert "Scope and use, Limits and what was not tested, Conceptual soundness" in reason
    with pytest.raises(Blocked, match="lacks the validator's assessment"):
        conclusion_of(case)
    assess(case.cast.victor, case.version)
    assert conclusion_of(case).verdict == "fit"


def test_lowest_tier_asks_for_the_opinion_alone(cast, drawn):
    case = case_in_validation(cast, drawn, tier=3)
    case.tested()
    assert assessments.topics_to_assess(case.version) == [Topic.OPINION]


def test_opinion_on_earlier_evidence_is_not_one_on_this(case):
    case.evidence()
    case.tested()
    assert assessments.topics_to_assess(case.version) == [Topic.OPINION]


def test_unsatisfactory_opinion_contradicts_fit_and_lets_the_version_go_back(case):
    case.evidence()
    written(case, BAD)
    with pytest.raises(Blocked, match="opinion on card-limit v1 is unsatisfactory"):
        conclusion_of(case)
    assert conclusion_of(case, "returned").verdict == "returned"


def test_assessment_after_the_page_was_shown_refuses_the_signature(case):
    case.evidence()
    before = shown(case.version).digest
    written(case)
    assert shown(case.version).digest != before


# --- Questions --------------------------------------------------------------------------------------------------


@pytest.fixture
def question(case) -> Question:
    return ask_question(
        actor=case.cast.victor, version=case.version, topic="soundness", text="Why six months?"
    )


def test_question_and_its_answer_stand_in_what_is_signed_by_their_digests(case, question):
    case.evidence()
    asked = shown(case.version).content["questions"]
    assert asked == [
        {
            "id": str(question.pk),
            "topic": "soundness",
            "text": canonical.sha256(b"Why six months?"),
            "answer": None,
        }
    ]
    answer_question(actor=case.cast.dana, question=question, text="The bank keeps six.")
    assert shown(case.version).content["questions"][0]["answer"] == canonical.sha256(b"The bank keeps six.")


def test_question_is_answered_once_and_not_by_whoever_asked(case, question):
    grant_role(actor=the_installation(), user=case.cast.victor, role="developer")
    with pytest.raises(Conflict, match="own question"):
        answer_question(actor=case.cast.victor, question=question, text="Because.")
    answer_question(actor=case.cast.dana, question=question, text="The bank keeps six.")
    with pytest.raises(Conflict, match="answered already"):
        answer_question(actor=case.cast.dana, question=question, text="Or seven.")


@pytest.mark.parametrize("who", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_developer_answers(case, question, who):
    with pytest.raises(NotAllowed):
        answer_question(actor=getattr(case.cast, who), question=question, text="Because.")
    assert about(case, Event.QUESTION_ANSWERED) == 0


def test_words_stay_outside_the_ledger(case, question):
    case.tested()
    written(case)
    answer_question(actor=case.cast.dana, question=question, text="The bank keeps six.")
    told = json.dumps(
        [bytes(each.body).decode() for each in entries_about(Subject("version", str(case.version.pk)))]
    )
    assert not any(words in told for words in ("six months", "keeps six", "Late payments"))


def test_who_may_not_read_findings_reads_no_words_about_a_version(case, question):
    for read in (assessments.assessments, assessments.assessment_history, assessments.questions):
        with pytest.raises(NotAllowed):
            read(actor=case.cast.lia, version=case.version)
    with pytest.raises(NotFound):
        assessments.question(actor=case.cast.lia, question_id=question.pk)


# --- The database -----------------------------------------------------------------------------------------------


def test_database_takes_no_other_evidence_than_that_of_the_newest_assessment(case):
    case.tested()
    written(case)
    run = latest_run(case.version)
    first = Assessment.objects.get()
    written(case, OPINION)
    for digest in ("0" * 64, first.evidence_digest):
        with pytest.raises(DatabaseError, match="does not change by itself"), transaction.atomic():
            ValidationRun.objects.filter(pk=run.pk).update(evidence_digest=digest)


def test_database_takes_no_conclusion_without_an_opinion_behind_the_gates(case, monkeypatch):
    from mrm.settings import governance

    case.tested()
    monkeypatch.setattr(governance, "GATES", {})
    with pytest.raises(DatabaseError, match="after an opinion"), transaction.atomic():
        conclusion_of(case)


def test_submission_without_a_document_is_refused_by_the_database_too(case, monkeypatch):
    from mrm.settings import governance
    from registry.decision_policies import propose_policy
    from registry.registration import Proposal, register_version, sealed_under

    old = case.version
    rules = old.policy.rules | {"approve_below": "0.3", "decline_from": "0.3"}
    policy = propose_policy(actor=case.cast.dana, risk_model=old.risk_model, rules=rules).policy
    proposal = Proposal(old.candidate, policy, old.dictionary)
    monkeypatch.setattr(governance, "GATES", {})
    fresh = register_version(actor=case.cast.dana, proposal=proposal, sealed=sealed_under(old.artifact_id))
    with pytest.raises(DatabaseError, match="with its developer's document"), transaction.atomic():
        submit_version(actor=case.cast.dana, version=fresh)
