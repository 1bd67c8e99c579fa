"""The validation plan of a version by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api
from registry import selectors as registry
from registry.api.base import Shown
from validation import selectors
from validation.plan_answers import Answer, Because
from validation.plan_words import gap_words


class PlanResultOutput(Shown):
    id = serializers.UUIDField()
    check = serializers.CharField(source="check_id")
    verdict = serializers.CharField()


class PlanFactOutput(Shown):
    fact = serializers.CharField()
    since = serializers.DateTimeField()


class PlanGapOutput(Shown):
    """`of` names the check or the fact; empty where nothing here can answer the component yet."""

    because = serializers.ChoiceField(choices=[each.value for each in Because])
    of = serializers.CharField()
    said = serializers.CharField()


class PlanComponentOutput(Shown):
    key = serializers.CharField()
    section = serializers.IntegerField(help_text="Of the dossier.")
    title = serializers.CharField()
    question = serializers.CharField()
    is_answered = serializers.BooleanField()
    results = PlanResultOutput(many=True)
    facts = PlanFactOutput(many=True)
    not_tested = PlanGapOutput(many=True)


class PlanOutput(Shown):
    slug = serializers.CharField()
    digest = serializers.CharField()
    tier = serializers.IntegerField()
    name = serializers.CharField()
    answered = serializers.IntegerField()
    components = PlanComponentOutput(many=True)


class PlanReadApi(Api):
    """What is due for the tier of a version, what answers each component in the newest evidence, and what is not
    tested, because of what."""

    @extend_schema(responses=PlanOutput)
    def get(self, request: Request, slug: str, number: int) -> Response:  # noqa: ARG002
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        found = selectors.answered_plan(actor=self.actor(), version=version)
        body = {
            "slug": found.plan.slug,
            "digest": found.plan.digest,
            "tier": found.plan.tier,
            "name": found.plan.name.here,
            "answered": found.answered,
            "components": [_component(answer) for answer in found.answers],
        }
        return Response(PlanOutput(body).data)


def _component(answer: Answer) -> dict[str, Any]:
    asked = answer.component
    return {
        "key": asked.key,
        "section": asked.section,
        "title": asked.title.here,
        "question": asked.question.here,
        "is_answered": answer.is_answered,
        "results": answer.results,
        "facts": answer.facts,
        "not_tested": [
            {"because": gap.because, "of": gap.of, "said": gap_words(gap, asked)} for gap in answer.gaps
        ],
    }
