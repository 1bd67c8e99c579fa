"""The ledger by API: its entries and the verification of the whole chain."""

from __future__ import annotations

from typing import Any

from django.utils.http import urlencode
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api
from mrm.lib.errors import FieldError, Invalid
from reports import ledger
from reports.ledger import LedgerPage
from reports.ledger_form import LedgerFilterForm, wanted_of

UNPROVEN = (
    "No checkpoint is held outside yet: whoever holds the database could have rewritten the whole chain"
    " consistently. Keep `head` and `entries` elsewhere to notice that."
)


class LedgerQuery(serializers.Serializer[Any]):
    """What the entries can be narrowed by; `before` is the cursor."""

    event = serializers.CharField(required=False)
    subject_type = serializers.CharField(required=False)
    subject_id = serializers.CharField(required=False)
    person = serializers.CharField(required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    before = serializers.IntegerField(required=False, min_value=1)


class LedgerEntryListApi(Api):
    """Entries, the newest first, by cursor."""

    class Output(serializers.Serializer[Any]):
        sequence = serializers.IntegerField()
        at = serializers.DateTimeField()
        event = serializers.CharField()
        actor_name = serializers.CharField()
        subject_type = serializers.CharField()
        subject_id = serializers.CharField()
        leaf = serializers.CharField()

    @extend_schema(parameters=[LedgerQuery], responses=Output(many=True))
    def get(self, request: Request) -> Response:
        actor = self.actor()
        form = LedgerFilterForm(request.query_params)
        if not form.is_valid():
            raise Invalid("The ledger cannot be searched by this.", _errors(form))
        asked = form.cleaned_data
        wanted = wanted_of(actor=actor, asked=asked)
        before = asked["before"]
        page = (
            LedgerPage((), None)
            if wanted is None
            else ledger.entries(actor=actor, wanted=wanted, before=before)
        )
        query = {name: value for name, value in asked.items() if value and name != "before"}
        following = query | {"before": page.next_before}
        return Response(
            {
                "results": self.Output(page.entries, many=True).data,
                "next": self._url(request, following) if page.next_before else None,
                "previous": self._url(request, query) if before else None,
            }
        )

    def _url(self, request: Request, query: dict[str, Any]) -> str:
        return f"{request.build_absolute_uri(request.path)}?{urlencode(query)}"


class LedgerVerificationReadApi(Api):
    """Recompute the chain. `proven` says what that shows, `unproven` what it cannot show."""

    class Output(serializers.Serializer[Any]):
        entries = serializers.IntegerField()
        head = serializers.CharField()
        is_intact = serializers.BooleanField()
        faults = serializers.ListField(child=serializers.DictField())
        proven = serializers.CharField()
        unproven = serializers.CharField()

    @extend_schema(responses=Output)
    def get(self, request: Request) -> Response:  # noqa: ARG002 (the framework's signature)
        found = ledger.verification(actor=self.actor())
        proven = (
            "Every leaf is the hash of its body, each body names the leaf before it, and the columns agree."
        )
        return Response(
            {
                "entries": found.entries,
                "head": found.head,
                "is_intact": found.is_intact,
                "faults": [{"sequence": fault.sequence, "what": fault.what} for fault in found.faults[:100]],
                "proven": proven if found.is_intact else "",
                "unproven": UNPROVEN,
            }
        )


def _errors(form: LedgerFilterForm) -> list[FieldError]:
    return [
        FieldError(f"/{name}", "invalid", str(message))
        for name, listed in form.errors.items()
        for message in listed
    ]
