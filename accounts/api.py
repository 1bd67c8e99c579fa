"""What every API class of the apps inherits, and this app's own operations."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.access import PermissionRefused, note_refusal, roles_of
from accounts.idempotency import Answer, once
from accounts.models import User
from accounts.proofs import ProofRefused, note_wrong
from accounts.services import permissions_of
from mrm.lib import api, canonical, clock
from mrm.lib.errors import Stale


class StrictSerializer(serializers.Serializer):
    """A plain serializer that refuses members it does not know, so that nothing is assigned in passing."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {str(name)[:80]: ["This member is not known here."] for name in unknown}, code="unknown"
                )
            self._refuse_numbers_as_text(data)
        return super().to_internal_value(data)

    def _refuse_numbers_as_text(self, data: dict[str, Any]) -> None:
        """The framework would read 5 as "5", and a number as an id."""
        texts = (serializers.CharField, serializers.UUIDField)
        wrong = [
            name
            for name, field in self.fields.items()
            if isinstance(field, texts) and isinstance(data.get(name), (int, float))
        ]
        if wrong:
            raise serializers.ValidationError(
                {name: ["Not a valid string."] for name in wrong}, code="invalid"
            )


class Api(api.Api):
    """Base of every operation: a signed-in actor, and refusals of the access table noted in the ledger."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, PermissionRefused):
            note_refusal(exc)
        if isinstance(exc, ProofRefused):
            note_wrong(exc.actor)
        return super().handle_exception(exc)

    def actor(self) -> User:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 (`initial` has refused everybody else)
        return user


class WriteApi(Api):
    """A POST with `Idempotency-Key`: a subclass implements `perform`."""

    Input: type[serializers.Serializer] = StrictSerializer

    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key")
        # The exact bytes first: once they are parsed, they cannot be read again.
        body = b"" if key is None else self._body(request)
        if self.Input is StrictSerializer:
            # An operation that takes no members still reads its body: what is malformed there is refused.
            self.input(request)
        if key is None:
            return _response(self.perform(request, **kwargs))
        operation = f"{request.method} {request.path}"
        answer = once(
            actor=self.actor(),
            key=key,
            operation=operation,
            body=body,
            produce=lambda: self.perform(request, **kwargs),
        )
        return _response(answer)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        raise NotImplementedError

    def input(self, request: Request) -> dict[str, Any]:
        """The validated members of the body; Invalid with every error otherwise."""
        serializer = self.Input(data=request.data)
        serializer.is_valid(raise_exception=True)
        members: dict[str, Any] = serializer.validated_data
        return members

    def _body(self, request: Request) -> bytes:
        if request.content_type.startswith("multipart/"):
            return canonical.dumps(_outline(request.data))
        return request._request.body  # noqa: SLF001 (the exact bytes, before anything parses them)


class QuestionApi(WriteApi):
    """A question as a POST, because what it asks for may stand in no address. A repeat is answered anew: neither a
    digest of the body nor the answer is kept, so an `Idempotency-Key` is not looked at."""

    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return _response(self.perform(request, **kwargs))


def _outline(members: Any) -> dict[str, Any]:
    """What a repeated upload is compared by: its fields, and each file's name and size."""
    return {
        name: [member.name, member.size] if hasattr(member, "chunks") else str(member)
        for name, member in members.items()
    }


def if_match(request: Request, shown: str) -> None:
    """412 when the client signs something else than what stands now."""
    presented = request.headers.get("If-Match", "").strip().strip('"')
    if presented != shown:
        raise Stale("What you were shown has changed (If-Match differs). Read it again before you sign.")


def _response(answer: Answer) -> Response:
    body = {**answer.body, **answer.shown_once} if answer.shown_once else answer.body
    return Response(body, status=answer.status, headers=answer.headers)


class MeReadApi(Api):
    """Who the token speaks for and what it may do."""

    class Output(serializers.Serializer):
        username = serializers.CharField()
        name = serializers.CharField()
        roles = serializers.ListField(child=serializers.CharField())
        permissions = serializers.ListField(child=serializers.CharField())

    @extend_schema(responses=Output)
    def get(self, request: Request) -> Response:  # noqa: ARG002 (the framework's signature)
        actor = self.actor()
        held = permissions_of(actor)
        if actor.presented_scopes is not None:
            held &= actor.presented_scopes
        return Response(
            {
                "username": actor.username,
                "name": actor.name,
                "roles": sorted(roles_of(actor)),
                "permissions": sorted(held),
            }
        )


class ChallengeOpenApi(WriteApi):
    """Prepare a signature: a single-use nonce for this digest and meaning, good for a minute."""

    class Input(StrictSerializer):
        digest = serializers.RegexField(r"\A[0-9a-f]{64}\Z")
        meaning = serializers.RegexField(r"\A[a-z_]+(:[a-z_]+)?\Z", max_length=64)

    class Output(serializers.Serializer):
        nonce = serializers.CharField()
        expires_at = serializers.DateTimeField()

    @extend_schema(request=Input, responses={201: Output})
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        asked = self.input(request)
        nonce = stepup.open_challenge(actor=self.actor(), digest=asked["digest"], meaning=asked["meaning"])
        return Answer(201, {"nonce": nonce, "expires_at": clock.stamp(clock.now() + stepup.VALID_FOR)})
