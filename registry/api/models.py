"""Inventory entries by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from registry import entries, selectors, uses
from registry.api.base import Shown, paged, posts

_TEXT = 20_000


class UseOutput(Shown):
    use = serializers.CharField()
    products = serializers.ListField(child=serializers.CharField())
    segments = serializers.ListField(child=serializers.CharField())
    jurisdictions = serializers.ListField(child=serializers.CharField())


class LimitationOutput(Shown):
    limitation = serializers.CharField()
    consequence = serializers.CharField()
    control = serializers.CharField()


class UseInput(StrictSerializer):
    """One use; without segments it is for all of them."""

    use = serializers.ChoiceField(choices=list(uses.Use))
    products = serializers.ListField(child=serializers.CharField(max_length=100))
    segments = serializers.ListField(child=serializers.CharField(max_length=100), required=False)
    jurisdictions = serializers.ListField(
        child=serializers.CharField(max_length=100), help_text="ISO 3166-1, two letters."
    )


class LimitationInput(StrictSerializer):
    """What does not hold, what follows from that, and what keeps it from happening."""

    limitation = serializers.CharField(max_length=2_000)
    consequence = serializers.CharField(max_length=2_000)
    control = serializers.CharField(max_length=2_000)


class ModelOutput(Shown):
    slug = serializers.CharField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    intended_use = serializers.CharField()
    uses = UseOutput(many=True)
    limitations = LimitationOutput(many=True)
    tier = serializers.IntegerField(allow_null=True)
    tier_reason = serializers.CharField()
    business_unit = serializers.CharField()
    owner = serializers.CharField(source="owner.name")
    proposed_by = serializers.CharField(source="proposed_by.name")
    proposed_at = serializers.DateTimeField()
    accepted_by = serializers.CharField(source="accepted_by.name", default=None, allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)


class EntryInput(StrictSerializer):
    name = serializers.CharField(max_length=200)
    purpose = serializers.CharField(max_length=_TEXT, required=False, allow_blank=True)
    intended_use = serializers.CharField(max_length=_TEXT, required=False, allow_blank=True)
    uses = UseInput(many=True, required=False)
    limitations = LimitationInput(many=True, required=False)
    answers = serializers.DictField(
        child=serializers.CharField(max_length=64),
        required=False,
        help_text="To the tiering questionnaire: all of its questions. The tier is computed from them.",
    )
    tier = serializers.IntegerField(
        required=False, allow_null=True, help_text="Another tier than the computed one, with tier_reason."
    )
    tier_reason = serializers.CharField(max_length=_TEXT, required=False, allow_blank=True)
    business_unit = serializers.CharField(max_length=100, required=False, allow_blank=True)


@posts(201)
class ModelListApi(WriteApi):
    """The inventory, and proposing an entry for it."""

    Output = ModelOutput

    class Input(EntryInput):
        slug = serializers.CharField(max_length=64)
        owner = serializers.CharField(max_length=64, required=False)

    @extend_schema(responses=ModelOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.visible_models(actor=self.actor())
        return paged(self, request, rows, ("slug",), ModelOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        asked = self.input(request)
        slug, owner = asked.pop("slug"), asked.pop("owner", None)
        actor = self.actor()
        made = entries.propose_model(
            actor=actor,
            slug=slug,
            words=entries.EntryWords(**_words(asked)),
            owner=selectors.owner_named(actor=actor, username=owner) if owner else None,
        )
        return Answer(201, ModelOutput(made).data, {"Location": f"/api/v1/models/{made.slug}"})


class ModelApi(WriteApi):
    """One entry, and amending it while nobody has accepted it."""

    http_method_names = ["get", "patch", "options"]

    @extend_schema_serializer(component_name="ModelAmendInput")
    class Input(EntryInput):
        name = serializers.CharField(max_length=200, required=False)

    @extend_schema(responses=ModelOutput)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        return Response(ModelOutput(selectors.risk_model(actor=self.actor(), slug=slug)).data)

    @extend_schema(request=Input, responses=ModelOutput)
    def patch(self, request: Request, slug: str) -> Response:
        entry = selectors.risk_model(actor=self.actor(), slug=slug)
        words = entries.amended(entry, _words(self.input(request)))
        changed = entries.amend_model(actor=self.actor(), risk_model=entry, words=words)
        return Response(ModelOutput(changed).data)


@posts(200)
class ModelAcceptApi(WriteApi):
    """A validator takes the entry into the inventory at the tier they confirm."""

    Output = ModelOutput

    class Input(StrictSerializer):
        tier_confirmed = serializers.IntegerField()

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        entry = selectors.risk_model(actor=self.actor(), slug=kwargs["slug"])
        tier = self.input(request)["tier_confirmed"]
        accepted = entries.accept_model(actor=self.actor(), risk_model=entry, tier=tier)
        return Answer(200, ModelOutput(accepted).data)


def _words(asked: dict[str, Any]) -> dict[str, Any]:
    """The lists as the service takes them."""
    made: dict[str, Any] = {}
    if "uses" in asked:
        made["uses"] = uses.uses_of([{"segments": [], **each} for each in asked["uses"]])
    if "limitations" in asked:
        made["limitations"] = uses.limitations_of(asked["limitations"])
    return asked | made
