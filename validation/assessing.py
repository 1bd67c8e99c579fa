"""A validator's judgement in words: what is written about a topic, what is asked, what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, WrongStage
from registry import subjects
from registry.models import ModelVersion, VersionFile
from registry.services import lock_version
from registry.version_files import Brought, add_file
from validation import evidence as proof
from validation.assessments import why_closed
from validation.models import Assessment, AssessmentFile, Question, ValidationRun
from validation.signing import check_words, refuse_insider
from validation.topics import Rating, Topic


@dataclass(frozen=True)
class Written:
    """What a validator says about one topic, and the files it rests on."""

    topic: str
    rating: str
    text: str
    files: Sequence[VersionFile] = ()


@unit_of_work
def write_assessment(*, actor: User, version: ModelVersion, written: Written) -> Assessment:
    """Add a revision of one topic; with it the evidence of the newest run has another digest. Refuses insiders, a
    version that nobody validates now, empty words, and files of another version."""
    require(actor=actor, permission=Permission.ASSESSMENT_WRITE, model_slug=version.risk_model.slug)
    held = lock_version(version)
    refuse_insider(actor=actor, version=held, act="assess it")
    run = proof.newest_run(held)
    _require_open(held, run)
    _check(held, written)
    row = Assessment(
        version=held,
        run=run,
        topic=written.topic,
        revision=Assessment.objects.filter(version=held, topic=written.topic).count() + 1,
        rating=written.rating,
        text=written.text,
        author=actor,
        printed_name=actor.name,
        at=clock.now(),
    )
    _write(row, run, written.files)
    facts = {
        "topic": row.topic,
        "revision": row.revision,
        "rating": row.rating,
        "words": canonical.sha256(row.text.encode()),
        "files": sorted(each.digest for each in written.files),
        "evidence": row.evidence_digest,
    }
    record(event=Event.ASSESSMENT_WRITTEN, actor=actor, subject=subjects.of_version(held), facts=facts)
    return row


@unit_of_work
def write_with_file(*, actor: User, version: ModelVersion, written: Written, brought: Brought) -> Assessment:
    """Put a file beside the version and write what rests on it: both, or neither."""
    added = add_file(actor=actor, version=version, brought=brought)
    others = [each for each in written.files if each.pk != added.pk]
    return write_assessment(actor=actor, version=version, written=replace(written, files=[*others, added]))


@unit_of_work
def ask_question(*, actor: User, version: ModelVersion, topic: str, text: str) -> Question:
    """Ask whoever made the version. It stands in what is signed, answered or not. Refuses insiders and empty words."""
    require(actor=actor, permission=Permission.ASSESSMENT_WRITE, model_slug=version.risk_model.slug)
    held = lock_version(version)
    refuse_insider(actor=actor, version=held, act="ask about it")
    _check_topic(topic)
    check_words("/text", text)
    asked = Question(version=held, topic=topic, text=text, asked_by=actor, asked_at=clock.now())
    asked.save(force_insert=True)
    _record_question(Event.QUESTION_ASKED, actor, asked, text)
    return asked


@unit_of_work
def answer_question(*, actor: User, question: Question, text: str) -> Question:
    """Answer, once. Refuses whoever asked, empty words, and a question that has its answer."""
    require(actor=actor, permission=Permission.QUESTION_ANSWER, model_slug=question.version.risk_model.slug)
    version = lock_version(question.version)
    held = Question.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=question.pk)
    held.version = version
    if held.answered_at is not None:
        raise Conflict("This question was answered already. Whoever asked may ask another one.")
    if held.asked_by.person_id == actor.person_id:
        raise Conflict("Nobody answers their own question. Ask a colleague who made the version.")
    check_words("/text", text)
    held.answer, held.answered_by, held.answered_at = text, actor, clock.now()
    held.save(update_fields=["answer", "answered_by", "answered_at"])
    _record_question(Event.QUESTION_ANSWERED, actor, held, text)
    return held


def _require_open(version: ModelVersion, run: ValidationRun | None) -> None:
    why = why_closed(version, run)
    if why is not None:
        raise WrongStage(why)


def _check(version: ModelVersion, written: Written) -> None:
    _check_topic(written.topic)
    errors = []
    if written.rating not in Rating.values:
        errors.append(FieldError("/rating", "unknown", f"One of {', '.join(Rating.values)}."))
    if any(each.version_id != version.pk for each in written.files):
        errors.append(FieldError("/files", "other-version", "A file lies beside another version."))
    if errors:
        raise Invalid("The assessment was not written.", errors)
    check_words("/text", written.text)


def _check_topic(topic: str) -> None:
    if topic not in Topic.values:
        detail = f"One of {', '.join(Topic.values)}."
        raise Invalid("There is no such topic.", [FieldError("/topic", "unknown", detail)])


def _write(row: Assessment, run: ValidationRun | None, files: Sequence[VersionFile]) -> None:
    """The row states the digest of the evidence with itself in it, so that digest is found before it stands there."""
    if run is not None:
        row.evidence_digest = proof.digest_with(run, row, files)
    row.save(force_insert=True)
    AssessmentFile.objects.bulk_create([AssessmentFile(assessment=row, file=each) for each in files])
    if run is not None:
        run.evidence_digest = row.evidence_digest
        run.save(update_fields=["evidence_digest"])


def _record_question(event: Event, actor: User, question: Question, text: str) -> None:
    facts = {
        "question": str(question.pk),
        "topic": str(question.topic),
        "words": canonical.sha256(text.encode()),
    }
    record(event=event, actor=actor, subject=subjects.of_version(question.version), facts=facts)
