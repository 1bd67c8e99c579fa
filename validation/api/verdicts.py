"""The validator's signatures by API. If-Match carries the digest of what was shown; 412 when it has
changed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from accounts.api import WriteApi
from accounts.idempotency import Answer
from accounts.permissions import Permission
from registry import selectors as registry
from registry.api.base import Shown, posts
from validation import selectors, services
from validation.api.base import ConditionInput, SignatureInput, SignedOutput, demanded, shown_header
from validation.verdicts import MOVE_OF


class DemandOutput(Shown):
    words = serializers.CharField()
    owner = serializers.CharField(source="owner.name")
    due_at = serializers.DateTimeField()


class ConclusionOutput(SignedOutput):
    verdict = serializers.CharField()
    stage = serializers.CharField(source="version.stage")
    conditions = DemandOutput(many=True, source="demands")


@posts(201)
class DeviationSignApi(WriteApi):
    """Let one failed blocking check stand, with a rationale. If-Match is optional: the challenge binds
    what is shown."""

    Input, Output = SignatureInput, SignedOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        result = selectors.result(actor=actor, result_id=kwargs["result_id"])
        shown = shown_header(request) or selectors.shown(result.run.version).digest
        signed = services.sign_deviation(actor=actor, result=result, shown_digest=shown, **asked)
        return Answer(201, dict(SignedOutput(signed).data))


@posts(201)
class ConclusionSignApi(WriteApi):
    """Sign the verdict on the newest evidence: fit, fit_with_conditions, not_fit or returned."""

    Output = ConclusionOutput

    class Input(SignatureInput):
        verdict = serializers.ChoiceField(choices=list(MOVE_OF))
        conditions = ConditionInput(many=True, required=False)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        conditions = demanded(
            asked.pop("conditions", []),
            actor=actor,
            permission=Permission.VERSION_CONCLUDE,
            model_slug=version.risk_model.slug,
        )
        shown = shown_header(request)
        signed = services.conclude(
            actor=actor, version=version, shown_digest=shown, conditions=conditions, **asked
        )
        signed.version.refresh_from_db(fields=["stage"])
        return Answer(201, dict(ConclusionOutput(signed).data))
