"""What versions in force share, by API."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api
from approvals.dependencies import SharedKind, dependencies
from mrm.lib.errors import FieldError, Invalid
from registry.api.base import Shown

_KIND = OpenApiParameter("kind", str, enum=SharedKind.values, description="Only things of this kind.")


class UsedOutput(Shown):
    model = serializers.CharField(source="slug")
    version = serializers.IntegerField(source="number")


class SharedOutput(Shown):
    kind = serializers.CharField()
    name = serializers.CharField()
    identity = serializers.CharField(help_text="Its digest; of a place or a feature view, kind and name.")
    versions = UsedOutput(many=True)


class DependenciesOutput(Shown):
    results = SharedOutput(many=True)


class DependencyListApi(Api):
    """What at least two versions in force share, what most of them share first."""

    @extend_schema(responses=DependenciesOutput, parameters=[_KIND])
    def get(self, request: Request) -> Response:
        kind = request.query_params.get("kind", "")
        if kind and kind not in SharedKind.values:
            detail = f"One of {', '.join(SharedKind.values)}."
            raise Invalid("There is no such kind.", [FieldError("/kind", "unknown", detail)])
        rows = dependencies(actor=self.actor(), kind=kind)
        return Response({"results": SharedOutput(rows, many=True).data})
