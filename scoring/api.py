"""Scoring by API. The score itself is a plain Django view, for it is the hot path."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import PermissionRefused, note_refusal
from accounts.api import Api, StrictSerializer, WriteApi
from accounts.authentication import bearer
from accounts.idempotency import Answer
from accounts.models import User
from accounts.origin import counted_address
from audit.access_log import Via
from mrm.lib import strict_json
from mrm.lib.api import problem_response
from mrm.lib.errors import Malformed, NotSignedIn, Refusal, TooLarge
from scoring import metrics, repeats, selectors, services, slots
from scoring.models import Decision, Deployment
from scoring.reading import read_decision
from scoring.records import Erased
from scoring.replay import Replayed, replay
from scoring.selectors import DecisionFile, DecisionFilter

MAX_BODY_BYTES = 64_000


class UnsupportedMedia(Refusal):
    status, code, title = 415, "unsupported-media-type", "Unsupported media type"


class WrongMethod(Refusal):
    status, code, title = 405, "method-not-allowed", "Method not allowed"


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class ScoreView(View):
    """POST {"reference", "features"}: the decision is committed before this returns its first byte."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        try:
            with metrics.timed(slug, "answer"):
                file = _score(request, slug)
        except Refusal as refusal:
            return _refused(refusal, slug)
        metrics.count(slug, file.decision.outcome)
        return JsonResponse(answer_of(file, translation.get_language_from_request(request)))

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        answer = problem_response(WrongMethod("A score is asked for by POST."))
        answer["Allow"] = "POST"
        return answer


def _score(request: HttpRequest, slug: str) -> DecisionFile:
    actor = _actor(request)
    body = _body(request)
    members = strict_json.loads(body, max_bytes=MAX_BODY_BYTES)
    key = request.headers.get("Idempotency-Key")
    operation = f"POST {request.path}"
    repeat = None if key is None else repeats.read(actor=actor, key=key, operation=operation, body=body)
    return services.score(actor=actor, asked=services.Asked(slug, members, repeat))


def _actor(request: HttpRequest) -> User:
    try:
        actor = bearer(request.headers.get("Authorization", ""), counted_address(request))
    except AuthenticationFailed as failure:
        raise NotSignedIn(str(failure.detail)) from None
    if actor is None:
        raise NotSignedIn("This address needs a token: send `Authorization: Bearer <token>`.")
    return actor


def _body(request: HttpRequest) -> bytes:
    if request.content_type != "application/json":
        raise UnsupportedMedia("Send the application as application/json.")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        raise Malformed(f"JSON is read as UTF-8 only, not as {charset[:40]!a}.")
    try:
        # One byte more than is allowed, so that a long body is refused without being read to its end.
        body = request.read(MAX_BODY_BYTES + 1)
    except OSError:
        raise Malformed("The body broke off before its end.") from None
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"An application has at most {MAX_BODY_BYTES} bytes.")
    return body


def _refused(refusal: Refusal, slug: str) -> HttpResponse:
    if isinstance(refusal, PermissionRefused):
        note_refusal(refusal)
    metrics.count(slug, refusal.code)
    answer = problem_response(refusal)
    if isinstance(refusal, NotSignedIn):
        answer["WWW-Authenticate"] = 'Bearer realm="countersign"'
    return answer


def answer_of(file: DecisionFile, language: str) -> dict[str, Any]:
    """What the caller of a score is told. `score` are points, `probability` the calibrated PD of one year."""
    decision, payload = file.decision, file.payload
    if payload is None:
        raise Erased("This decision was erased.")
    version = decision.version
    own = reverse("api-decision", args=[decision.pk])
    return {
        "decision_id": str(decision.pk),
        "model": {"slug": version.risk_model.slug, "version": version.number},
        "score": payload.points,
        "probability": payload.probability,
        "grade": payload.grade,
        "outcome": payload.outcome,
        "reasons": [
            {"code": reason.code, "group": reason.group, "text": reason.text}
            for reason in file.reasons(language)
        ],
        "flags": list(payload.flags),
        "notice": file.notice(language),
        "record_digest": file.record_digest,
        "links": {"self": own, "replays": reverse("api-decision-replay", args=[decision.pk])},
    }


class ReasonOutput(serializers.Serializer):
    code = serializers.CharField()
    group = serializers.CharField()
    text = serializers.CharField()
    points = serializers.IntegerField()


class DecisionLineOutput(serializers.Serializer):
    """One row of a list: never anything of the payload."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    model = serializers.CharField(source="version.risk_model.slug")
    version = serializers.IntegerField(source="version.number")
    outcome = serializers.CharField()
    made_by = serializers.CharField(source="made_by.name")
    is_erased = serializers.BooleanField(source="payload.is_erased")


class DecisionListApi(Api):
    """Decisions, the newest first, filtered by model, version and outcome."""

    class Query(StrictSerializer):
        model = serializers.SlugField(max_length=64, required=False)
        version = serializers.IntegerField(min_value=1, max_value=2_147_483_647, required=False)
        outcome = serializers.ChoiceField(["approve", "refer", "decline"], required=False)
        limit = serializers.IntegerField(min_value=1, max_value=200, default=50)
        cursor = serializers.CharField(max_length=200, required=False)

    class Output(serializers.Serializer):
        results = DecisionLineOutput(many=True)
        next = serializers.CharField(allow_null=True)
        previous = serializers.CharField(allow_null=True)

    @extend_schema(parameters=[Query], responses=Output)
    def get(self, request: Request) -> Response:
        query = self.Query(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        narrowed = DecisionFilter(asked.get("model", ""), asked.get("version"), asked.get("outcome", ""))
        page = selectors.decisions(
            actor=self.actor(), narrowed=narrowed, cursor=asked.get("cursor", ""), limit=asked["limit"]
        )
        return Response(
            {
                "results": DecisionLineOutput(page.results, many=True).data,
                "next": _address(request, page.next),
                "previous": _address(request, page.previous),
            }
        )


def _address(request: Request, cursor: str) -> str | None:
    if not cursor:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


class DecisionReadApi(Api):
    """One decision with what was sent and why it was answered so; contributions in score points."""

    class Output(DecisionLineOutput):
        record_digest = serializers.CharField()
        deployment = serializers.UUIDField()
        notice = serializers.CharField(allow_null=True)
        erased_at = serializers.DateTimeField(allow_null=True)
        payload = serializers.DictField(allow_null=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, decision_id: uuid.UUID) -> Response:
        file = read_decision(actor=self.actor(), decision_id=decision_id, via=Via.API)
        language = translation.get_language_from_request(request._request)  # noqa: SLF001
        return Response(_decision_body(file, language))


def _decision_body(file: DecisionFile, language: str) -> dict[str, Any]:
    decision = file.decision
    stated: dict[str, Any] = dict(DecisionLineOutput(decision).data)
    return stated | {
        "record_digest": file.record_digest,
        "deployment": str(decision.deployment_id),
        "notice": file.notice(language),
        "erased_at": decision.payload.erased_at,
        "payload": _payload_body(file, language),
    }


def _payload_body(file: DecisionFile, language: str) -> dict[str, Any] | None:
    payload = file.payload
    if payload is None:
        return None
    return {
        "reference": payload.reference,
        "inputs": dict(payload.inputs),
        "score": payload.points,
        "base_points": payload.base_points,
        "contributions": [vars(line) for line in file.points_lines(language)],
        "probability": payload.probability,
        "grade": payload.grade,
        "outcome": payload.outcome,
        "basis": payload.basis,
        "rules": list(payload.rules),
        "cut_off": payload.cut_off,
        "reasons": [vars(reason) for reason in file.reasons(language)],
        "flags": list(payload.flags),
    }


class DecisionReplayApi(WriteApi):
    """Compute a decision again from what was sealed; names what differs."""

    class Output(serializers.Serializer):
        decision_id = serializers.UUIDField()
        same = serializers.BooleanField()
        differences = serializers.ListField(child=serializers.CharField())

    @extend_schema(request=None, responses={201: Output})
    def post(self, request: Request, **kwargs: Any) -> Any:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor = self.actor()
        decision = selectors.decision_to_replay(actor=actor, decision_id=kwargs["decision_id"])
        return Answer(201, _replay_body(decision, replay(actor=actor, decision=decision)))


def _replay_body(decision: Decision, replayed: Replayed) -> dict[str, Any]:
    """Names only: who may replay may not always read, and a repeated answer is stored."""
    differences = [difference.name for difference in replayed.differences]
    return {"decision_id": str(decision.pk), "same": replayed.same, "differences": differences}


class DeploymentOutput(serializers.Serializer):
    id = serializers.UUIDField()
    model = serializers.CharField(source="version.risk_model.slug")
    version = serializers.IntegerField(source="version.number")
    slot = serializers.CharField()
    environment_digest = serializers.CharField()
    started_by = serializers.CharField(source="started_by.name")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_why = serializers.CharField()


class DeploymentStartApi(WriteApi):
    """Give a slot to an approved version, or to one under a cap of pre-validation use; what held it ends."""

    class Input(StrictSerializer):
        version = serializers.IntegerField(min_value=1, max_value=2_147_483_647)
        slot = serializers.CharField(max_length=16, default=slots.CHAMPION)

    @extend_schema(request=Input, responses={201: DeploymentOutput})
    def post(self, request: Request, **kwargs: Any) -> Any:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = selectors.version_to_deploy(actor=actor, model_slug=kwargs["slug"], number=asked["version"])
        return Answer(201, _deployment_body(slots.deploy(actor=actor, version=version, slot=asked["slot"])))


class DeploymentEndApi(WriteApi):
    """Empty a slot; scores are refused until another version is deployed."""

    class Input(StrictSerializer):
        why = serializers.CharField(max_length=2_000)

    @extend_schema(request=Input, responses={200: DeploymentOutput})
    def post(self, request: Request, **kwargs: Any) -> Any:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        held = selectors.deployment(actor=actor, deployment_id=kwargs["deployment_id"])
        return Answer(
            200, _deployment_body(slots.end_deployment(actor=actor, deployment=held, why=asked["why"]))
        )


def _deployment_body(deployment: Deployment) -> dict[str, Any]:
    return dict(DeploymentOutput(deployment).data)
