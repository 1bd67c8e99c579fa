"""Findings by API."""

from __future__ import annotations

import functools
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
from registry import selectors as registry
from registry import version_files
from registry.api.base import Shown, paged, posts
from registry.api.documents import DIGESTS, FileOutput
from validation import selectors, services
from validation.findings import Raised
from validation.models import Finding, Severity

_LONGEST_TEXT = 10_000


class NoteOutput(Shown):
    kind = serializers.CharField()
    text = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    result = serializers.UUIDField(source="result_id", allow_null=True)
    files = FileOutput(many=True)
    by = serializers.CharField(source="author.name")
    at = serializers.DateTimeField()


class FindingOutput(Shown):
    id = serializers.UUIDField()
    model = serializers.CharField(source="version.risk_model.slug")
    version = serializers.IntegerField(source="version.number")
    check = serializers.CharField(source="result.check_id", default=None, allow_null=True)
    title = serializers.CharField()
    text = serializers.CharField()
    severity = serializers.CharField()
    state = serializers.CharField()
    owner = serializers.CharField(source="owner.name")
    due_on = serializers.DateField()
    opened_by = serializers.CharField(source="opened_by.name")
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    notes = NoteOutput(many=True)


@posts(201)
class FindingOpenApi(WriteApi):
    """Open a finding on a version."""

    Output = FindingOutput

    class Input(StrictSerializer):
        title = serializers.CharField(max_length=200)
        text = serializers.CharField(max_length=_LONGEST_TEXT)
        severity = serializers.ChoiceField(choices=Severity.values)
        owner = serializers.CharField(max_length=64, required=False)
        due_on = serializers.DateField(required=False)
        result = serializers.UUIDField(required=False)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        owner = asked.get("owner")
        asks = functools.partial(
            selectors.person_named,
            actor=actor,
            permission=Permission.FINDING_OPEN,
            model_slug=version.risk_model.slug,
        )
        raised = Raised(
            title=asked["title"],
            text=asked["text"],
            severity=asked["severity"],
            owner=None if owner is None else asks(owner),
            due_on=asked.get("due_on"),
        )
        result = selectors.result(actor=actor, result_id=asked["result"]) if "result" in asked else None
        opened = services.open_finding(actor=actor, version=version, raised=raised, result=result)
        return _answer(actor, opened, 201)


class FindingListApi(Api):
    """Findings of every model the actor may see."""

    @extend_schema(responses=FindingOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.findings(actor=self.actor()).prefetch_related("notes__author__person")
        return paged(self, request, rows, ("state", "due_on", "id"), FindingOutput)


class FindingReadApi(Api):
    """One finding with everything that was said about it."""

    @extend_schema(responses=FindingOutput)
    def get(self, request: Request, finding_id: uuid.UUID) -> Response:  # noqa: ARG002
        return Response(FindingOutput(selectors.finding(actor=self.actor(), finding_id=finding_id)).data)


class WordsInput(StrictSerializer):
    text = serializers.CharField(max_length=_LONGEST_TEXT)


@posts(200)
class FindingRebutApi(WriteApi):
    """The owner's answer."""

    Input, Output = WordsInput, FindingOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        found = selectors.finding(actor=self.actor(), finding_id=kwargs["finding_id"])
        services.rebut(actor=self.actor(), finding=found, text=self.input(request)["text"])
        return _answer(self.actor(), found, 200)


class PromiseInput(StrictSerializer):
    text = serializers.CharField(max_length=_LONGEST_TEXT)
    due_on = serializers.DateField()


@posts(200)
class FindingPlanApi(WriteApi):
    """What the owner will do, and by which day."""

    Input, Output = PromiseInput, FindingOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        found = selectors.finding(actor=self.actor(), finding_id=kwargs["finding_id"])
        services.plan_action(actor=self.actor(), finding=found, **self.input(request))
        return _answer(self.actor(), found, 200)


@posts(200)
class FindingPostponeApi(WriteApi):
    """Give a finding a later day, with the reason."""

    Input, Output = PromiseInput, FindingOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        found = selectors.finding(actor=self.actor(), finding_id=kwargs["finding_id"])
        services.postpone(actor=self.actor(), finding=found, **self.input(request))
        return _answer(self.actor(), found, 200)


@posts(200)
class FindingCloseApi(WriteApi):
    """Settle a finding, with words and what they rest on: a result, files beside the version by their digests."""

    Output = FindingOutput

    class Input(StrictSerializer):
        text = serializers.CharField(max_length=_LONGEST_TEXT)
        result = serializers.UUIDField(required=False)
        files = DIGESTS

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        found = selectors.finding(actor=actor, finding_id=kwargs["finding_id"])
        result = selectors.result(actor=actor, result_id=asked["result"]) if "result" in asked else None
        files = version_files.files_named(found.version, asked.get("files", []))
        services.close_finding(actor=actor, finding=found, text=asked["text"], result=result, files=files)
        return _answer(actor, found, 200)


def _answer(actor: User, finding: Finding, status: int) -> Answer:
    shown = selectors.finding(actor=actor, finding_id=finding.pk)
    return Answer(status, dict(FindingOutput(shown).data))
