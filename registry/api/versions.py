"""Versions by API: register, read, submit, suspend."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from accounts.models import User
from jobs.api import accepted
from mrm.lib.errors import FieldError, Invalid
from registry import registration, selectors, services, submissions
from registry.api.base import Accepted, Shown, paged, posts
from registry.models import ModelVersion


class VersionOutput(Shown):
    model = serializers.CharField(source="risk_model.slug")
    number = serializers.IntegerField()
    id = serializers.UUIDField()
    stage = serializers.CharField()
    stage_since = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    artifact = serializers.CharField(source="artifact_id")
    snapshot = serializers.UUIDField(source="snapshot_id")
    snapshot_digest = serializers.CharField(source="snapshot.digest")
    candidate = serializers.UUIDField(source="candidate_id")
    policy = serializers.UUIDField(source="policy_id")
    policy_digest = serializers.CharField(source="policy.digest")
    dictionary = serializers.UUIDField(source="dictionary_id")
    dictionary_digest = serializers.CharField(source="dictionary.digest")
    predecessor = serializers.IntegerField(source="predecessor.number", default=None, allow_null=True)
    change_note = serializers.CharField()
    author = serializers.CharField(source="author.name")
    trainer = serializers.CharField(source="trainer.name")
    submitter = serializers.CharField(source="submitter.name", default=None, allow_null=True)
    registered_at = serializers.DateTimeField()


class NextMoveOutput(Shown):
    move = serializers.CharField(source="move.name")
    to = serializers.CharField(source="move.target")
    permitted = serializers.BooleanField(source="is_permitted")
    reasons = serializers.ListField(child=serializers.CharField())


class ChangeOutput(Shown):
    move = serializers.CharField()
    from_stage = serializers.CharField(source="source")
    to_stage = serializers.CharField(source="target")
    why = serializers.CharField()
    made_by = serializers.CharField(source="made_by.name")
    made_at = serializers.DateTimeField()


class VersionDetail(VersionOutput):
    """A version with what may come next, why not yet, and what happened so far."""

    next_moves = NextMoveOutput(many=True)
    changes = ChangeOutput(many=True)
    links = serializers.DictField(child=serializers.CharField())


@posts(202)
class VersionListApi(WriteApi):
    """The versions of a model, newest first, and registering one."""

    Output = Accepted

    class Input(StrictSerializer):
        """A candidate, or else a model of MLflow (`models:/m-…`, `models:/NAME/VERSION` or `runs:/RUN/NAME`) with the
        snapshot it was trained for."""

        candidate = serializers.UUIDField(required=False)
        mlflow_uri = serializers.CharField(required=False, max_length=300)
        snapshot = serializers.UUIDField(required=False)
        policy = serializers.UUIDField()
        dictionary = serializers.UUIDField()
        predecessor = serializers.IntegerField(required=False, min_value=1)
        change_note = serializers.CharField(required=False, allow_blank=True, max_length=20_000)

    @extend_schema(responses=VersionOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        rows = selectors.visible_versions(actor=self.actor(), slug=slug)
        return paged(self, request, rows, ("-number",), VersionOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, slug, asked = self.actor(), kwargs["slug"], self.input(request)
        entry = selectors.risk_model(actor=actor, slug=slug)
        _refuse_both(asked)
        parts = {
            "policy": selectors.policy(actor=actor, slug=slug, policy_id=asked["policy"]),
            "dictionary": selectors.dictionary(actor=actor, slug=slug, dictionary_id=asked["dictionary"]),
            "predecessor": _predecessor(actor, slug, asked.get("predecessor")),
            "change_note": asked.get("change_note", ""),
        }
        if "candidate" in asked:
            candidate = selectors.candidate(actor=actor, slug=slug, candidate_id=asked["candidate"])
            proposal = registration.Proposal(candidate=candidate, **parts)
            return accepted(registration.request_registration(actor=actor, proposal=proposal))
        submission = submissions.Submission(
            risk_model=entry,
            uri=asked["mlflow_uri"],
            snapshot=selectors.snapshot(actor=actor, snapshot_id=asked["snapshot"]),
            **parts,
        )
        return accepted(submissions.request_submission(actor=actor, submission=submission))


class VersionApi(Api):
    """One version: where it stands, what may come next, what blocks it."""

    @extend_schema(responses=VersionDetail)
    def get(self, request: Request, slug: str, number: int) -> Response:  # noqa: ARG002
        actor = self.actor()
        found = selectors.version(actor=actor, slug=slug, number=number)
        return Response(_detail(actor, found))


@posts(200)
class VersionSubmitApi(WriteApi):
    """Hand a draft to validation."""

    Output = VersionOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        found = selectors.version(actor=self.actor(), slug=kwargs["slug"], number=kwargs["number"])
        services.submit_version(actor=self.actor(), version=found)
        return _answer(self.actor(), kwargs)


@posts(200)
class VersionSuspendApi(WriteApi):
    """Take an approved version out of force at once."""

    Output = VersionOutput

    class Input(StrictSerializer):
        why = serializers.CharField(max_length=20_000)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        found = selectors.version(actor=self.actor(), slug=kwargs["slug"], number=kwargs["number"])
        services.suspend_version(actor=self.actor(), version=found, why=self.input(request)["why"])
        return _answer(self.actor(), kwargs)


def _refuse_both(asked: dict[str, Any]) -> None:
    if {"candidate", "mlflow_uri", "snapshot"} & asked.keys() in ({"candidate"}, {"mlflow_uri", "snapshot"}):
        return
    detail = "Name a candidate, or an mlflow_uri together with its snapshot."
    raise Invalid("It is not said what to register.", [FieldError("/candidate", "one-of", detail)])


def _answer(actor: User, kwargs: dict[str, Any]) -> Answer:
    found = selectors.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
    return Answer(200, dict(VersionOutput(found).data))


def _predecessor(actor: User, slug: str, number: int | None) -> ModelVersion | None:
    return None if number is None else selectors.version(actor=actor, slug=slug, number=number)


def _detail(actor: User, version: ModelVersion) -> dict[str, Any]:
    here = f"/api/v1/models/{version.risk_model.slug}/versions/{version.number}"
    return {
        **VersionOutput(version).data,
        "next_moves": NextMoveOutput(selectors.next_moves(actor=actor, version=version), many=True).data,
        "changes": ChangeOutput(selectors.changes(actor=actor, version=version), many=True).data,
        "links": {"self": here, "evidence": f"{here}/evidence", "dossiers": f"{here}/dossiers"},
    }
