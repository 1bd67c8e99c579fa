"""Comparisons of two versions by API."""

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
from registry import selectors as registry
from registry.api.base import Accepted, Shown, paged, posts
from validation import comparison_selectors, comparisons, selectors


class ComparisonOutput(Shown):
    id = serializers.UUIDField()
    model = serializers.CharField(source="challenger.risk_model.slug")
    champion = serializers.IntegerField(source="champion.number")
    challenger = serializers.IntegerField(source="challenger.number")
    snapshot = serializers.UUIDField(source="snapshot_id")
    standard = serializers.CharField(source="standard.slug")
    standard_digest = serializers.CharField(source="standard.digest")
    job = serializers.UUIDField(source="job_id")
    rows = serializers.IntegerField()
    told_by = serializers.CharField()
    compared_by = serializers.CharField(source="compared_by.name")
    completed_at = serializers.DateTimeField()
    digest = serializers.CharField()


class ComparisonDetail(ComparisonOutput):
    """`facts` is the canonical document that `digest` is over."""

    facts = serializers.DictField()


class ComparisonStarted(Accepted):
    """The job to watch and the comparison it will write."""

    comparison = serializers.UUIDField()


@posts(202)
class ComparisonListApi(WriteApi):
    """The comparisons in which a version was the challenger, and asking for one."""

    Output = ComparisonStarted

    class Input(StrictSerializer):
        champion = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
        standard = serializers.SlugField(max_length=64)

    @extend_schema(responses=ComparisonOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        found = comparison_selectors.comparisons_of(actor=self.actor(), risk_model=version.risk_model)
        rows = found.filter(challenger=version)
        return paged(self, request, rows, ("-completed_at", "id"), ComparisonOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        given, slug = self.input(request), kwargs["slug"]
        version = registry.version(actor=self.actor(), slug=slug, number=kwargs["number"])
        champion = registry.version(actor=self.actor(), slug=slug, number=given["champion"])
        standard = selectors.standard(given["standard"])
        job = comparisons.request_comparison(
            actor=self.actor(), champion=champion, challenger=version, standard=standard
        )
        body = {"job": str(job.pk), "state": "queued", "comparison": job.payload["comparison"]}
        return Answer(202, body, {"Location": f"/api/v1/jobs/{job.pk}"})


class ComparisonReadApi(Api):
    """One comparison with everything it found."""

    @extend_schema(responses=ComparisonDetail)
    def get(
        self,
        request: Request,  # noqa: ARG002
        slug: str,
        number: int,
        comparison_id: uuid.UUID,
    ) -> Response:
        found = comparison_selectors.comparison(actor=self.actor(), comparison_id=comparison_id)
        if (found.challenger.risk_model.slug, found.challenger.number) != (slug, number):
            raise NotFound("This version has no such comparison.")
        return Response(ComparisonDetail(found).data)
