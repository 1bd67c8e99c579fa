"""Tokens by API: one's own, and ending one. Issuing one takes a person at the page: a token makes no token."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.api import Api, WriteApi
from accounts.idempotency import Answer
from accounts.models import Token
from mrm.lib.api import Pages


class TokenOutput(serializers.ModelSerializer):  # type: ignore[type-arg]
    state = serializers.ChoiceField(choices=["in_use", "expired", "revoked"], source="*", read_only=True)
    scopes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Token
        fields = [
            "id",
            "name",
            "prefix",
            "state",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ]

    def to_representation(self, instance: Token) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        return shown | {"state": selectors.state_of_token(instance)}


class TokenPages(Pages):
    ordering = ("-created_at", "id")


class TokenListApi(Api):
    """The tokens that speak for the actor, the newest first. No secret is among them: only digests are kept."""

    @extend_schema(responses=TokenOutput(many=True))
    def get(self, request: Request) -> Response:
        pages, actor = TokenPages(), self.actor()
        found = pages.paginate_queryset(selectors.visible_tokens(actor=actor, user=actor), request, view=self)
        return pages.get_paginated_response(TokenOutput(found, many=True).data)


class TokenRevokeApi(WriteApi):
    """End a token: one's own, or as an administrator anybody's. It is refused from the next request on."""

    @extend_schema(request=None, responses={200: TokenOutput})
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        token = selectors.visible_token(actor=self.actor(), token_id=kwargs["token_id"])
        services.revoke_token(actor=self.actor(), token=token)
        return Answer(200, TokenOutput(selectors.visible_token(actor=self.actor(), token_id=token.pk)).data)
