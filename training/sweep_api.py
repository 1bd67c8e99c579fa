"""Sweeps by API: asking for one, the list, and one with all that was found."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from jobs.api import accepted
from registry import selectors as inventory
from registry import sweep_selectors
from registry.api.base import Accepted, Shown, paged, posts
from training import services


class SweepOutput(Shown):
    id = serializers.UUIDField()
    snapshot = serializers.UUIDField(source="snapshot_id")
    job = serializers.UUIDField(source="job_id")
    facts_digest = serializers.CharField()
    incumbent = serializers.IntegerField(
        source="incumbent.number", default=None, allow_null=True, help_text="the version that was in force"
    )
    proposed = serializers.UUIDField(
        source="proposed_id", allow_null=True, help_text="the candidate; null where the incumbent was kept"
    )
    run_by = serializers.CharField(source="run_by.name")
    ended_at = serializers.DateTimeField()


class SweepDetail(SweepOutput):
    asked = serializers.DictField()
    facts = serializers.DictField(
        help_text="canonical JSON, whose digest is facts_digest; see docs/sweeps.md"
    )


@posts(202)
class SweepListApi(WriteApi):
    """The sweeps of a model, and asking for one; the job's result names it. Nothing is registered by a sweep."""

    Output = Accepted

    class Input(StrictSerializer):
        snapshot = serializers.UUIDField()
        sweep = serializers.DictField(
            help_text="fields, split, encoders, imputers, families, scaler, calibration, seed, settings, tuning;"
            " see docs/sweeps.md"
        )

    @extend_schema(responses=SweepOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        rows = sweep_selectors.sweeps(actor=self.actor(), slug=slug)
        return paged(self, request, rows, ("-ended_at", "id"), SweepOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        job = services.request_sweep(
            actor=actor,
            risk_model=inventory.risk_model(actor=actor, slug=kwargs["slug"]),
            snapshot=inventory.snapshot(actor=actor, snapshot_id=asked["snapshot"]),
            asked=asked["sweep"],
        )
        return accepted(job)


class SweepApi(Api):
    """One sweep: what was asked and all that was found."""

    @extend_schema(responses=SweepDetail)
    def get(self, request: Request, slug: str, sweep_id: uuid.UUID) -> Response:  # noqa: ARG002
        found = sweep_selectors.sweep(actor=self.actor(), slug=slug, sweep_id=sweep_id)
        return Response(SweepDetail(found).data)
