"""Snapshots by API: an upload goes in, counts and names come out. No row ever does."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from jobs.api import accepted
from mrm.lib import strict_json
from mrm.lib.errors import TooLarge
from registry import declarations, selectors, snapshots
from registry.api.base import Accepted, Shown, paged, posts
from registry.api.multipart import read_parts
from registry.frames.spec import MAX_BYTES


class SnapshotOutput(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    digest = serializers.CharField()
    development_digest = serializers.CharField()
    held_out_digest = serializers.CharField()
    development_rows = serializers.IntegerField()
    held_out_rows = serializers.IntegerField()
    quality_failures = serializers.ListField(child=serializers.CharField())
    attribution = serializers.CharField()
    imported_by = serializers.CharField(source="imported_by.name")
    imported_at = serializers.DateTimeField()


class SnapshotDetail(SnapshotOutput):
    declaration = serializers.DictField()
    quality = serializers.DictField()
    lineage = serializers.DictField()
    split = serializers.DictField()
    held_out_readings = serializers.IntegerField()


@extend_schema_field(
    {
        "type": "object",
        "description": "name, format, target, id, protected, proxies, exposure, codes, dates, sentinels, realised,"
        " out_of_time, expected (of a column: kind, minimum, maximum, values, unique, required)",
    }
)
class JsonPart(serializers.Field[Any, Any, Any, Any]):  # Any: JSON in, a declaration out
    """A part of a form that is JSON, as text or as a small file."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            return strict_json.loads(data.encode("utf-8", "surrogatepass"))
        if not hasattr(data, "read"):
            raise serializers.ValidationError("This part must be JSON.")
        return strict_json.loads(data.read(strict_json.MAX_BYTES + 1))

    def to_representation(self, value: Any) -> Any:
        return value


@posts(202)
class SnapshotListApi(WriteApi):
    """All snapshots, and importing one: multipart with the parts `file` and `declaration`."""

    parser_classes = [parsers.MultiPartParser]
    Output = Accepted

    class Input(StrictSerializer):
        file = serializers.FileField(allow_empty_file=True)
        declaration = JsonPart()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            read_parts(request, "file", "declaration")

    @extend_schema(responses=SnapshotOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.visible_snapshots(actor=self.actor())
        return paged(self, request, rows, ("-imported_at", "id"), SnapshotOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        asked = self.input(request)
        upload = asked["file"]
        if upload.size > MAX_BYTES:
            raise TooLarge(
                f"The file has {upload.size} bytes; at most {MAX_BYTES} are read. Upload a sample."
            )
        declaration = declarations.read(asked["declaration"])
        return accepted(
            snapshots.import_snapshot(actor=self.actor(), upload=upload.read(), declaration=declaration)
        )


class SnapshotApi(Api):
    """What may be known about one snapshot."""

    @extend_schema(responses=SnapshotDetail)
    def get(self, request: Request, snapshot_id: uuid.UUID) -> Response:  # noqa: ARG002
        actor = self.actor()
        found = selectors.snapshot(actor=actor, snapshot_id=snapshot_id)
        readings = selectors.held_out_readings(actor=actor, snapshot=found)
        shown = SnapshotOutput(found).data
        return Response(
            {
                **shown,
                "declaration": found.declaration,
                "quality": found.quality,
                "lineage": found.lineage,
                "split": {name: value for name, value in found.split.items() if name != "parts"},
                "held_out_readings": readings,
            }
        )
