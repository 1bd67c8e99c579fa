"""Reading what a validator wrote and asked about a version, and what is still to be written."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry.lifecycle import Stage
from registry.models import ModelVersion
from validation import evidence as proof
from validation.models import Assessment, Question, ValidationRun
from validation.plan_facts import TOPICS, since
from validation.plans import plan_of_tier
from validation.signing import insider_role
from validation.topics import Topic


def topics_to_assess(version: ModelVersion) -> list[Topic]:
    """What the plan of the tier asks a validator to say, and nobody has said yet; the opinion is due on every run."""
    seen = proof.seen_of(version, proof.newest_run(version))
    asked = asked_topics(version)
    return [topic for fact, topic in TOPICS.items() if topic in asked and since(fact, seen) is None]


def asked_topics(version: ModelVersion) -> list[Topic]:
    """What the plan of the tier asks a validator to say."""
    asked = {fact for each in plan_of_tier(version.risk_model.tier).components for fact in each.facts}
    return [topic for fact, topic in TOPICS.items() if fact in asked]


def opinion_on(version: ModelVersion) -> Assessment | None:
    """The newest opinion on the newest evidence."""
    rows = Assessment.objects.filter(version=version, run=proof.newest_run(version), topic=Topic.OPINION)
    return rows.order_by("-revision").first()


def assessments(*, actor: User, version: ModelVersion) -> list[Assessment]:
    """The newest of each topic."""
    _require_inside(actor, version)
    return list(proof.assessments_of(version, proof.newest_run(version)))


def assessment_history(*, actor: User, version: ModelVersion) -> QuerySet[Assessment]:
    """Every revision, the newest first."""
    _require_inside(actor, version)
    rows = version.assessments.select_related("run").prefetch_related("files")
    return rows.order_by("-at", "-revision", "id")


def questions(*, actor: User, version: ModelVersion) -> QuerySet[Question]:
    _require_inside(actor, version)
    rows = version.questions.select_related("asked_by__person", "answered_by__person")
    return rows.order_by("asked_at", "id")


def question(*, actor: User, question_id: uuid.UUID) -> Question:
    rows = Question.objects.select_related("version__risk_model", "asked_by__person", "answered_by__person")
    found = rows.filter(pk=question_id).first()
    if found is None or not _is_inside(actor, found.version):
        raise NotFound("There is no such question that you may see.")
    return found


def why_no_assessment(*, actor: User, version: ModelVersion) -> str | None:
    """What a page says instead of a form that would be refused; None shows the form."""
    part = insider_role(version, actor.person_id)
    if not allows(actor=actor, permission=Permission.ASSESSMENT_WRITE, model_slug=version.risk_model.slug):
        return f"{actor.name} is no validator of {version.risk_model.slug}."
    if part is not None:
        return f"{actor.name} is the {part} of {version.label}."
    return why_closed(version, proof.newest_run(version))


def why_closed(version: ModelVersion, run: ValidationRun | None) -> str | None:
    """Why nothing is assessed on a version now, or None. A version in force is assessed on what a new run found, until
    somebody concludes on it."""
    if version.stage == Stage.IN_VALIDATION:
        return None
    stage = version.stage.replace("_", " ")
    if version.stage != Stage.APPROVED:
        return f"Nothing is assessed on {version.label} now: it is {stage}, not in validation."
    if run is None or run.conclusions.exists():
        return f"{version.label} is {stage}, and its newest evidence was concluded on. Start a validation run first."
    return None


def _is_inside(actor: User, version: ModelVersion) -> bool:
    """Words about a version are for those who may read its findings."""
    return allows(actor=actor, permission=Permission.FINDING_READ, model_slug=version.risk_model.slug)


def _require_inside(actor: User, version: ModelVersion) -> None:
    require(actor=actor, permission=Permission.FINDING_READ, model_slug=version.risk_model.slug)
