"""Webhooks by API: who is told of what, and how it went."""

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
from jobs.api import accepted
from notices import endpoints, selectors
from notices.endpoints import LONGEST_NAME, Wanted
from notices.events import EVENTS
from notices.models import Endpoint
from notices.outside import LONGEST_URL
from registry.api.base import Shown, paged, posts


class WebhookOutput(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    added_by = serializers.CharField(source="added_by.name")
    added_at = serializers.DateTimeField()
    disabled_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)
    last_state = serializers.CharField(allow_null=True)


class WebhookWithSecretOutput(WebhookOutput):
    """The secret is in the first answer only: a repeat with the same Idempotency-Key gets null there."""

    secret = serializers.CharField(allow_null=True)


class WebhookDeliveryOutput(Shown):
    id = serializers.UUIDField()
    event = serializers.CharField(source="notice.event")
    at = serializers.DateTimeField()
    state = serializers.CharField(source="job.state")
    attempt = serializers.IntegerField(source="job.attempt")
    reason = serializers.CharField(source="job.reason")
    next_at = serializers.DateTimeField(source="job.not_before", allow_null=True)


@posts(201)
class WebhookListApi(WriteApi):
    """Endpoints of webhooks, the newest first; and adding one, whose secret is shown this once."""

    Output = WebhookWithSecretOutput

    class Input(StrictSerializer):
        name = serializers.CharField(max_length=LONGEST_NAME)
        url = serializers.CharField(max_length=LONGEST_URL)
        events = serializers.ListField(
            child=serializers.CharField(max_length=64), min_length=1, max_length=len(EVENTS)
        )

    @extend_schema(responses=WebhookOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.endpoints(actor=self.actor())
        return paged(self, request, rows, ("-added_at", "id"), WebhookOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor, asked = self.actor(), self.input(request)
        wanted = Wanted(asked["name"], asked["url"], tuple(asked["events"]))
        endpoint, secret = endpoints.add_endpoint(actor=actor, wanted=wanted)
        return _with_secret(201, actor, endpoint, secret)


class WebhookApi(Api):
    """One endpoint."""

    @extend_schema(responses=WebhookOutput)
    def get(self, request: Request, endpoint_id: uuid.UUID) -> Response:  # noqa: ARG002
        return Response(_shown(self.actor(), endpoint_id))


class WebhookDeliveryListApi(Api):
    """What was sent to one endpoint and how it went, the newest first."""

    @extend_schema(responses=WebhookDeliveryOutput(many=True))
    def get(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        rows = selectors.deliveries(actor=self.actor(), endpoint_id=endpoint_id)
        return paged(self, request, rows, ("-at", "id"), WebhookDeliveryOutput)


@posts(200)
class WebhookRotateApi(WriteApi):
    """Another secret; the one before it signs as well for a day."""

    Output = WebhookWithSecretOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor = self.actor()
        found = selectors.endpoint(actor=actor, endpoint_id=kwargs["endpoint_id"])
        endpoint, secret = endpoints.rotate_secret(actor=actor, endpoint=found)
        return _with_secret(200, actor, endpoint, secret)


@posts(200)
class WebhookDisableApi(WriteApi):
    """Deliver nothing to it any more."""

    Output = WebhookOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor = self.actor()
        found = selectors.endpoint(actor=actor, endpoint_id=kwargs["endpoint_id"])
        endpoints.disable_endpoint(actor=actor, endpoint=found)
        return Answer(200, _shown(actor, found.pk))


@posts(202)
class WebhookTestApi(WriteApi):
    """Send a message that says nothing."""

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor = self.actor()
        found = selectors.endpoint(actor=actor, endpoint_id=kwargs["endpoint_id"])
        return accepted(endpoints.send_test(actor=actor, endpoint=found).job)


def _shown(actor: User, endpoint_id: uuid.UUID) -> dict[str, Any]:
    return dict(WebhookOutput(selectors.endpoint(actor=actor, endpoint_id=endpoint_id)).data)


def _with_secret(status: int, actor: User, endpoint: Endpoint, secret: str) -> Answer:
    body = {**_shown(actor, endpoint.pk), "secret": None}
    return Answer(status, body, shown_once={"secret": secret})
