"""Standing in, by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.permissions import Permission
from approvals import selectors, services
from registry.api.base import Shown, posts
from validation.selectors import person_named
from validation.signing import LONGEST_RATIONALE


class DelegationOutput(Shown):
    id = serializers.UUIDField()
    delegator = serializers.CharField(source="delegator.name")
    delegate = serializers.CharField(source="delegate.name")
    why = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DelegationsOutput(Shown):
    results = DelegationOutput(many=True)


@posts(201)
class DelegationListApi(WriteApi):
    """One's own delegations, given and had; and giving one."""

    Output = DelegationOutput

    class Input(StrictSerializer):
        to = serializers.CharField(max_length=64)
        until = serializers.DateTimeField()
        why = serializers.CharField(max_length=LONGEST_RATIONALE)

    @extend_schema(responses=DelegationsOutput)
    def get(self, request: Request) -> Response:  # noqa: ARG002 (the framework's signature)
        rows = selectors.delegations(actor=self.actor())
        return Response({"results": DelegationOutput(rows, many=True).data})

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor, asked = self.actor(), self.input(request)
        asked["to"] = person_named(asked["to"], actor=actor, permission=Permission.REQUEST_SIGN)
        return Answer(201, dict(DelegationOutput(services.delegate(actor=actor, **asked)).data))


@posts(200)
class DelegationEndApi(WriteApi):
    """End a delegation now."""

    Output = DelegationOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        found = selectors.delegation(actor=self.actor(), delegation_id=kwargs["delegation_id"])
        ended = services.end_delegation(actor=self.actor(), delegation=found)
        return Answer(200, dict(DelegationOutput(ended).data))
