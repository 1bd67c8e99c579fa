"""Benchmark reports by API: list, read, download. None is asked for: each sweep ends with one."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api
from registry.api.base import Shown, paged
from registry.selectors import risk_model
from reports import benchmarks, delivery
from reports.models import Benchmark


class BenchmarkOutput(Shown):
    id = serializers.UUIDField()
    model = serializers.CharField(source="sweep.risk_model.slug")
    sweep = serializers.UUIDField(source="sweep_id")
    snapshot_digest = serializers.CharField(source="sweep.snapshot.digest")
    facts_digest = serializers.CharField(source="sweep.facts_digest")
    pdf_digest = serializers.CharField()
    pages = serializers.IntegerField()
    size = serializers.IntegerField()
    built_by = serializers.CharField(source="built_by.name")
    built_at = serializers.DateTimeField()
    links = serializers.SerializerMethodField()

    def get_links(self, benchmark: Benchmark) -> dict[str, str]:
        return {"pdf": f"/api/v1/benchmarks/{benchmark.pk}/pdf"}


class BenchmarkListApi(Api):
    """The benchmark reports of a model's sweeps, newest first."""

    @extend_schema(responses=BenchmarkOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        entry = risk_model(actor=self.actor(), slug=slug)
        rows = benchmarks.benchmarks_of(actor=self.actor(), risk_model=entry)
        return paged(self, request, rows, ("-built_at", "id"), BenchmarkOutput)


class BenchmarkReadApi(Api):
    @extend_schema(responses=BenchmarkOutput)
    def get(self, request: Request, benchmark_id: uuid.UUID) -> Response:  # noqa: ARG002
        found = benchmarks.benchmark(actor=self.actor(), benchmark_id=benchmark_id)
        return Response(BenchmarkOutput(found).data)


class BenchmarkPdfApi(Api):
    """The file itself."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, benchmark_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = benchmarks.benchmark(actor=self.actor(), benchmark_id=benchmark_id)
        return delivery.benchmark_response(found, benchmarks.pdf_of(actor=self.actor(), benchmark=found))
