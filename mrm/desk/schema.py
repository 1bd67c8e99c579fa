"""How the API describes itself: names after the operation classes, the token, the problems, the page of a list."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter
from rest_framework import serializers

from mrm.lib.api import PROBLEM_JSON, Pages

# A schema is a nested document of plain JSON values.
Described = dict[str, Any]
_MEANS = {"GET": "Read", "POST": "Create", "PATCH": "Amend"}
_REFUSED = {
    "400": "The request could not be read.",
    "401": "No token, or one that does not count.",
    "403": "The actor may not do this.",
    "404": "Nothing here that the actor may see.",
    "429": "Too many wrong secrets, or too much of this kind in a minute; `Retry-After` says the seconds.",
    "503": "A part that is needed does not answer now.",
}
_REFUSED_WRITE = {
    "409": "Not at this stage, or in conflict with another request.",
    "413": "The body is too large.",
    "415": "The body is of another media type.",
    "422": "The input is not valid (`errors`), or a gate says not yet (`reasons`).",
}
PROBLEM: Described = {
    "type": "object",
    "description": "A refusal (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "trace_id": {"type": "string"},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["pointer", "code", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "trace_id"],
}


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Described:  # noqa: ARG002 (the framework's)
        return {"type": "http", "scheme": "bearer", "description": "A personal token: `Bearer <token>`."}


class Schema(AutoSchema):
    """An operation is named by its class; nested serializers by the class they stand in; tags by the app."""

    def get_operation_id(self) -> str:
        name = type(self.view).__name__.removesuffix("Api")
        offered = [method for method in self.view.allowed_methods if method in _MEANS]
        if self.method == "GET" and not name.endswith(("List", "Read")):
            return f"{name}Read"
        if len(offered) == 1 or self.method == "GET":
            return name
        return name.removesuffix("List") + _MEANS[self.method]

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.split(".", maxsplit=1)[0]]

    def get_serializer_name(
        self,
        serializer: serializers.Serializer,  # type: ignore[type-arg]
        direction: Direction,  # noqa: ARG002 (the framework's)
    ) -> str:
        *around, own = type(serializer).__qualname__.split(".")
        named = "".join(part.removesuffix("Api") for part in around) + own
        # A name that says nothing by itself is told apart by the operation that uses it.
        return f"{self.get_operation_id()}{own}" if named == "StrictSerializer" else named

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> Described:  # Any: untyped there
        from accounts.api import StrictSerializer  # every API class needs this module first

        described: Described = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if direction == "request" and isinstance(serializer, StrictSerializer):
            described["additionalProperties"] = False
        return described

    def get_override_parameters(self) -> list[Any]:  # Any: the framework's union of kinds of parameters
        from accounts.api import QuestionApi  # every API class needs this module first

        if self.method != "POST" or isinstance(self.view, QuestionApi):
            return []
        return [
            _header("Idempotency-Key", _REPEAT),
            *([_header("If-Match", _SHOWN)] if self._is_signed() else []),
        ]

    def _is_signed(self) -> bool:
        sent = getattr(self.view, "Input", None)
        return sent is not None and "challenge" in sent().fields

    def _get_paginator(self) -> Pages | None:
        """Lists come in pages unless the class says otherwise; the base classes page by themselves."""
        wanted = getattr(self.view, "pagination_class", Pages)
        return wanted() if wanted else None

    def _get_response_bodies(self, direction: Direction = "response") -> Described:
        described: Described = dict(super()._get_response_bodies(direction))
        refused = _REFUSED if self.method == "GET" else _REFUSED | _REFUSED_WRITE
        asked = {each["name"] for each in self._get_parameters() if each["in"] == "query"}
        # A cursor is refused as malformed; what else stands in a query is read by a serializer.
        if asked - {"cursor"}:
            refused = refused | {"422": _REFUSED_WRITE["422"]}
        if self.method != "GET" and self._is_signed():
            refused = refused | {"412": "What was shown has changed."}
        return described | refusals(refused | dict(getattr(self.view, "refuses", {})))


_REPEAT = "1 to 128 printable ASCII characters; the same key and body get the stored answer."
_SHOWN = "The digest of what was shown to the signer, in quotes."


def _header(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=False, description=words)


def refusals(words: dict[str, str]) -> Described:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": said, "content": content} for status, said in words.items()}


def complete(result: Described, **_: object) -> Described:
    """What the framework cannot see: the problem itself, and the score, which is a plain view."""
    result["components"]["schemas"] = dict(
        sorted({**result["components"]["schemas"], "Problem": PROBLEM, **_SCORE_SCHEMAS}.items())
    )
    result["paths"] = dict(sorted({**result["paths"], _SCORE_PATH: {"post": _score()}}.items()))
    return result


_SCORE_PATH = "/api/v1/models/{slug}/score"
_TEXT: Described = {"type": "string"}
_SCORE_SCHEMAS: Described = {
    "ScoreInput": {
        "type": "object",
        "description": "One application. Which features, and of which type, the version's schema says.",
        "properties": {
            "reference": _TEXT,
            "features": {"type": "object", "additionalProperties": {"type": ["number", "string", "null"]}},
        },
        "required": ["reference", "features"],
        "additionalProperties": False,
    },
    "ScoreOutput": {
        "type": "object",
        "properties": {
            "decision_id": {"type": "string", "format": "uuid"},
            "model": {
                "type": "object",
                "properties": {"slug": _TEXT, "version": {"type": "integer"}},
                "required": ["slug", "version"],
            },
            "score": {"type": "integer"},
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
            "grade": {"type": ["string", "integer"]},
            "outcome": {"type": "string", "enum": ["approve", "refer", "decline"]},
            "reasons": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"code": _TEXT, "group": _TEXT, "text": _TEXT},
                    "required": ["code", "group", "text"],
                },
            },
            "flags": {"type": "array", "items": _TEXT},
            "notice": {"type": ["string", "null"]},
            "record_digest": _TEXT,
            "links": {"type": "object", "additionalProperties": _TEXT},
        },
        "required": ["decision_id", "model", "score", "probability", "outcome", "reasons", "notice", "links"],
    },
}


def _score() -> Described:
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/ScoreInput"}}}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/ScoreOutput"}}}
    repeat = {"in": "header", "name": "Idempotency-Key", "schema": _TEXT, "description": _REPEAT}
    slug = {"in": "path", "name": "slug", "schema": _TEXT | {"pattern": "^[-a-zA-Z0-9_]+$"}, "required": True}
    return {
        "operationId": "Score",
        "description": "Score one application with the version in force; the decision is kept before this answers.",
        "parameters": [repeat, slug],
        "tags": ["scoring"],
        "requestBody": {"content": body, "required": True},
        "security": [{"token": []}],
        "responses": {
            "200": {"description": "The decision.", "content": answer},
            **refusals(_REFUSED | _REFUSED_WRITE),
        },
    }
