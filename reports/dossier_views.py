"""Dossiers on pages: ask for one, download one."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.pages import done, person_of, signed_in
from registry.selectors import version as visible_version
from reports import delivery, selectors, services


@signed_in
@require_POST
def dossier_build(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = visible_version(actor=actor, slug=slug, number=number)
    services.request_dossier(actor=actor, version=version)
    words = _(
        "The dossier of %(label)s is being built. It is listed here once it is signed, within a minute."
    )
    return done(request, words % {"label": version.label}, reverse("version", args=[slug, number]))


@signed_in
@require_GET
def dossier_pdf(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.dossier(actor=actor, dossier_id=dossier_id)
    return delivery.pdf_response(found, selectors.pdf_of(actor=actor, dossier=found))
