"""Dossiers on pages: ask for one, read one, download it or its tables."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import require
from accounts.pages import done, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.errors import FieldError, Invalid
from registry.selectors import version as visible_version
from reports import delivery, selectors, services
from reports.dossier_form import DossierForm, edition_of
from reports.tables import archive
from reports.twin import content_of


@signed_in
@require_POST
def dossier_build(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = visible_version(actor=actor, slug=slug, number=number)
    form = DossierForm(request.POST)
    if not form.is_valid():
        wrong = [FieldError(f"/{name}", "choice", str(said[0])) for name, said in form.errors.items()]
        raise Invalid(
            _("There is no such edition of a dossier. Choose a language and a paper that are listed."), wrong
        )
    services.request_dossier(actor=actor, version=version, edition=edition_of(form.cleaned_data))
    words = _(
        "The dossier of %(label)s is being built. It is listed here once it is signed, within a minute."
    )
    return done(request, words % {"label": version.label}, reverse("version", args=[slug, number]))


@signed_in
@require_GET
def dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The twin: the same content on a page."""
    from reports.render import html

    actor = person_of(request)
    found = selectors.dossier(actor=actor, dossier_id=dossier_id)
    document = content_of(found)
    version = found.version
    slug = version.risk_model.slug
    label = _("Version %(number)s") % {"number": version.number}
    context = {
        "title": document.title,
        "lede": document.cover.subtitle,
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": slug, "url": reverse("model", args=[slug])},
            {"label": label, "url": reverse("version", args=[slug, version.number])},
            {"label": _("Dossier")},
        ],
        "sections": html.sections(document),
        "edition": document.edition,
        "pdf_url": reverse("dossier-pdf", args=[found.pk]),
        "verifier_url": reverse("dossier-verifier"),
        "tables_url": reverse("dossier-tables", args=[found.pk]),
        "facts": [
            {"term": _("Built"), "at": found.built_at, "text": found.built_by.name},
            {"term": _("Evidence"), "digest": found.evidence_digest},
            {"term": _("Signed file"), "digest": found.signed_digest},
            {"term": _("Content"), "digest": found.content_digest},
            {"term": _("Edition"), "text": document.edition.words},
        ],
    }
    return render(request, "reports/dossier.html", context)


@signed_in
@require_GET
def dossier_verifier(request: HttpRequest) -> HttpResponse:
    require(actor=person_of(request), permission=Permission.DOSSIER_READ)
    return delivery.verifier_response()


@signed_in
@require_GET
def dossier_tables(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.dossier(actor=actor, dossier_id=dossier_id)
    return delivery.tables_response(found, archive(content_of(found)))


@signed_in
@require_GET
def dossier_pdf(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.dossier(actor=actor, dossier_id=dossier_id)
    return delivery.pdf_response(found, selectors.pdf_of(actor=actor, dossier=found))
