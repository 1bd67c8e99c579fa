"""The ledger by API: its entries, its checkpoints, and all of it as a file or line by line."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import urlencode
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.api import Api
from accounts.permissions import Permission
from audit.signed import Signed
from mrm.lib import clock
from mrm.lib.errors import FieldError, Invalid
from reports import ledger, ledger_delivery
from reports.ledger import LedgerPage
from reports.ledger_form import LedgerFilterForm, wanted_of


class LedgerQuery(serializers.Serializer[Any]):
    """What the entries can be narrowed by; `before` is the cursor."""

    event = serializers.CharField(required=False)
    subject_type = serializers.CharField(required=False)
    subject_id = serializers.CharField(required=False)
    person = serializers.CharField(required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    before = serializers.IntegerField(required=False, min_value=1)


class LedgerEntryListApi(Api):
    """Entries, the newest first, by cursor."""

    class Output(serializers.Serializer[Any]):
        sequence = serializers.IntegerField()
        at = serializers.DateTimeField()
        event = serializers.CharField()
        actor_name = serializers.CharField()
        subject_type = serializers.CharField()
        subject_id = serializers.CharField()
        leaf = serializers.CharField()

    @extend_schema(parameters=[LedgerQuery], responses=Output(many=True))
    def get(self, request: Request) -> Response:
        actor = self.actor()
        form = LedgerFilterForm(request.query_params)
        if not form.is_valid():
            raise Invalid("The ledger cannot be searched by this.", _errors(form))
        asked = form.cleaned_data
        wanted = wanted_of(actor=actor, asked=asked)
        before = asked["before"]
        page = (
            LedgerPage((), None)
            if wanted is None
            else ledger.entries(actor=actor, wanted=wanted, before=before)
        )
        query = {name: value for name, value in asked.items() if value and name != "before"}
        following = query | {"before": page.next_before}
        return Response(
            {
                "results": self.Output(page.entries, many=True).data,
                "next": self._url(request, following) if page.next_before else None,
                "previous": self._url(request, query) if before else None,
            }
        )

    def _url(self, request: Request, query: dict[str, Any]) -> str:
        return f"{request.build_absolute_uri(request.path)}?{urlencode(query)}"


class CheckpointQuery(serializers.Serializer[Any]):
    """`before` is the cursor: checkpoints over fewer entries."""

    before = serializers.IntegerField(required=False, min_value=1)


class LedgerCheckpointListApi(Api):
    """Signed checkpoints, the newest first, with the places outside that hold them."""

    class Output(serializers.Serializer[Any]):
        size = serializers.IntegerField()
        at = serializers.DateTimeField()
        root = serializers.CharField()  # type: ignore[assignment]  # of the answer
        note = serializers.CharField(source="text")
        key_ids = serializers.ListField(child=serializers.CharField())
        held = serializers.SerializerMethodField()

        def get_held(self, found: Signed) -> list[dict[str, str]]:
            return [
                {"kind": each.kind, "place": each.place, "at": clock.stamp(each.at)} for each in found.held
            ]

    @extend_schema(parameters=[CheckpointQuery], responses=Output(many=True))
    def get(self, request: Request) -> Response:
        query = CheckpointQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        before = query.validated_data.get("before")
        page = ledger.checkpoints(actor=self.actor(), before=before)
        address = request.build_absolute_uri(request.path)
        return Response(
            {
                "results": self.Output(page.checkpoints, many=True).data,
                "next": f"{address}?before={page.next_before}" if page.next_before else None,
                "previous": address if before else None,
            }
        )


class LedgerCheckpointReadApi(Api):
    """The newest checkpoint as its exact text; 404 before the first."""

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002 (the framework's signature)
        found = ledger.newest_checkpoint(actor=self.actor())
        return HttpResponse(found.text, content_type="text/plain; charset=utf-8")


class LedgerVerifierApi(Api):
    """The offline verifier: one file for Python alone. Its SHA-256 is the ETag."""

    @extend_schema(responses={(200, "text/x-python"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        require(actor=self.actor(), permission=Permission.LEDGER_READ)
        return ledger_delivery.verifier_response()


class LedgerBundleApi(Api):
    """The whole ledger as one file for the offline verifier."""

    @extend_schema(responses={(200, ledger_delivery.BUNDLE_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request) -> StreamingHttpResponse:  # noqa: ARG002
        return ledger_delivery.bundle_response(ledger.bundle_lines(actor=self.actor()))


class StreamQuery(serializers.Serializer[Any]):
    """`after` is the cursor of the last line that was kept, 0 to begin."""

    after = serializers.CharField(required=False, default="0")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=10_000, default=1_000)


class LedgerStreamApi(Api):
    """Entries and accesses as JSON lines for other systems of the bank, to be read on from any line."""

    @extend_schema(
        parameters=[StreamQuery], responses={(200, ledger_delivery.LINES_TYPE): OpenApiTypes.BINARY}
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        query = StreamQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        lines = ledger.stream_lines(actor=self.actor(), after=asked["after"], limit=asked["limit"])
        return ledger_delivery.lines_response(lines)


def _errors(form: LedgerFilterForm) -> list[FieldError]:
    return [
        FieldError(f"/{name}", "invalid", str(message))
        for name, listed in form.errors.items()
        for message in listed
    ]
