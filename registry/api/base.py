"""What this app's operations share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import WriteApi
from mrm.lib.api import Pages

View = TypeVar("View", bound=type[WriteApi])


class Shown(serializers.Serializer[Any]):  # Any: the rows of every table are shown through it
    """Base of the answers."""


class Accepted(Shown):
    """The answer of long work: where it can be watched stands in the header Location."""

    job = serializers.UUIDField()
    state = serializers.CharField()


def posts(status: int) -> Callable[[View], View]:
    """Tell the schema what a write reads and answers, from its nested Input and Output."""

    def described(view: View) -> View:
        output = getattr(view, "Output", Accepted)
        has_body = "Input" in vars(view)
        if has_body:
            # Every operation has an Input of its own; in the schema each needs its own name.
            extend_schema_serializer(component_name=f"{view.__name__.removesuffix('Api')}Input")(view.Input)
        post = extend_schema(request=view.Input if has_body else None, responses={status: output})
        shown: View = extend_schema_view(post=post)(view)
        return shown

    return described


def paged(
    view: APIView, request: Request, rows: Any, ordering: tuple[str, ...], output: Callable[..., Shown]
) -> Response:
    """One page by cursor, so that a list answers as fast at its end as at its beginning."""
    pages = Pages()
    pages.ordering = ordering
    found: list[Any] | None = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(output(found, many=True).data)
