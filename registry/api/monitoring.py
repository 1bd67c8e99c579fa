"""The monitoring plan of a version by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry import selectors
from registry.api.base import Shown, posts
from registry.monitored import LONGEST_THEN, Every, Watched
from registry.monitoring_plans import newest_plan, write_plan


class WatchedInput(StrictSerializer):
    """One measure; thresholds are decimal numbers written as text."""

    measure = serializers.CharField(max_length=64)
    every = serializers.ChoiceField(choices=list(Every))
    amber = serializers.CharField(max_length=30)
    red = serializers.CharField(max_length=30)
    owner = serializers.CharField(max_length=64)
    then = serializers.CharField(max_length=LONGEST_THEN)


class MonitoringPlanOutput(Shown):
    revision = serializers.IntegerField()
    measures = serializers.ListField(source="content.measures", child=serializers.DictField())
    digest = serializers.CharField()
    written_by = serializers.CharField(source="written_by.name")
    written_at = serializers.DateTimeField()


@posts(201)
class MonitoringPlanApi(WriteApi):
    """What is watched of a version and who answers, and writing its next revision, whole."""

    Output = MonitoringPlanOutput

    class Input(StrictSerializer):
        # The parser bounds a body; a measure named twice is refused.
        measures = WatchedInput(many=True)

    @extend_schema(responses=MonitoringPlanOutput)
    def get(self, request: Request, slug: str, number: int) -> Response:  # noqa: ARG002
        actor = self.actor()
        require(actor=actor, permission=Permission.FINDING_READ, model_slug=slug)
        newest = newest_plan(selectors.version(actor=actor, slug=slug, number=number))
        if newest is None:
            raise NotFound("Nobody has written the monitoring plan of this version yet.")
        return Response(MonitoringPlanOutput(newest).data)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor = self.actor()
        version = selectors.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        lines = [Watched(**each) for each in self.input(request)["measures"]]
        row = write_plan(actor=actor, version=version, lines=lines)
        return Answer(201, dict(MonitoringPlanOutput(row).data))
