"""Approvals by API: ask, read, sign. If-Match carries the digest of what was shown; 412 when it has
changed."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.models import User
from accounts.permissions import Permission
from approvals import selectors, services
from approvals.ceremony import signature_of
from approvals.content import shown_of
from approvals.models import ApprovalRequest
from approvals.opening import ASKED_WITH_WORDS
from approvals.policy import SignVerdict
from registry import selectors as registry
from registry.api.base import Shown, paged, posts
from validation.api.base import ConditionInput, SignatureInput, SignedOutput, demanded, shown_header
from validation.selectors import person_named
from validation.signing import LONGEST_RATIONALE


class SignOffOutput(SignedOutput):
    verdict = serializers.CharField()
    on_behalf_of = serializers.CharField(source="on_behalf_of.name", default=None, allow_null=True)


class RecusalOutput(Shown):
    by = serializers.CharField(source="printed_name")
    why = serializers.CharField()
    at = serializers.DateTimeField()


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
    claimed_by = serializers.CharField(source="claimed_by.name", default=None, allow_null=True)
    claimed_at = serializers.DateTimeField(allow_null=True)
    claimed_until = serializers.DateTimeField(allow_null=True)
    signoffs = SignOffOutput(many=True)
    recusals = RecusalOutput(many=True)


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
        return opened(self.actor(), services.open_request(actor=self.actor(), version=version))


@posts(201)
class ActAskApi(WriteApi):
    """Ask that an approved or suspended version be retired, or a suspended one resumed."""

    Output = RequestDetail

    class Input(StrictSerializer):
        act = serializers.ChoiceField(choices=list(ASKED_WITH_WORDS))
        why = serializers.CharField(max_length=LONGEST_RATIONALE)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        return opened(actor, services.ask_for(actor=actor, version=version, **asked))


class WhyInput(StrictSerializer):
    why = serializers.CharField(max_length=LONGEST_RATIONALE)


@posts(200)
class WithdrawApi(WriteApi):
    """Take one's own open request back."""

    Output = RequestDetail

    class Input(WhyInput):
        pass

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, why = self.actor(), self.input(request)["why"]
        found = selectors.request(actor=actor, request_id=kwargs["request_id"])
        services.withdraw(actor=actor, request=found, why=why)
        return _answered(actor, found)


@posts(200)
class RecuseApi(WriteApi):
    """Declare a conflict: from now on one signs nothing under this request."""

    Output = RequestDetail

    class Input(WhyInput):
        pass

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, why = self.actor(), self.input(request)["why"]
        found = selectors.request(actor=actor, request_id=kwargs["request_id"])
        services.recuse(actor=actor, request=found, why=why)
        return _answered(actor, found)


@posts(200)
class ClaimApi(WriteApi):
    """Take a request in hand, so that others see who has it."""

    Output = RequestDetail

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        found = selectors.request(actor=self.actor(), request_id=kwargs["request_id"])
        services.claim(actor=self.actor(), request=found)
        return _answered(self.actor(), found)


@posts(200)
class ReleaseApi(WriteApi):
    """Give a request back that one had in hand."""

    Output = RequestDetail

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        found = selectors.request(actor=self.actor(), request_id=kwargs["request_id"])
        services.release(actor=self.actor(), request=found)
        return _answered(self.actor(), found)


@posts(201)
class SignOffApi(WriteApi):
    """Sign a request: approve, approve with conditions, return, reject, or dissent."""

    Output = SignOffOutput

    class Input(SignatureInput):
        verdict = serializers.ChoiceField(choices=list(SignVerdict))
        on_behalf_of = serializers.CharField(max_length=64, required=False)
        conditions = ConditionInput(many=True, required=False)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        found = selectors.request(actor=actor, request_id=kwargs["request_id"])
        verdict, whom = asked.pop("verdict"), asked.pop("on_behalf_of", None)
        conditions = demanded(
            asked.pop("conditions", []),
            actor=actor,
            permission=Permission.REQUEST_SIGN,
            model_slug=selectors.signing_slug_of(found),
        )
        signature = signature_of(services.meaning_of(verdict), asked, shown_header(request))
        signed = services.sign_off(
            actor=actor,
            request=found,
            verdict=verdict,
            signature=signature,
            on_behalf_of=None if whom is None else _named(actor, found, whom),
            conditions=conditions,
        )
        return Answer(201, {**SignOffOutput(signed).data, "request": _state(actor, found)})


def opened(actor: User, made: ApprovalRequest) -> Answer:
    return Answer(201, _detail(actor, selectors.request(actor=actor, request_id=made.pk)))


def _answered(actor: User, found: ApprovalRequest) -> Answer:
    return Answer(200, _detail(actor, selectors.request(actor=actor, request_id=found.pk)))


def _named(actor: User, request: ApprovalRequest, username: str) -> User:
    slug = selectors.signing_slug_of(request)
    return person_named(username, actor=actor, permission=Permission.REQUEST_SIGN, model_slug=slug)


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
