"""Audit reports by API: ask for one, list, read, download."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from jobs.api import accepted
from registry.api.base import Accepted, Shown, paged, posts
from reports import audit_reports, delivery
from reports.audit_asked import MOST_SAMPLED, SAMPLED
from reports.audit_views import asked_of
from reports.models import AuditReport
from reports.tables import archive
from reports.twin import content_of


class AuditReportOutput(Shown):
    """`model` is empty for all models. `seed` is the leaf of the entry `asked_entry`."""

    id = serializers.UUIDField()
    model = serializers.CharField(source="model_slug")
    since = serializers.DateField()
    until = serializers.DateField()
    asked_entry = serializers.IntegerField()
    seed = serializers.CharField()
    sample_size = serializers.IntegerField()
    sampled = serializers.IntegerField()
    same = serializers.IntegerField()
    evidence_digest = serializers.CharField()
    unsigned_digest = serializers.CharField()
    signed_digest = serializers.CharField()
    content_digest = serializers.CharField()
    pages = serializers.IntegerField()
    size = serializers.IntegerField()
    signer = serializers.CharField()
    built_by = serializers.CharField(source="built_by.name")
    built_at = serializers.DateTimeField()
    links = serializers.SerializerMethodField()

    def get_links(self, report: AuditReport) -> dict[str, str]:
        here = f"/api/v1/audit-reports/{report.pk}"
        return {"pdf": f"{here}/pdf", "tables": f"{here}/tables"}


@posts(202)
class AuditReportListApi(WriteApi):
    """The signed audit reports, newest first, and asking for another one."""

    Output = Accepted

    class Input(StrictSerializer):
        model = serializers.CharField(max_length=64, default="", allow_blank=True)
        since = serializers.DateField()
        until = serializers.DateField()
        sample_size = serializers.IntegerField(min_value=0, max_value=MOST_SAMPLED, default=SAMPLED)

    @extend_schema(responses=AuditReportOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = audit_reports.audit_reports(actor=self.actor())
        return paged(self, request, rows, ("-built_at", "id"), AuditReportOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        asked = asked_of(self.input(request))
        return accepted(audit_reports.request_audit_report(actor=self.actor(), asked=asked))


class AuditReportReadApi(Api):
    @extend_schema(responses=AuditReportOutput)
    def get(self, request: Request, report_id: uuid.UUID) -> Response:  # noqa: ARG002
        found = audit_reports.audit_report(actor=self.actor(), report_id=report_id)
        return Response(AuditReportOutput(found).data)


class AuditReportPdfApi(Api):
    """The signed file itself."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, report_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = audit_reports.audit_report(actor=self.actor(), report_id=report_id)
        return delivery.audit_report_response(found, audit_reports.pdf_of(actor=self.actor(), report=found))


class AuditReportTablesApi(Api):
    """Every table of the report as CSV, in one archive, with the index of evidence ids."""

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, report_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = audit_reports.audit_report(actor=self.actor(), report_id=report_id)
        return delivery.audit_tables_response(found, archive(content_of(found)))
