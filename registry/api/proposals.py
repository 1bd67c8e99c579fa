"""Decision policies, reason dictionaries and candidates by API."""

from __future__ import annotations

import functools
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from registry import decision_policies, reason_dictionaries, selectors
from registry.api.base import Shown, paged, posts
from registry.dictionary_history import Change, dictionary_history
from registry.models import ReasonDictionary


class PolicyOutput(Shown):
    id = serializers.UUIDField()
    digest = serializers.CharField()
    rules = serializers.DictField()
    proposed_by = serializers.CharField(source="proposed_by.name")
    proposed_at = serializers.DateTimeField()


class DictionaryOutput(Shown):
    id = serializers.UUIDField()
    digest = serializers.CharField()
    reasons = serializers.DictField()
    proposed_by = serializers.CharField(source="proposed_by.name")
    proposed_at = serializers.DateTimeField()


class TextChangeOutput(Shown):
    change = serializers.ChoiceField(choices=[each.value for each in Change])
    reason = serializers.CharField()
    language = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class CodeChangeOutput(Shown):
    reason = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class DifferencesOutput(Shown):
    texts = TextChangeOutput(many=True)
    codes = CodeChangeOutput(many=True)


class NumberedOutput(Shown):
    """A dictionary among those of its model, in the order of proposal."""

    id = serializers.UUIDField(source="dictionary.id")
    number = serializers.IntegerField()
    digest = serializers.CharField(source="dictionary.digest")
    reasons = serializers.DictField(source="dictionary.reasons")
    proposed_by = serializers.CharField(source="dictionary.proposed_by.name")
    proposed_at = serializers.DateTimeField(source="dictionary.proposed_at")
    versions = serializers.ListField(child=serializers.IntegerField(), help_text="Those that use it.")
    changed = DifferencesOutput(allow_null=True, help_text="Against the one before; null for the first.")


class ListedDictionaryOutput(Shown):
    """Shows each row with its place in the history, which comes as context."""

    def to_representation(self, instance: ReasonDictionary) -> dict[str, Any]:
        return dict(NumberedOutput(self.context["history"][instance.pk]).data)


class CandidateOutput(Shown):
    id = serializers.UUIDField()
    snapshot = serializers.UUIDField(source="snapshot_id")
    artifact_digest = serializers.CharField()
    recipe = serializers.CharField(source="recipe.name")
    recipe_digest = serializers.CharField()
    metrics = serializers.DictField(child=serializers.FloatField())
    mlflow_run_id = serializers.CharField()
    job = serializers.UUIDField(source="job_id")
    trained_by = serializers.CharField(source="trained_by.name")
    trained_at = serializers.DateTimeField()


@posts(201)
class PolicyListApi(WriteApi):
    """The policies of a model, and proposing one: 201, or 200 with the one that stands already."""

    Output = PolicyOutput

    class Input(StrictSerializer):
        rules = serializers.DictField()

    @extend_schema(responses=PolicyOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        rows = selectors.visible_policies(actor=self.actor(), slug=slug)
        return paged(self, request, rows, ("-proposed_at", "id"), PolicyOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        entry = selectors.risk_model(actor=self.actor(), slug=kwargs["slug"])
        proposed = decision_policies.propose_policy(
            actor=self.actor(), risk_model=entry, rules=self.input(request)["rules"]
        )
        return Answer(201 if proposed.is_fresh else 200, dict(PolicyOutput(proposed.policy).data))


@posts(201)
class DictionaryListApi(WriteApi):
    """The reason dictionaries of a model, and proposing one: 201, or 200 with the one that stands already."""

    Output = DictionaryOutput

    class Input(StrictSerializer):
        reasons = serializers.DictField()

    @extend_schema(responses=NumberedOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        actor = self.actor()
        history = {each.dictionary.pk: each for each in dictionary_history(actor=actor, slug=slug)}
        rows = selectors.visible_dictionaries(actor=actor, slug=slug)
        output = functools.partial(ListedDictionaryOutput, context={"history": history})
        return paged(self, request, rows, ("-proposed_at", "id"), output)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        entry = selectors.risk_model(actor=self.actor(), slug=kwargs["slug"])
        proposed = reason_dictionaries.propose_dictionary(
            actor=self.actor(), risk_model=entry, reasons=self.input(request)["reasons"]
        )
        return Answer(201 if proposed.is_fresh else 200, dict(DictionaryOutput(proposed.dictionary).data))


class CandidateListApi(Api):
    """What was trained for a model and may be registered."""

    @extend_schema(responses=CandidateOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        rows = selectors.visible_candidates(actor=self.actor(), slug=slug)
        return paged(self, request, rows, ("-trained_at", "id"), CandidateOutput)
