"""Conditions, exceptions and break-glass by API, and what ends when."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.models import User
from approvals import selectors, services
from approvals.api import RequestDetail, opened
from approvals.ceremony import signature_of
from approvals.conditions import MET
from approvals.content import shown_of_condition
from approvals.emergencies import MOST_HOURS
from approvals.expiries import expiries_of
from approvals.models import Condition
from registry import selectors as registry
from registry.api.base import Shown, paged, posts
from validation import selectors as validation
from validation.api.base import SignatureInput, shown_header
from validation.signing import LONGEST_RATIONALE


class ConditionOutput(Shown):
    id = serializers.UUIDField()
    model = serializers.CharField(source="version.risk_model.slug")
    version = serializers.IntegerField(source="version.number")
    request = serializers.UUIDField(source="request_id")
    words = serializers.CharField()
    set_by = serializers.CharField(source="source.printed_name")
    owner = serializers.CharField(source="owner.name")
    due_at = serializers.DateTimeField()
    state = serializers.CharField()
    met_by = serializers.CharField(source="fulfilment.printed_name", default=None, allow_null=True)
    met_at = serializers.DateTimeField(source="fulfilment.at", default=None, allow_null=True)


class ConditionDetail(ConditionOutput):
    shown_digest = serializers.CharField()
    why_not_you = serializers.CharField(allow_null=True)


class ExpiryOutput(Shown):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    what = serializers.CharField()
    state = serializers.CharField()


class ExpiriesOutput(Shown):
    results = ExpiryOutput(many=True)


class ConditionListApi(Api):
    """Conditions of granted requests, the earliest due first."""

    @extend_schema(responses=ConditionOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.conditions(actor=self.actor())
        return paged(self, request, rows, ("due_at", "id"), ConditionOutput)


class ConditionApi(Api):
    """One condition, with the digest of what a validator would sign."""

    @extend_schema(responses=ConditionDetail)
    def get(self, request: Request, condition_id: uuid.UUID) -> Response:  # noqa: ARG002
        found = selectors.condition(actor=self.actor(), condition_id=condition_id)
        return Response(_detail(self.actor(), found))


@posts(201)
class ConditionMeetApi(WriteApi):
    """Sign that a condition is met."""

    Output = ConditionDetail

    class Input(SignatureInput):
        pass

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        found = selectors.condition(actor=actor, condition_id=kwargs["condition_id"])
        signature = signature_of(MET, asked, shown_header(request))
        services.meet_condition(actor=actor, condition=found, signature=signature)
        return Answer(201, _detail(actor, selectors.condition(actor=actor, condition_id=found.pk)))


@posts(201)
class BreakGlassAskApi(WriteApi):
    """Ask that a suspended version be put back into force for hours."""

    Output = RequestDetail

    class Input(StrictSerializer):
        hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS)
        why = serializers.CharField(max_length=LONGEST_RATIONALE)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        return opened(actor, services.ask_break_glass(actor=actor, version=version, **asked))


@posts(201)
class ExceptionAskApi(WriteApi):
    """Ask that one failed blocking check may stand until a date."""

    Output = RequestDetail

    class Input(StrictSerializer):
        until = serializers.DateTimeField()
        why = serializers.CharField(max_length=LONGEST_RATIONALE)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        result = validation.result(actor=actor, result_id=kwargs["result_id"])
        return opened(actor, services.ask_exception(actor=actor, result=result, **asked))


class ExpiryListApi(Api):
    """What ends when, the earliest first."""

    @extend_schema(responses=ExpiriesOutput)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        rows = expiries_of(actor=self.actor())
        return Response({"results": ExpiryOutput(rows, many=True).data})


def _detail(actor: User, condition: Condition) -> dict[str, Any]:
    return {
        **ConditionOutput(condition).data,
        "shown_digest": shown_of_condition(condition).digest,
        "why_not_you": selectors.why_not_met_by(actor=actor, condition=condition),
    }
