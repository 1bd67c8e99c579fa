"""The tiering questionnaire, its answers for a model, and their acceptance, by API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from registry import questionnaires, selectors, tier_selectors, tiers
from registry.api.base import Shown, paged, posts
from registry.bilingual import Words

TEXT = 20_000


class OptionOutput(Shown):
    key = serializers.CharField()
    band = serializers.IntegerField(help_text="1 low, 2 medium, 3 high.")
    text = serializers.CharField()


class TierQuestionOutput(Shown):
    key = serializers.CharField()
    dimension = serializers.CharField()
    text = serializers.CharField()
    why = serializers.CharField()
    options = OptionOutput(many=True)


class QuestionnaireOutput(Shown):
    slug = serializers.CharField()
    digest = serializers.CharField()
    name = serializers.CharField()
    why = serializers.CharField()
    questions = TierQuestionOutput(many=True)
    materiality = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class QuestionnaireApi(Api):
    """What is asked before a model has a tier, and how a tier follows from the answers."""

    @extend_schema(responses=QuestionnaireOutput)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        selectors.visible_models(actor=self.actor())
        found = questionnaires.current()
        body = {
            "slug": found.slug,
            "digest": found.digest,
            "name": _said(found.name),
            "why": _said(found.source),
            "questions": [
                {
                    "key": each.key,
                    "dimension": each.dimension,
                    "text": _said(each.text),
                    "why": _said(each.why),
                    "options": [
                        {"key": one.key, "band": one.band, "text": _said(one.text)} for one in each.options
                    ],
                }
                for each in found.questions
            ],
            "materiality": found.materiality,
        }
        return Response(QuestionnaireOutput(body).data)


class TierAssessmentOutput(Shown):
    number = serializers.IntegerField()
    questionnaire = serializers.CharField()
    answers = serializers.DictField(child=serializers.CharField())
    steps = serializers.DictField()
    tier_computed = serializers.IntegerField(source="computed_tier")
    tier_proposed = serializers.IntegerField(source="proposed_tier")
    tier_reason = serializers.CharField(source="override_reason")
    proposed_by = serializers.CharField(source="proposed_by.name")
    proposed_at = serializers.DateTimeField()
    accepted_by = serializers.CharField(source="acceptance.accepted_by.name", default=None, allow_null=True)
    accepted_at = serializers.DateTimeField(source="acceptance.accepted_at", default=None, allow_null=True)


@posts(201)
class TierAssessmentListApi(WriteApi):
    """How the tier of a model was answered for, the newest first; and answering again for an accepted model."""

    Output = TierAssessmentOutput

    class Input(StrictSerializer):
        answers = serializers.DictField(child=serializers.CharField(max_length=64))
        tier = serializers.IntegerField(required=False, allow_null=True)
        tier_reason = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)

    @extend_schema(responses=TierAssessmentOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        rows = tier_selectors.visible_assessments(actor=self.actor(), slug=slug)
        return paged(self, request, rows, ("-number",), TierAssessmentOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        entry = selectors.risk_model(actor=self.actor(), slug=kwargs["slug"])
        asked = self.input(request)
        proposed = tiers.Proposed(asked["answers"], asked.get("tier"), asked.get("tier_reason", ""))
        made = tiers.propose_tier(actor=self.actor(), risk_model=entry, proposed=proposed)
        return Answer(201, TierAssessmentOutput(made).data)


@posts(200)
class TierAcceptApi(WriteApi):
    """A second person accepts the newest proposed tier of an accepted model."""

    Output = TierAssessmentOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        entry = selectors.risk_model(actor=self.actor(), slug=kwargs["slug"])
        accepted = tiers.accept_tier(actor=self.actor(), risk_model=entry, number=kwargs["number"])
        return Answer(200, TierAssessmentOutput(accepted.assessment).data)


def _said(words: Words) -> str:
    return words.said(get_language() or "en")
