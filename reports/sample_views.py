"""The document of a sample run as a file, on the pages and by the API."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import Api
from accounts.pages import person_of, signed_in
from mrm.lib.errors import NotFound
from reports import delivery, sample_documents
from validation import sample_selectors


@signed_in
@require_GET
def sample_run_pdf(request: HttpRequest, sample_run_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = sample_selectors.run(actor=actor, run_id=sample_run_id)
    return delivery.downloaded(sample_documents.drawn(actor=actor, run=found))


class SampleRunPdfApi(Api):
    """The document of a run on a scored sample; it bears no signature."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(
        self,
        request: Request,  # noqa: ARG002
        slug: str,
        sample_id: uuid.UUID,
        sample_run_id: uuid.UUID,
    ) -> HttpResponse:
        found = sample_selectors.run(actor=self.actor(), run_id=sample_run_id)
        if (found.sample.risk_model.slug, found.sample_id) != (slug, sample_id):
            raise NotFound("This sample has no such run.")
        return delivery.downloaded(sample_documents.drawn(actor=self.actor(), run=found))
