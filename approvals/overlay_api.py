"""Overlays on a version by API: those on record, and asking for one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from approvals import selectors, services
from approvals.api import RequestDetail, opened
from approvals.models import OverlayKind
from approvals.overlays import LONGEST_SEGMENT
from registry import selectors as registry
from registry.api.base import Shown, paged, posts
from validation.signing import LONGEST_RATIONALE


class OverlayOutput(Shown):
    id = serializers.UUIDField()
    request = serializers.UUIDField(source="request_id")
    kind = serializers.CharField()
    size = serializers.CharField()
    segment = serializers.CharField()
    why = serializers.CharField()
    signed_by = serializers.ListField(child=serializers.CharField())
    granted_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    has_lapsed = serializers.BooleanField()


@posts(201)
class OverlayListApi(WriteApi):
    """The overlays on a version, lapsed ones as well, the newest first, and asking for one. They are a record: no score
    changes by them."""

    Output = RequestDetail

    class Input(StrictSerializer):
        kind = serializers.ChoiceField(choices=OverlayKind.values)
        size = serializers.DecimalField(max_digits=20, decimal_places=6)
        segment = serializers.CharField(max_length=LONGEST_SEGMENT)
        until = serializers.DateTimeField()
        why = serializers.CharField(max_length=LONGEST_RATIONALE)

    @extend_schema(responses=OverlayOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        rows = selectors.overlays_of(actor=self.actor(), version=version)
        return paged(self, request, rows, ("-granted_at", "id"), OverlayOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        why = asked.pop("why")
        made = services.ask_overlay(
            actor=actor, version=version, adjustment=services.Adjustment(**asked), why=why
        )
        return opened(actor, made)
