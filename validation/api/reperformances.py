"""Performing a completed run again, and reading the comparison, by API."""

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
from mrm.lib.errors import NotFound
from registry.api.base import Accepted, Shown, paged, posts
from validation import reperformed, selectors, services
from validation.models import Reperformance, ValidationRun
from validation.reperformance.rows import Outcome, Way


class ReperformanceOutput(Shown):
    id = serializers.UUIDField()
    run = serializers.UUIDField(source="run_id")
    job = serializers.UUIDField(source="job_id")
    performed_by = serializers.CharField(source="performed_by.name")
    at = serializers.DateTimeField()
    evidence_digest = serializers.CharField()
    tolerances_digest = serializers.CharField()
    rows_digest = serializers.CharField(help_text="SHA-256 of the rows in canonical form.")
    agreeing = serializers.IntegerField()
    differing = serializers.IntegerField()
    not_reperformed = serializers.IntegerField()


class ReperformanceRowOutput(Shown):
    """One number. Numbers are text, so that nothing is rounded on the way."""

    check = serializers.CharField(help_text="The check's id; `inputs` for what went in.")
    measure = serializers.CharField()
    title = serializers.CharField(source="label")
    figure = serializers.CharField(
        help_text="`value`, `p`, or `whole`: every figure of a repeated measurement."
    )
    developer = serializers.CharField(allow_null=True)
    developer_part = serializers.CharField(help_text="The metric of the candidate it comes from, or empty.")
    recorded = serializers.CharField(allow_null=True)
    again = serializers.CharField(allow_null=True)
    tolerance = serializers.CharField()
    way = serializers.ChoiceField(choices=[each.value for each in Way])
    path = serializers.CharField()
    outcome = serializers.ChoiceField(choices=[each.value for each in Outcome])
    why = serializers.CharField()


class ReperformanceDetail(ReperformanceOutput):
    rows = ReperformanceRowOutput(many=True)


class ReperformanceStarted(Accepted):
    """The job to watch and the run it performs again."""

    run = serializers.UUIDField()


@posts(202)
class ReperformanceListApi(WriteApi):
    """How often a completed run was performed again, and doing so: sealed bytes read again, the frozen tests run in
    another process, named measures by independent paths."""

    Output = ReperformanceStarted

    class Input(StrictSerializer):
        pass

    @extend_schema(responses=ReperformanceOutput(many=True))
    def get(self, request: Request, slug: str, number: int, run_id: uuid.UUID) -> Response:
        run = _run_of(self.actor(), slug, number, run_id)
        rows = reperformed.reperformances_of(actor=self.actor(), run=run)
        return paged(self, request, rows, ("-at", "id"), ReperformanceOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        run = _run_of(self.actor(), kwargs["slug"], kwargs["number"], kwargs["run_id"])
        job = services.request_reperformance(actor=self.actor(), run=run)
        body = {"job": str(job.pk), "state": "queued", "run": str(run.pk)}
        return Answer(202, body, {"Location": f"/api/v1/jobs/{job.pk}"})


class ReperformanceReadApi(Api):
    """One comparison, row by row."""

    @extend_schema(responses=ReperformanceDetail)
    def get(self, request: Request, reperformance_id: uuid.UUID) -> Response:  # noqa: ARG002
        found: Reperformance = reperformed.reperformance(
            actor=self.actor(), reperformance_id=reperformance_id
        )
        return Response(ReperformanceDetail(found).data)


def _run_of(actor: User, slug: str, number: int, run_id: uuid.UUID) -> ValidationRun:
    found = selectors.run(actor=actor, run_id=run_id)
    if (found.version.risk_model.slug, found.version.number) != (slug, number):
        raise NotFound("This version has no such validation run.")
    return found
