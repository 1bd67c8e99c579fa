"""What every API class inherits: the strict parser, token authentication and problem+json answers (RFC 9457)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any, ClassVar

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db import DataError
from django.http import Http404, JsonResponse
from rest_framework import exceptions, parsers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mrm.lib import errors, strict_json

log = structlog.get_logger()
PROBLEM_JSON = "application/problem+json"


class StrictJSONParser(parsers.BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 (the framework's signature)
    ) -> Any:
        charset = _charset(media_type or "")
        if charset not in ("", "utf-8", "utf8"):
            raise errors.Malformed(f"JSON is read as UTF-8 only, not as {charset[:40]!a}.")
        return strict_json.loads(stream.read(strict_json.MAX_BYTES + 1))


class Api(APIView):
    """Base of every operation. Authentication classes come from the settings, so that this file knows no app."""

    parser_classes = [StrictJSONParser]
    # Statuses of refusals, besides those of every operation of its kind, in words for the description.
    refuses: ClassVar[Mapping[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.user or not request.user.is_authenticated:
            raise errors.NotSignedIn("This address needs a token: send `Authorization: Bearer <token>`.")


class Pages(CursorPagination):
    """Lists by cursor, so that the end answers as fast as the beginning. A cursor is the caller's word."""

    page_size = 50
    # The framework's own sentence is translated: the description would change with the reader's language.
    cursor_query_description = "Where a page begins: copied from `next` or `previous` of an answer."

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        if not request.query_params.get(self.cursor_query_param):
            return super().paginate_queryset(queryset, request, view)
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, OverflowError, DataError):
            # The position inside a made-up cursor reaches a typed column; every column refuses in its own way.
            raise errors.Malformed("This cursor is none that a list gave out. Begin without one.") from None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        page = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": sorted(page), "properties": page}


def _charset(media_type: str) -> str:
    for part in media_type.split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.lower() == "charset":
            return value.strip('"').lower()
    return ""


def problem(refusal: errors.Refusal, trace: str | None = None) -> dict[str, Any]:
    """The problem+json members of one refusal."""
    body: dict[str, Any] = {
        "type": f"urn:countersign:problem:{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.message,
        "trace_id": trace or secrets.token_hex(8),
    }
    if isinstance(refusal, errors.Blocked):
        body["reasons"] = list(refusal.reasons)
    if isinstance(refusal, errors.Invalid):
        body["errors"] = [vars(error) for error in refusal.errors]
    return body


def problem_response(refusal: errors.Refusal) -> JsonResponse:
    """For plain Django views (scoring, middleware)."""
    answer = JsonResponse(problem(refusal), status=refusal.status, content_type=PROBLEM_JSON)
    if isinstance(refusal, errors.TooManyTries):
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


def handle_exception(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every answer that is not a success is problem+json; faults keep their trace id."""
    refusal = as_refusal(exception)
    if refusal is None:
        trace = secrets.token_hex(8)
        log.error(
            "request_failed", trace_id=trace, view=type(context.get("view")).__name__, exc_info=exception
        )
        refusal = _Fault("Something failed here that is not your doing. Quote the trace id to the operator.")
        body = problem(refusal, trace)
    else:
        body = problem(refusal)
    answer = Response(body, status=refusal.status, content_type=PROBLEM_JSON)
    if isinstance(refusal, errors.NotSignedIn):
        answer["WWW-Authenticate"] = 'Bearer realm="countersign"'
    if isinstance(refusal, errors.TooOften):
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


class _Fault(errors.Refusal):
    status, code, title = 500, "fault", "Fault"


class _FrameworkRefusal(errors.Refusal):
    """A refusal that the framework itself raised (405, 415, 429): its status and words are kept."""

    def __init__(self, exception: exceptions.APIException) -> None:
        super().__init__(str(exception.detail))
        self.status = exception.status_code
        self.code = str(exception.default_code).replace("_", "-")
        # The framework's own default words are templates of a sentence; the status has a name that always holds.
        self.title = HTTPStatus(exception.status_code).phrase


def as_refusal(exception: Exception) -> errors.Refusal | None:  # noqa: PLR0911 (one line a kind of exception)
    """The refusal that an exception stands for; None for a fault of ours."""
    if isinstance(exception, errors.Refusal):
        return exception
    if isinstance(exception, exceptions.ValidationError):
        return errors.Invalid("The input is not valid; see errors.", list(field_errors(exception.detail)))
    if isinstance(exception, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
        return errors.NotSignedIn(str(exception.detail))
    if isinstance(exception, exceptions.ParseError):
        return errors.Malformed(str(exception.detail))
    if isinstance(exception, exceptions.APIException):
        return _FrameworkRefusal(exception)
    if isinstance(exception, RequestDataTooBig):
        return errors.TooLarge(
            f"The body is larger than the {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes read here."
        )
    if isinstance(exception, Http404):
        return errors.NotFound("There is nothing at this address that you may see.")
    return None


def field_errors(detail: Any, pointer: str = "") -> list[errors.FieldError]:
    """DRF's nested error detail as a flat list with JSON pointers."""
    if isinstance(detail, dict):
        found = []
        for name, member in detail.items():
            step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            found += field_errors(member, pointer + step)
        return found
    if isinstance(detail, list):
        found = []
        for index, member in enumerate(detail):
            nested = isinstance(member, (dict, list))
            found += field_errors(member, f"{pointer}/{index}" if nested else pointer)
        return found
    return [errors.FieldError(pointer, getattr(detail, "code", "invalid"), str(detail))]
