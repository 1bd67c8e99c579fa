"""Verifying the ledger by API: ask for it, then read its verdict."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, WriteApi
from accounts.idempotency import Answer
from registry.api.base import Accepted, posts
from reports import ledger_verification as verifying


@posts(202)
class LedgerVerificationRequestApi(WriteApi):
    """Have every entry, segment, checkpoint, decision and access computed again and compared."""

    Output = Accepted

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        job = verifying.request_verification(actor=self.actor())
        address = f"/api/v1/ledger/verifications/{job.pk}"
        return Answer(202, {"job": str(job.pk), "state": job.state}, {"Location": address})


class LedgerVerificationReadApi(Api):
    """How far it is, and its verdict once it has one: `proven` says what that shows, `unproven` what it cannot."""

    class Output(serializers.Serializer[Any]):
        job = serializers.UUIDField()
        state = serializers.CharField()
        percent = serializers.IntegerField()
        verdict = serializers.ChoiceField(["intact", "broken", "unproven"], required=False)
        entries = serializers.IntegerField(required=False)
        head = serializers.CharField(required=False)
        root = serializers.CharField(required=False)  # type: ignore[assignment]  # of the answer
        covered = serializers.IntegerField(required=False)
        outside = serializers.IntegerField(required=False)
        faults_found = serializers.IntegerField(required=False)
        faults = serializers.ListField(child=serializers.DictField(), required=False)
        proven = serializers.ListField(child=serializers.CharField(), required=False)
        unproven = serializers.ListField(child=serializers.CharField(), required=False)
        logs = serializers.ListField(child=serializers.DictField(), required=False)

    @extend_schema(responses=Output)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:  # noqa: ARG002
        job = verifying.verification_job(actor=self.actor(), job_id=job_id)
        said = {"job": str(job.pk), "state": job.state, "percent": job.percent, "reason": job.reason}
        return Response({**job.result, **said})
