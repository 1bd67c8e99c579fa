"""Runs on scored samples by API."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from mrm.lib.errors import NotFound
from registry import samples as registry
from registry.api.base import Shown, paged, posts
from registry.models import ScoredSample
from validation import sample_runs, sample_selectors, selectors
from validation.api.base import AnsweredOutput
from validation.api.runs import RunStarted


class SampleRunOutput(Shown):
    id = serializers.UUIDField()
    model = serializers.CharField(source="sample.risk_model.slug")
    sample = serializers.UUIDField(source="sample_id")
    standard = serializers.CharField(source="standard.slug")
    standard_digest = serializers.CharField(source="standard.digest")
    plan = serializers.ListField(child=serializers.CharField())
    job = serializers.UUIDField(source="job_id")
    started_by = serializers.CharField(source="started_by.name")
    started_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    evidence_digest = serializers.CharField()


class SampleRunDetail(SampleRunOutput):
    results = AnsweredOutput(many=True)


@posts(202)
class SampleRunListApi(WriteApi):
    """The runs on a scored sample, and starting one. Whoever brought the sample starts none."""

    Output = RunStarted

    class Input(StrictSerializer):
        standard = serializers.SlugField(max_length=64)

    @extend_schema(responses=SampleRunOutput(many=True))
    def get(self, request: Request, slug: str, sample_id: uuid.UUID) -> Response:
        rows = sample_selectors.runs_of(actor=self.actor(), sample=self._sample(slug, sample_id))
        return paged(self, request, rows, ("-started_at", "id"), SampleRunOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        sample = self._sample(kwargs["slug"], kwargs["sample_id"])
        standard = selectors.standard(self.input(request)["standard"])
        run = sample_runs.start_sample_run(actor=self.actor(), sample=sample, standard=standard)
        body = {"job": str(run.job_id), "state": "queued", "run": str(run.pk)}
        return Answer(202, body, {"Location": f"/api/v1/jobs/{run.job_id}"})

    def _sample(self, slug: str, sample_id: uuid.UUID) -> ScoredSample:
        found = registry.sample(actor=self.actor(), sample_id=sample_id)
        if found.risk_model.slug != slug:
            raise NotFound("This model has no such sample.")
        return found


class SampleRunApi(Api):
    """One run with its results; they arrive all at once when it is completed."""

    @extend_schema(responses=SampleRunDetail)
    def get(
        self,
        request: Request,  # noqa: ARG002
        slug: str,
        sample_id: uuid.UUID,
        sample_run_id: uuid.UUID,
    ) -> Response:
        found = sample_selectors.run(actor=self.actor(), run_id=sample_run_id)
        if (found.sample.risk_model.slug, found.sample_id) != (slug, sample_id):
            raise NotFound("This sample has no such run.")
        results = sample_selectors.results_of(actor=self.actor(), run=found)
        shown = AnsweredOutput(results, many=True).data
        return Response({**SampleRunOutput(found).data, "results": shown})
