"""Jobs by API: how far, how it ended, stop it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, WriteApi
from accounts.idempotency import Answer
from jobs import selectors, services
from jobs.models import Job
from mrm.lib.api import Pages


class JobOutput(serializers.ModelSerializer):
    requested_by = serializers.CharField(source="requested_by.name")

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "subject_type",
            "subject_id",
            "state",
            "step",
            "steps_done",
            "percent",
            "attempt",
            "max_attempts",
            "result",
            "reason",
            "reasons",
            "requested_by",
            "created_at",
            "started_at",
            "ended_at",
        ]


class JobPages(Pages):
    ordering = ("-created_at", "id")


def accepted(job: Job) -> Answer:
    """202 with the address where the work can be watched."""
    return Answer(202, {"job": str(job.pk), "state": job.state}, {"Location": f"/api/v1/jobs/{job.pk}"})


class JobListApi(Api):
    """Jobs that the actor may see, the newest first."""

    @extend_schema(responses=JobOutput(many=True))
    def get(self, request: Request) -> Response:
        pages = JobPages()
        found = pages.paginate_queryset(selectors.visible_jobs(actor=self.actor()), request, view=self)
        return pages.get_paginated_response(JobOutput(found, many=True).data)


class JobReadApi(Api):
    """How far one job is and how it ended."""

    @extend_schema(responses=JobOutput)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:  # noqa: ARG002
        return Response(JobOutput(selectors.job(actor=self.actor(), job_id=job_id)).data)


class JobCancelApi(WriteApi):
    """Stop a job: a queued one ends now, a running one within a second or two."""

    @extend_schema(request=None, responses={200: JobOutput})
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        job = selectors.job(actor=self.actor(), job_id=kwargs["job_id"])
        services.cancel_job(actor=self.actor(), job=job)
        return Answer(200, JobOutput(selectors.job(actor=self.actor(), job_id=job.pk)).data)
