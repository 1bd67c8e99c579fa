"""What this app's answers look like, and the words every signature needs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from accounts.api import StrictSerializer
from accounts.codes import LONGEST_CODE
from accounts.models import User
from accounts.passkeys import LONGEST_CREDENTIAL
from accounts.permissions import Permission
from accounts.stepup import Proof
from registry.api.base import Shown
from validation.demands import Demand
from validation.models import Answered, CheckResult, ValidationRun
from validation.selectors import check_card, person_named
from validation.signing import LONGEST_RATIONALE


class SignatureInput(StrictSerializer):
    """What comes with a signature; the digest of what was shown comes as If-Match."""

    rationale = serializers.CharField(max_length=LONGEST_RATIONALE)
    challenge = serializers.CharField(max_length=64)
    password = serializers.CharField(
        max_length=1_000, trim_whitespace=False, required=False, default="", allow_blank=True
    )
    code = serializers.CharField(
        max_length=LONGEST_CODE,
        required=False,
        default="",
        allow_blank=True,
        help_text="With the password, where an authenticator app is enrolled: its code, or a recovery code.",
    )
    passkey = serializers.CharField(
        max_length=LONGEST_CREDENTIAL,
        required=False,
        default="",
        allow_blank=True,
        help_text="Instead of both: the assertion (WebAuthn JSON) of a passkey over the challenge.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The three members are one proof to the services."""
        rest = dict(attrs)
        given = {name: rest.pop(name) for name in ("password", "code", "passkey")}
        if not given["password"] and not given["passkey"]:
            raise serializers.ValidationError(
                {"password": ["Give the password, or the assertion of a passkey."]}, code="required"
            )
        return {**rest, "proof": Proof(**given)}


class ConditionInput(StrictSerializer):
    """What is asked for later; without an owner the model's owner answers for it."""

    words = serializers.CharField(max_length=LONGEST_RATIONALE)
    due_at = serializers.DateTimeField()
    owner = serializers.CharField(max_length=64, required=False)


def demanded(
    asked: list[dict[str, Any]], *, actor: User, permission: Permission, model_slug: str | None
) -> list[Demand]:
    """Conditions of a body, their owners looked up for whoever may sign."""

    def named(username: str | None) -> User | None:
        if username is None:
            return None
        return person_named(username, actor=actor, permission=permission, model_slug=model_slug)

    return [Demand(each["words"], each["due_at"], named(each.get("owner"))) for each in asked]


class SignedOutput(Shown):
    id = serializers.UUIDField()
    by = serializers.CharField(source="printed_name")
    meaning = serializers.CharField()
    rationale = serializers.CharField()
    evidence_digest = serializers.CharField()
    shown_digest = serializers.CharField()
    at = serializers.DateTimeField()


class AnsweredOutput(Shown):
    """One result with the question it answers. Numbers are text, so that nothing is rounded on the way."""

    id = serializers.UUIDField()
    check = serializers.CharField(source="check_id")
    title = serializers.SerializerMethodField()
    section = serializers.SerializerMethodField()
    question = serializers.SerializerMethodField()
    verdict = serializers.CharField()
    is_blocking = serializers.BooleanField()
    headline = serializers.CharField()
    measurements = serializers.ListField()
    tables = serializers.DictField()
    digest = serializers.CharField()

    def get_title(self, result: Answered) -> str:
        card = check_card(result.check_id)
        return result.check_id if card is None else card.title

    def get_section(self, result: Answered) -> str:
        card = check_card(result.check_id)
        return "" if card is None else str(card.section)

    def get_question(self, result: Answered) -> str:
        card = check_card(result.check_id)
        return "" if card is None else card.question


class ResultOutput(AnsweredOutput):
    deviations = SignedOutput(many=True)


class RunOutput(Shown):
    id = serializers.UUIDField()
    model = serializers.CharField(source="version.risk_model.slug")
    version = serializers.IntegerField(source="version.number")
    standard = serializers.CharField(source="standard.slug")
    standard_digest = serializers.CharField(source="standard.digest")
    plan = serializers.ListField(child=serializers.CharField())
    job = serializers.UUIDField(source="job_id")
    started_by = serializers.CharField(source="started_by.name")
    started_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    evidence_digest = serializers.CharField()


def shown_header(request: Request) -> str:
    """The digest a client says it was shown; empty when it says nothing, which matches nothing."""
    return request.headers.get("If-Match", "").strip().strip('"')


def run_with_results(run: ValidationRun, results: list[CheckResult]) -> dict[str, Any]:
    return {**RunOutput(run).data, "results": ResultOutput(results, many=True).data}
