"""The reason certificate of a version by API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api
from registry import selectors as registry
from registry.api.base import Shown
from validation import selectors
from validation.certificate import Line, LineState
from validation.certificate_words import line_title, why_words


class CertificateLineOutput(Shown):
    line = serializers.ChoiceField(choices=[each.value for each in Line])
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=[each.value for each in LineState])
    why = serializers.CharField(help_text="Empty where it holds.")
    rests_on = serializers.CharField(help_text="Digest of a result or of the dictionary; empty for nothing.")


class CertificateOutput(Shown):
    digest = serializers.CharField()
    holds = serializers.BooleanField()
    lines = CertificateLineOutput(many=True)
    document = serializers.DictField(help_text="Its canonical form has the digest.")


class CertificateReadApi(Api):
    """Whether the reasons of a version may be told to applicants: each line with the result that it rests on."""

    @extend_schema(responses=CertificateOutput)
    def get(self, request: Request, slug: str, number: int) -> Response:  # noqa: ARG002
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        found = selectors.reason_certificate(actor=self.actor(), version=version)
        lines = [
            {
                "line": each.line,
                "title": line_title(each.line),
                "state": each.state,
                "why": why_words(each),
                "rests_on": each.rests_on,
            }
            for each in found.lines
        ]
        body = {"digest": found.digest, "holds": found.holds, "lines": lines, "document": found.document}
        return Response(CertificateOutput(body).data)
