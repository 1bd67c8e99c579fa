"""Approvals by API: ask, read, sign. If-Match carries the digest of what was shown; 412 when it has
changed."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, WriteApi
from accounts.idempotency import Answer
from accounts.models import User
from approvals import selectors, services
from approvals.ceremony import signature_of
from approvals.content import shown_of
from approvals.models import ApprovalRequest
from approvals.policy import SignVerdict
from registry import selectors as registry
from registry.api.base import Shown, paged, posts
from validation.api.base import SignatureInput, SignedOutput, shown_header


class SignOffOutput(SignedOutput):
    verdict = serializers.CharField()


class RequestOutput(Shown):
    id = serializers.UUIDField()
    act = serializers.CharField()
    subject = serializers.CharField()
    asked = serializers.DictField(source="content")
    asked_digest = serializers.CharField(source="digest")
    model = serializers.CharField(source="version.risk_model.slug", default=None, allow_null=True)
    version = serializers.IntegerField(source="version.number", default=None, allow_null=True)
    stage = serializers.CharField(source="version.stage", default=None, allow_null=True)
    evidence_digest = serializers.CharField()
    quorum = serializers.IntegerField()
    state = serializers.CharField()
    opened_by = serializers.CharField(source="opened_by.name")
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    is_overdue = serializers.BooleanField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_why = serializers.CharField()
    holds_until = serializers.DateTimeField(allow_null=True)
    signoffs = SignOffOutput(many=True)


class RequestDetail(RequestOutput):
    """With what a signer needs: the digest of what is shown now, what is still missing, and why not they."""

    shown_digest = serializers.CharField()
    shown = serializers.DictField()
    missing_signoffs = serializers.IntegerField()
    why_not_you = serializers.CharField(allow_null=True)


class RequestListApi(Api):
    """Requests of every model the actor may see, the newest first."""

    @extend_schema(responses=RequestOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.requests(actor=self.actor())
        return paged(self, request, rows, ("-opened_at", "id"), RequestOutput)


class RequestReadApi(Api):
    """One request, with what is signed."""

    @extend_schema(responses=RequestDetail)
    def get(self, request: Request, request_id: uuid.UUID) -> Response:  # noqa: ARG002
        body = _detail(self.actor(), selectors.request(actor=self.actor(), request_id=request_id))
        return Response(body, headers={"ETag": f'"{body["shown_digest"]}"'})


@posts(201)
class RequestOpenApi(WriteApi):
    """Put a validated version before the approvers."""

    Output = RequestDetail

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        version = registry.version(actor=self.actor(), slug=kwargs["slug"], number=kwargs["number"])
        opened = services.open_request(actor=self.actor(), version=version)
        return Answer(201, _detail(self.actor(), selectors.request(actor=self.actor(), request_id=opened.pk)))


@posts(201)
class SignOffApi(WriteApi):
    """Sign a request: approve, reject or return."""

    Output = SignOffOutput

    class Input(SignatureInput):
        verdict = serializers.ChoiceField(choices=list(SignVerdict))

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        found = selectors.request(actor=actor, request_id=kwargs["request_id"])
        verdict = asked.pop("verdict")
        signature = signature_of(services.meaning_of(verdict), {**asked, "shown": shown_header(request)})
        signed = services.sign_off(actor=actor, request=found, verdict=verdict, signature=signature)
        return Answer(201, {**SignOffOutput(signed).data, "request": _state(actor, found)})


def _detail(actor: User, request: ApprovalRequest) -> dict[str, Any]:
    now = shown_of(request)
    return {
        **RequestOutput(request).data,
        "shown_digest": now.digest,
        "shown": now.content,
        "missing_signoffs": selectors.missing_signoffs(request),
        "why_not_you": selectors.why_actor_cannot_sign(actor=actor, request=request),
    }


def _state(actor: User, request: ApprovalRequest) -> dict[str, Any]:
    now = selectors.request(actor=actor, request_id=request.pk)
    return {"id": str(now.pk), "state": str(now.state), "missing_signoffs": selectors.missing_signoffs(now)}
