"""What the page of an assessment shows of each topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from registry.models import ModelVersion
from validation import assessments
from validation.models import Assessment, ValidationRun
from validation.selectors import latest_run
from validation.topics import Topic


@dataclass(frozen=True)
class TopicLine:
    """One topic: its newest revision, whether the plan asks for it, and where it is written (empty: not by this
    reader, not now)."""

    key: str
    title: str
    written: Assessment | None
    is_asked: bool
    is_stale: bool
    url: str


def topic_lines(*, actor: User, version: ModelVersion) -> list[TopicLine]:
    run = latest_run(version)
    written = {each.topic: each for each in assessments.assessments(actor=actor, version=version)}
    asked = assessments.asked_topics(version)
    may_write = assessments.why_no_assessment(actor=actor, version=version) is None
    return [
        TopicLine(
            key=str(topic.value),
            title=str(topic.label),
            written=written.get(topic),
            is_asked=topic in asked,
            is_stale=_is_stale(topic, written.get(topic), run),
            url=_url(version, topic) if may_write else "",
        )
        for topic in Topic
    ]


def facts_of(version: ModelVersion) -> list[dict[str, Any]]:
    run = latest_run(version)
    tier: dict[str, Any] = {"term": _("Tier"), "text": str(version.risk_model.tier)}
    if run is None:
        return [tier]
    return [tier, {"term": _("Evidence"), "digest": run.evidence_digest, "at": run.completed_at}]


def earlier_revisions(*, actor: User, version: ModelVersion) -> list[Assessment]:
    newest = {each.pk for each in assessments.assessments(actor=actor, version=version)}
    return [
        each for each in assessments.assessment_history(actor=actor, version=version) if each.pk not in newest
    ]


def _is_stale(topic: Topic, written: Assessment | None, run: ValidationRun | None) -> bool:
    return topic is Topic.OPINION and written is not None and run is not None and written.run_id != run.pk


def _url(version: ModelVersion, topic: Topic) -> str:
    return reverse("assessment-write", args=[version.risk_model.slug, version.number, topic.value])
