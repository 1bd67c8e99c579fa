"""Scored samples by API: a table of outcomes and scores goes in, counts and names come out. No row ever does."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from jobs.api import accepted
from mrm.lib.errors import NotFound, TooLarge
from registry import samples, selectors
from registry.api.base import Accepted, Shown, paged, posts
from registry.api.multipart import read_parts
from registry.api.snapshots import JsonPart
from registry.frames.spec import MAX_BYTES


class SampleOutput(Shown):
    """`sealed_here` is always false: the model's bytes are elsewhere."""

    id = serializers.UUIDField()
    model = serializers.CharField(source="risk_model.slug")
    name = serializers.CharField()
    digest = serializers.CharField()
    kind = serializers.CharField()
    vendor = serializers.CharField()
    system = serializers.CharField()
    system_version = serializers.CharField()
    sealed_here = serializers.SerializerMethodField()
    rows = serializers.IntegerField()
    defaults = serializers.IntegerField()
    reference_rows = serializers.IntegerField()
    brought_by = serializers.CharField(source="brought_by.name")
    brought_at = serializers.DateTimeField()

    def get_sealed_here(self, sample: object) -> bool:  # noqa: ARG002 (the framework's signature)
        return False


class SampleDetail(SampleOutput):
    declaration = serializers.DictField()
    columns = serializers.ListField(child=serializers.DictField())


@posts(202)
class SampleListApi(WriteApi):
    """The scored samples of a model, and bringing one: multipart with the parts `file` and `declaration`."""

    parser_classes = [parsers.MultiPartParser]
    Output = Accepted

    class Input(StrictSerializer):
        file = serializers.FileField(allow_empty_file=True)
        declaration = JsonPart()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            read_parts(request, "file", "declaration")

    @extend_schema(responses=SampleOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        entry = selectors.risk_model(actor=self.actor(), slug=slug)
        rows = samples.samples_of(actor=self.actor(), risk_model=entry)
        return paged(self, request, rows, ("-brought_at", "id"), SampleOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        entry = selectors.risk_model(actor=self.actor(), slug=kwargs["slug"])
        asked = self.input(request)
        upload = asked["file"]
        if upload.size > MAX_BYTES:
            raise TooLarge(
                f"The file has {upload.size} bytes; at most {MAX_BYTES} are read. Upload fewer rows."
            )
        spec = samples.read_declaration(asked["declaration"])
        return accepted(
            samples.import_sample(actor=self.actor(), risk_model=entry, upload=upload.read(), spec=spec)
        )


class SampleApi(Api):
    """What may be known about one scored sample."""

    @extend_schema(responses=SampleDetail)
    def get(self, request: Request, slug: str, sample_id: uuid.UUID) -> Response:  # noqa: ARG002
        found = samples.sample(actor=self.actor(), sample_id=sample_id)
        if found.risk_model.slug != slug:
            raise NotFound("This model has no such sample.")
        return Response(SampleDetail(found).data)
