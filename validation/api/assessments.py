"""A validator's words by API: assessments, questions and answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from registry import selectors as registry
from registry import version_files
from registry.api.base import Shown, paged, posts
from registry.api.documents import DIGESTS, FileOutput
from validation import assessing, assessments
from validation.assessing import Written
from validation.signing import LONGEST_RATIONALE
from validation.topics import Rating, Topic


class AssessmentOutput(Shown):
    id = serializers.UUIDField()
    topic = serializers.CharField()
    revision = serializers.IntegerField()
    rating = serializers.CharField()
    text = serializers.CharField()
    files = FileOutput(many=True)
    by = serializers.CharField(source="printed_name")
    at = serializers.DateTimeField()
    evidence_digest = serializers.CharField()


class QuestionOutput(Shown):
    id = serializers.UUIDField()
    topic = serializers.CharField()
    text = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by.name")
    asked_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_by = serializers.CharField(source="answered_by.name", default=None, allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


@posts(201)
class AssessmentListApi(WriteApi):
    """Every revision of a version's assessment, the newest first, and writing one. `files` are digests of files beside
    the version."""

    Output = AssessmentOutput

    class Input(StrictSerializer):
        topic = serializers.ChoiceField(choices=Topic.values)
        rating = serializers.ChoiceField(choices=Rating.values)
        text = serializers.CharField(max_length=LONGEST_RATIONALE)
        files = DIGESTS

    @extend_schema(responses=AssessmentOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        rows = assessments.assessment_history(actor=self.actor(), version=version)
        return paged(self, request, rows, ("-at", "-revision", "id"), AssessmentOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        files = version_files.files_named(version, asked.get("files", []))
        written = Written(asked["topic"], asked["rating"], asked["text"], files)
        row = assessing.write_assessment(actor=actor, version=version, written=written)
        return Answer(201, dict(AssessmentOutput(row).data))


@posts(201)
class QuestionListApi(WriteApi):
    """What was asked about a version, and asking."""

    Output = QuestionOutput

    class Input(StrictSerializer):
        topic = serializers.ChoiceField(choices=Topic.values)
        text = serializers.CharField(max_length=LONGEST_RATIONALE)

    @extend_schema(responses=QuestionOutput(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        version = registry.version(actor=self.actor(), slug=slug, number=number)
        rows = assessments.questions(actor=self.actor(), version=version)
        return paged(self, request, rows, ("asked_at", "id"), QuestionOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        version = registry.version(actor=actor, slug=kwargs["slug"], number=kwargs["number"])
        row = assessing.ask_question(actor=actor, version=version, topic=asked["topic"], text=asked["text"])
        return Answer(201, dict(QuestionOutput(row).data))


@posts(200)
class QuestionAnswerApi(WriteApi):
    """The developer's answer, given once."""

    Output = QuestionOutput

    class Input(StrictSerializer):
        text = serializers.CharField(max_length=LONGEST_RATIONALE)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor = self.actor()
        question = assessments.question(actor=actor, question_id=kwargs["question_id"])
        row = assessing.answer_question(actor=actor, question=question, text=self.input(request)["text"])
        return Answer(200, dict(QuestionOutput(row).data))


class QuestionReadApi(Api):
    """One question with its answer."""

    @extend_schema(responses=QuestionOutput)
    def get(self, request: Request, question_id: Any) -> Response:  # noqa: ARG002
        return Response(
            QuestionOutput(assessments.question(actor=self.actor(), question_id=question_id)).data
        )
