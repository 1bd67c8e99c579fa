"""Exceptions for the data of a snapshot by API: those that were granted, and asking for one."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from approvals import selectors, services
from approvals.api import RequestDetail, opened
from registry import selectors as registry
from registry.api.base import Shown, paged, posts
from validation.signing import LONGEST_RATIONALE


class SnapshotExceptionOutput(Shown):
    id = serializers.UUIDField()
    request = serializers.UUIDField(source="request_id")
    rule = serializers.CharField()
    granted_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    has_lapsed = serializers.BooleanField()


@posts(201)
class SnapshotExceptionListApi(WriteApi):
    """The failed quality rules of a snapshot that are or were let stand, and asking for one until a date."""

    Output = RequestDetail

    class Input(StrictSerializer):
        rule = serializers.CharField(max_length=64)
        until = serializers.DateTimeField()
        why = serializers.CharField(max_length=LONGEST_RATIONALE)

    @extend_schema(responses=SnapshotExceptionOutput(many=True))
    def get(self, request: Request, snapshot_id: uuid.UUID) -> Response:
        snapshot = registry.snapshot(actor=self.actor(), snapshot_id=snapshot_id)
        rows = selectors.exceptions_of_snapshot(actor=self.actor(), snapshot=snapshot)
        return paged(self, request, rows, ("-granted_at", "id"), SnapshotExceptionOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        snapshot = registry.snapshot(actor=actor, snapshot_id=kwargs["snapshot_id"])
        return opened(actor, services.ask_snapshot_exception(actor=actor, snapshot=snapshot, **asked))
