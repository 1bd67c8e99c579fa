"""What lies beside a version by API: the developer's document and files."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry import selectors, version_files
from registry.api.base import Shown, paged, posts
from registry.api.multipart import read_parts
from registry.developer_documents import lacking_parts, newest_document, write_document
from registry.document_template import LONGEST_PART
from registry.document_views import brought_of, file_response
from registry.models import DeveloperDocument


class FileOutput(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    digest = serializers.CharField()
    size = serializers.IntegerField()
    added_by = serializers.CharField(source="added_by.name")
    added_at = serializers.DateTimeField()


# Files beside a version, as a body names them.
DIGESTS = serializers.ListField(
    child=serializers.CharField(max_length=64), required=False, max_length=version_files.MAX_FILES
)


class DocumentOutput(Shown):
    """The newest revision; `lacking` are the parts that the tier still asks for."""

    revision = serializers.IntegerField()
    parts = serializers.DictField(child=serializers.CharField())
    digest = serializers.CharField()
    template_digest = serializers.CharField()
    written_by = serializers.CharField(source="written_by.name")
    written_at = serializers.DateTimeField()
    lacking = serializers.SerializerMethodField()

    def get_lacking(self, found: DeveloperDocument) -> list[str]:
        return [part.key for part in lacking_parts(found.version)]


@posts(201)
class DocumentApi(WriteApi):
    """The developer's document of a version, and writing its next revision, whole."""

    Output = DocumentOutput

    class Input(StrictSerializer):
        parts = serializers.DictField(child=serializers.CharField(max_length=LONGEST_PART, allow_blank=True))

    @extend_schema(responses=DocumentOutput)
    def get(self, request: Request, slug: str, number: int) -> Response:  # noqa: ARG002
        actor = self.actor()
        require(actor=actor, permission=Permission.FINDING_READ, model_slug=slug)
        newest = newest_document(selectors.version(actor=actor, slug=slug, number=number))
        if newest is None:
            raise NotFound("Nobody has written the developer's document of this version yet.")
        return Response(DocumentOutput(newest).data)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor = self.actor()
        version = selectors.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        row = write_document(actor=actor, version=version, parts=self.input(request)["parts"])
        return Answer(201, dict(DocumentOutput(row).data))


@posts(201)
class FileListApi(WriteApi):
    """The files beside a version, and adding one: multipart with the part `file`."""

    parser_classes = [parsers.MultiPartParser]
    Output = FileOutput

    class Input(StrictSerializer):
        file = serializers.FileField(allow_empty_file=True)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            read_parts(request, "file")

    @extend_schema(responses=FileOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        version = selectors.version(actor=self.actor(), slug=slug, number=number)
        rows = version_files.files_of(actor=self.actor(), version=version)
        return paged(self, request, rows, ("added_at", "id"), FileOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor = self.actor()
        version = selectors.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        brought = brought_of(self.input(request)["file"])
        row = version_files.add_file(actor=actor, version=version, brought=brought)
        return Answer(201, dict(FileOutput(row).data))


class FileApi(Api):
    """The bytes of one file, as they were added."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, file_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = version_files.file(actor=self.actor(), file_id=file_id)
        return file_response(found, version_files.content_of(actor=self.actor(), found=found))
