"""Standards, runs and evidence by API."""

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
from mrm.lib.errors import NotFound
from registry import selectors as registry
from registry.api.base import Accepted, Shown, paged, posts
from validation import selectors, services
from validation.api.base import ResultOutput, RunOutput, SignedOutput, run_with_results
from validation.models import ValidationRun
from validation.standard import TIERS, USES


class StandardOutput(Shown):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    digest = serializers.CharField()
    content = serializers.DictField()
    frozen_at = serializers.DateTimeField()


class StandardQuery(serializers.Serializer[Any]):  # Any: it reads a query, no object
    tier = serializers.ChoiceField(
        choices=TIERS, required=False, help_text="Only standards that may judge a model of this tier."
    )
    use = serializers.ChoiceField(
        choices=USES, required=False, help_text="Only standards that may judge a version for this use."
    )


@posts(201)
class StandardListApi(WriteApi):
    """Frozen standards, and freezing one that ships with the product, by its name, before any run under
    it."""

    Output = StandardOutput

    class Input(StrictSerializer):
        slug = serializers.SlugField(max_length=64)

    @extend_schema(parameters=[StandardQuery], responses=StandardOutput(many=True))
    def get(self, request: Request) -> Response:
        query = StandardQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.standards(actor=self.actor(), **query.validated_data)
        return paged(self, request, rows, ("-frozen_at", "id"), StandardOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002 (the base's signature)
        frozen = services.freeze_standard(actor=self.actor(), slug=self.input(request)["slug"])
        return Answer(201, dict(StandardOutput(frozen).data))


class RunStarted(Accepted):
    """The job to watch and the run it will complete."""

    run = serializers.UUIDField()


@posts(202)
class RunListApi(WriteApi):
    """The validation runs of a version, and starting one."""

    Output = RunStarted

    class Input(StrictSerializer):
        standard = serializers.SlugField(max_length=64)

    @extend_schema(responses=RunOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        rows = selectors.runs_of(actor=self.actor(), version=version)
        return paged(self, request, rows, ("-started_at", "id"), RunOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        version = registry.version(actor=self.actor(), slug=kwargs["slug"], number=kwargs["number"])
        standard = selectors.standard(self.input(request)["standard"])
        run = services.start_run(actor=self.actor(), version=version, standard=standard)
        body = {"job": str(run.job_id), "state": "queued", "run": str(run.pk)}
        return Answer(202, body, {"Location": f"/api/v1/jobs/{run.job_id}"})


class RunDetail(RunOutput):
    results = ResultOutput(many=True)


class RunReadApi(Api):
    """One run with its results; they arrive all at once when it is completed."""

    @extend_schema(responses=RunDetail)
    def get(self, request: Request, slug: str, number: int, run_id: uuid.UUID) -> Response:  # noqa: ARG002
        found = selectors.run(actor=self.actor(), run_id=run_id)
        if (found.version.risk_model.slug, found.version.number) != (slug, number):
            raise NotFound("This version has no such validation run.")
        results = selectors.results_of(actor=self.actor(), run=found)
        return Response(run_with_results(found, results))


class EvidenceOutput(Shown):
    """`digest` is what signatures name; `shown_digest` is what If-Match, the challenge and the signature
    bind."""

    digest = serializers.CharField()
    shown_digest = serializers.CharField()
    shown = serializers.DictField()
    document = serializers.DictField()
    run = RunDetail()
    conclusion = SignedOutput(allow_null=True)


class EvidenceReadApi(Api):
    """The newest evidence as one canonical document, and what is shown to whoever signs."""

    @extend_schema(responses=EvidenceOutput)
    def get(self, request: Request, slug: str, number: int) -> Response:  # noqa: ARG002
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        found = selectors.evidence(version)
        if found is None:
            raise NotFound(f"{version.label} has no evidence yet. Start a validation run.")
        shown, conclusion = selectors.shown(version), selectors.latest_conclusion(version)
        return Response(
            {
                "digest": found.digest,
                "shown_digest": shown.digest,
                "shown": shown.content,
                "document": found.document,
                "run": _run(self.actor(), found.run),
                "conclusion": None if conclusion is None else SignedOutput(conclusion).data,
            },
            headers={"ETag": f'"{shown.digest}"'},
        )


def _run(actor: User, run: ValidationRun) -> dict[str, Any]:
    return run_with_results(run, selectors.results_of(actor=actor, run=run))
