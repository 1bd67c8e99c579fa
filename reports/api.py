"""Dossiers by API: ask for one, list, read, download."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.permissions import Permission
from jobs.api import accepted
from registry.api.base import Accepted, Shown, paged, posts
from registry.selectors import version
from reports import delivery, selectors, services
from reports.edition import Edition, Language, Paper
from reports.models import Dossier
from reports.tables import archive
from reports.twin import content_of


class DossierOutput(Shown):
    id = serializers.UUIDField()
    model = serializers.CharField(source="version.risk_model.slug")
    version = serializers.IntegerField(source="version.number")
    evidence_digest = serializers.CharField()
    unsigned_digest = serializers.CharField()
    signed_digest = serializers.CharField()
    content_digest = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    paper = serializers.ChoiceField(choices=Paper.choices)
    pages = serializers.IntegerField()
    size = serializers.IntegerField()
    signer = serializers.CharField()
    built_by = serializers.CharField(source="built_by.name")
    built_at = serializers.DateTimeField()
    links = serializers.SerializerMethodField()

    def get_links(self, dossier: Dossier) -> dict[str, str]:
        here = f"/api/v1/dossiers/{dossier.pk}"
        return {"pdf": f"{here}/pdf", "tables": f"{here}/tables"}


@posts(202)
class DossierListApi(WriteApi):
    """The signed dossiers of a version, newest first, and asking for another one."""

    class Input(StrictSerializer):
        language = serializers.ChoiceField(choices=Language.values, default=Language.ENGLISH)
        paper = serializers.ChoiceField(choices=Paper.values, default=Paper.A4)

    Output = Accepted

    @extend_schema(responses=DossierOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        found = version(actor=self.actor(), slug=slug, number=number)
        rows = selectors.dossiers_of(actor=self.actor(), version=found)
        return paged(self, request, rows, ("-built_at", "id"), DossierOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        found = version(actor=self.actor(), slug=kwargs["slug"], number=kwargs["number"])
        asked = self.input(request)
        edition = Edition(Language(asked["language"]), Paper(asked["paper"]))
        return accepted(services.request_dossier(actor=self.actor(), version=found, edition=edition))


class DossierReadApi(Api):
    @extend_schema(responses=DossierOutput)
    def get(self, request: Request, dossier_id: uuid.UUID) -> Response:  # noqa: ARG002
        return Response(DossierOutput(selectors.dossier(actor=self.actor(), dossier_id=dossier_id)).data)


class DossierPdfApi(Api):
    """The signed file itself."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, dossier_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = selectors.dossier(actor=self.actor(), dossier_id=dossier_id)
        return delivery.pdf_response(found, selectors.pdf_of(actor=self.actor(), dossier=found))


class DossierTablesApi(Api):
    """Every table of the dossier as CSV, in one archive, with the index of evidence ids."""

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, dossier_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = selectors.dossier(actor=self.actor(), dossier_id=dossier_id)
        return delivery.tables_response(found, archive(content_of(found)))


class DossierVerifierApi(Api):
    """The script that examines a dossier alone: one file for Python and nothing else. Its SHA-256 is the ETag."""

    @extend_schema(responses={(200, "text/x-python"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        require(actor=self.actor(), permission=Permission.DOSSIER_READ)
        return delivery.verifier_response()
