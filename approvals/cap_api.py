"""Use before validation by API: asking for a cap, and what is used of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from approvals import selectors, services
from approvals.api import RequestDetail, opened
from approvals.caps import LARGEST_AMOUNT
from mrm.settings import governance
from registry import selectors as registry
from registry.api.base import Shown, paged, posts
from validation.signing import LONGEST_RATIONALE

_HUNDREDTH = Decimal("0.01")


class HundredthsField(serializers.IntegerField):
    """An amount kept in hundredths, as text."""

    def to_representation(self, value: int) -> str:  # type: ignore[override]  # a text on the way out
        return str(value * _HUNDREDTH)


class CapOutput(Shown):
    id = serializers.UUIDField()
    request = serializers.UUIDField(source="request_id")
    granted_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    most_decisions = serializers.IntegerField()
    used_decisions = serializers.IntegerField()
    amount_input = serializers.CharField()
    most_each = HundredthsField(allow_null=True)
    most_total = HundredthsField(allow_null=True)
    used_amount = HundredthsField()
    segment_input = serializers.CharField()
    segment_value = serializers.CharField()


def _amount() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=15, decimal_places=2, min_value=_HUNDREDTH, max_value=LARGEST_AMOUNT, required=False
    )


@posts(201)
class CapListApi(WriteApi):
    """The caps under which a version is or was used before its validation had ended, and asking for one."""

    Output = RequestDetail

    class Input(StrictSerializer):
        decisions = serializers.IntegerField(min_value=1, max_value=governance.CAP_DECISIONS)
        until = serializers.DateTimeField()
        amount_input = serializers.CharField(max_length=63, required=False)
        most_each = _amount()
        most_total = _amount()
        segment_input = serializers.CharField(max_length=63, required=False)
        segment_value = serializers.DecimalField(max_digits=20, decimal_places=6, required=False)
        why = serializers.CharField(max_length=LONGEST_RATIONALE)

    @extend_schema(responses=CapOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        rows = selectors.caps_of(actor=self.actor(), version=version)
        return paged(self, request, rows, ("-granted_at", "id"), CapOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        why = asked.pop("why")
        made = services.ask_pre_validation_use(
            actor=actor, version=version, terms=services.Terms(**asked), why=why
        )
        return opened(actor, made)
