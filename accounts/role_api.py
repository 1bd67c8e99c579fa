"""Roles by API: the table of the rules, ask, grant, refuse, take back, revoke."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import role_selectors as selectors
from accounts import roles
from accounts.api import Api, StrictSerializer, WriteApi
from accounts.codes import LONGEST_CODE
from accounts.idempotency import Answer
from accounts.models import RequestState, RoleRequest
from accounts.passkeys import LONGEST_CREDENTIAL
from accounts.proofs import Proof
from accounts.role_words import permission_words
from accounts.scopes import Scope
from accounts.services import revoke_role
from mrm.lib.api import Pages
from mrm.settings import governance


class RoleTableReadApi(Api):
    """Who may do what: every role with its permissions, what bounds it and who is kept apart."""

    class Output(serializers.Serializer[Any]):
        class RoleOutput(serializers.Serializer[Any]):
            role = serializers.CharField()
            permissions = serializers.ListField(child=serializers.CharField())
            is_bounded = serializers.BooleanField()
            is_held_alone = serializers.BooleanField()

        class ApartOutput(serializers.Serializer[Any]):
            permission = serializers.CharField()
            never_by = serializers.ListField(child=serializers.CharField())

        roles = RoleOutput(many=True)
        apart = ApartOutput(many=True)
        words = serializers.DictField(child=serializers.CharField())

    @extend_schema(responses=Output)
    def get(self, request: Request) -> Response:  # noqa: ARG002 (the framework's signature)
        table = selectors.role_table()
        held = [
            {
                "role": role,
                "permissions": sorted(governance.ROLES[role]),
                "is_bounded": role in table.bounded,
                "is_held_alone": role in table.alone,
            }
            for role in table.roles
        ]
        apart = [{"permission": name, "never_by": list(parts)} for name, parts in table.apart]
        names = [name for rows in table.apps for name, _ in rows.permissions]
        words = {name: permission_words(name) for name in names}
        return Response({"roles": held, "apart": apart, "words": words})


class RoleRequestOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.name")
    role = serializers.CharField()
    model = serializers.CharField(source="model_slug")
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    records_from = serializers.DateField(allow_null=True)
    records_until = serializers.DateField(allow_null=True)
    why = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # of the answer
    provider_group = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by.name")
    asked_at = serializers.DateTimeField()
    state = serializers.CharField()
    settled_by = serializers.CharField(source="settled_by.name", allow_null=True, default=None)
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_why = serializers.CharField()


class RoleRequestDetail(RoleRequestOutput):
    """With what a granter signs and the digest of it, which is sent back as If-Match."""

    shown_digest = serializers.CharField()
    shown = serializers.DictField()
    why_not_you = serializers.CharField(allow_null=True)


class RoleRequestPages(Pages):
    ordering = ("-asked_at", "id")


@extend_schema_serializer(component_name="RoleAskInput")
class RoleAskInput(StrictSerializer):
    user = serializers.CharField(max_length=64)
    role = serializers.CharField(max_length=32)
    model = serializers.RegexField(
        r"\A[a-z0-9-]*\Z", max_length=64, required=False, default="", allow_blank=True
    )
    starts_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ends_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    records_from = serializers.DateField(required=False, allow_null=True, default=None)
    records_until = serializers.DateField(required=False, allow_null=True, default=None)
    why = serializers.CharField(max_length=roles.LONGEST_WHY)


class RoleQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=RequestState.values, required=False, default="")


@extend_schema_view(post=extend_schema(request=RoleAskInput, responses={201: RoleRequestDetail}))
class RoleRequestListApi(WriteApi):
    """Requests for roles, the newest first; ask for one."""

    Input = RoleAskInput

    @extend_schema(parameters=[RoleQuery], responses=RoleRequestOutput(many=True))
    def get(self, request: Request) -> Response:
        query = RoleQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.requests(actor=self.actor())
        if state := query.validated_data["state"]:
            rows = rows.filter(state=state)
        pages = RoleRequestPages()
        found = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(RoleRequestOutput(found, many=True).data)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor, asked = self.actor(), self.input(request)
        user = selectors.user_named(actor=actor, username=asked.pop("user"))
        role, why, slug = asked.pop("role"), asked.pop("why"), asked.pop("model")
        wanted = roles.Asked(role, why, Scope(model_slug=slug, **asked))
        made = roles.request_role(actor=actor, user=user, asked=wanted)
        return Answer(201, _detail(self, made.pk), {"Location": f"/api/v1/role-requests/{made.pk}"})


class RoleRequestReadApi(Api):
    """One request, with what is signed."""

    @extend_schema(responses=RoleRequestDetail)
    def get(self, request: Request, role_request_id: uuid.UUID) -> Response:  # noqa: ARG002
        body = _detail(self, role_request_id)
        return Response(body, headers={"ETag": f'"{body["shown_digest"]}"'})


@extend_schema_serializer(component_name="RoleGrantInput")
class RoleGrantInput(StrictSerializer):
    """The signature; the digest of what was shown comes as If-Match."""

    challenge = serializers.CharField(max_length=64)
    password = serializers.CharField(
        max_length=1_000, trim_whitespace=False, required=False, default="", allow_blank=True
    )
    code = serializers.CharField(
        max_length=LONGEST_CODE,
        required=False,
        default="",
        allow_blank=True,
        help_text="With the password, where an authenticator app is enrolled: its code, or a recovery code.",
    )
    passkey = serializers.CharField(
        max_length=LONGEST_CREDENTIAL,
        required=False,
        default="",
        allow_blank=True,
        help_text="Instead of both: the assertion (WebAuthn JSON) of a passkey over the challenge.",
    )


@extend_schema_view(post=extend_schema(request=RoleGrantInput, responses={200: RoleRequestDetail}))
class RoleRequestGrantApi(WriteApi):
    """Grant what another administrator asked for."""

    Input = RoleGrantInput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        found = selectors.request(actor=actor, request_id=kwargs["role_request_id"])
        shown = request.headers.get("If-Match", "").strip().strip('"')
        proof = Proof(asked["password"], asked["code"], asked["passkey"])
        signature = roles.GrantSignature(asked["challenge"], proof, shown)
        roles.grant_requested(actor=actor, request=found, signature=signature)
        return Answer(200, _detail(self, found.pk))


@extend_schema_serializer(component_name="RoleWhyInput")
class RoleWhyInput(StrictSerializer):
    why = serializers.CharField(max_length=roles.LONGEST_WHY)


@extend_schema_view(post=extend_schema(request=RoleWhyInput, responses={200: RoleRequestDetail}))
class RoleRequestRefuseApi(WriteApi):
    """Refuse what another administrator asked for."""

    Input = RoleWhyInput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        found = selectors.request(actor=self.actor(), request_id=kwargs["role_request_id"])
        roles.refuse_requested(actor=self.actor(), request=found, **self.input(request))
        return Answer(200, _detail(self, found.pk))


@extend_schema_view(post=extend_schema(request=RoleWhyInput, responses={200: RoleRequestDetail}))
class RoleRequestWithdrawApi(WriteApi):
    """Take back one's own request."""

    Input = RoleWhyInput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        found = selectors.request(actor=self.actor(), request_id=kwargs["role_request_id"])
        roles.withdraw_requested(actor=self.actor(), request=found, **self.input(request))
        return Answer(200, _detail(self, found.pk))


class RoleGrantOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="grant.pk")
    role = serializers.CharField(source="grant.role")
    model = serializers.CharField(source="grant.model_slug")
    state = serializers.CharField()
    starts_at = serializers.DateTimeField(source="grant.starts_at")
    ends_at = serializers.DateTimeField(source="grant.ends_at", allow_null=True)
    records_from = serializers.DateField(source="grant.records_from", allow_null=True)
    records_until = serializers.DateField(source="grant.records_until", allow_null=True)
    granted_by = serializers.CharField(source="grant.granted_by.name")
    granted_at = serializers.DateTimeField(source="grant.granted_at")
    revoked_at = serializers.DateTimeField(source="grant.revoked_at", allow_null=True)


class RoleGrantListApi(Api):
    """What one account holds and held, the newest first. One's own may be read by anybody."""

    class Output(serializers.Serializer[Any]):
        user = serializers.CharField()
        grants = RoleGrantOutput(many=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, user_id: uuid.UUID) -> Response:  # noqa: ARG002
        actor = self.actor()
        user = selectors.person(actor=actor, user_id=user_id)
        held = selectors.grants_of(actor=actor, user=user)
        return Response({"user": user.username, "grants": RoleGrantOutput(held, many=True).data})


@extend_schema_view(post=extend_schema(request=None, responses={204: None}))
class RoleGrantRevokeApi(WriteApi):
    """End a role at once."""

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        found = selectors.grant(actor=self.actor(), grant_id=kwargs["grant_id"])
        revoke_role(actor=self.actor(), grant=found)
        return Answer(204, None)


def _detail(api: Api, role_request_id: uuid.UUID) -> dict[str, Any]:
    actor = api.actor()
    found: RoleRequest = selectors.request(actor=actor, request_id=role_request_id)
    return {
        **RoleRequestOutput(found).data,
        "shown_digest": roles.digest_of(found),
        "shown": roles.content_of(found),
        "why_not_you": selectors.why_not_grant(actor=actor, request=found),
    }
