"""Competence on record by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import EVERY_MODEL
from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.permissions import Permission
from registry.api.base import Shown, posts
from validation import competence
from validation.competence import Claimed
from validation.selectors import person_named
from validation.signing import LONGEST_RATIONALE
from validation.topics import Area


class CompetenceOutput(Shown):
    id = serializers.UUIDField()
    person = serializers.CharField(source="person.name")
    area = serializers.CharField()
    rests_on = serializers.CharField()
    until = serializers.DateTimeField()
    recorded_by = serializers.CharField(source="recorded_by.name")
    recorded_at = serializers.DateTimeField()


class CompetencesOutput(Shown):
    results = CompetenceOutput(many=True)


@posts(201)
class CompetenceListApi(WriteApi):
    """Who is on record as competent for what, the newest record of each person and area first; and recording it of
    somebody else."""

    Output = CompetenceOutput

    class Input(StrictSerializer):
        person = serializers.CharField(max_length=64)
        area = serializers.ChoiceField(choices=Area.values)
        rests_on = serializers.CharField(max_length=LONGEST_RATIONALE)
        until = serializers.DateTimeField()

    @extend_schema(responses=CompetencesOutput)
    def get(self, request: Request) -> Response:  # noqa: ARG002 (the framework's signature)
        rows = competence.competences(actor=self.actor())
        return Response({"results": CompetenceOutput(rows, many=True).data})

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor, asked = self.actor(), self.input(request)
        of = person_named(
            asked.pop("person"), actor=actor, permission=Permission.COMPETENCE_RECORD, model_slug=EVERY_MODEL
        )
        row = competence.record_competence(actor=actor, of=of, claimed=Claimed(**asked))
        return Answer(201, dict(CompetenceOutput(row).data))
