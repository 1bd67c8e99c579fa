"""Pages of what lies beside a version: the developer's document and files."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows, require
from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from registry import selectors, version_files
from registry.developer_documents import lacking_parts, newest_document, write_document
from registry.document_forms import DocumentForm, FileForm
from registry.document_template import template
from registry.lifecycle import Stage
from registry.models import DeveloperDocument, ModelVersion, VersionFile
from registry.version_files import Brought, add_file


@signed_in
@require_safe
def document(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.FINDING_READ, model_slug=slug)
    version = selectors.version(actor=actor, slug=slug, number=number)
    newest, lacking = newest_document(version), lacking_parts(version)
    act = {"label": _("Write it"), "url": reverse("document-write", args=[slug, number])}
    said = {} if newest is None else newest.parts
    context = {
        "title": _("Developer's document of %(label)s") % {"label": version.label},
        "lede": _lede(newest),
        "crumbs": [*_crumbs(version), {"label": _("Developer's document")}],
        "main_act": act if _may_write(actor, version) else None,
        "lacking": [part.title.here for part in lacking],
        "parts": [(part.title.here, said[part.key]) for part in template().parts if part.key in said],
        "is_written": newest is not None,
        "facts": _facts(newest),
    }
    return render(request, "registry/document.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def document_write(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.DOCUMENT_WRITE, model_slug=slug)
    version = selectors.version(actor=actor, slug=slug, number=number)
    newest = newest_document(version)
    standing = {} if newest is None else newest.parts
    form = DocumentForm(filled(request), tier=version.risk_model.tier, initial=standing)

    def write(answers: dict[str, Any]) -> None:
        write_document(actor=actor, version=version, parts=answers)

    status = attempt(form, write) if request.method == "POST" else 200
    page = reverse("document", args=[slug, number])
    if status == DONE:
        return done(request, _kept_words(version), page)
    context = {
        "title": _("Write the developer's document of %(label)s") % {"label": version.label},
        "lede": _(
            "What is sent is kept as the next revision, complete or not. It stands in the dossier as you wrote it."
        ),
        "crumbs": [*_crumbs(version), {"label": _("Developer's document"), "url": page}],
        "form": form,
        "submit_label": _("Keep this revision"),
        "cancel_url": page,
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.FINDING_READ, model_slug=slug)
    version = selectors.version(actor=actor, slug=slug, number=number)
    form = FileForm(request.POST or None, request.FILES or None)

    def add(answers: dict[str, Any]) -> None:
        add_file(actor=actor, version=version, brought=brought_of(answers["file"]))

    status = attempt(form, add) if request.method == "POST" else 200
    here = reverse("version-files", args=[slug, number])
    if status == DONE:
        return done(request, _("The file lies beside the version. Its digest stands in the ledger."), here)
    may_add = allows(actor=actor, permission=Permission.FILE_ADD, model_slug=slug)
    context = {
        "title": _("Files beside %(label)s") % {"label": version.label},
        "lede": _("Papers, notebooks, minutes: whatever a judgement rests on, by the digest of its bytes."),
        "crumbs": [*_crumbs(version), {"label": _("Files")}],
        "files": version_files.files_of(actor=actor, version=version),
        "form": form if may_add else None,
    }
    return render(request, "registry/version_files.html", context, status=status)


@signed_in
@require_safe
def file_download(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = version_files.file(actor=actor, file_id=file_id)
    return file_response(found, version_files.content_of(actor=actor, found=found))


def file_response(found: VersionFile, content: bytes) -> HttpResponse:
    """As a download that no browser guesses at, shows or keeps: its bytes are somebody else's."""
    headers = {
        "Content-Disposition": content_disposition_header(True, found.name) or "attachment",  # noqa: FBT003
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
        "ETag": f'"{found.digest}"',
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


def brought_of(upload: Any) -> Brought:  # Any: what the framework's file field gives
    """No more is read than may be kept, and one byte to know that it is more."""
    return Brought(upload.name, upload.read(version_files.MAX_BYTES + 1))


def _may_write(actor: User, version: ModelVersion) -> bool:
    slug = version.risk_model.slug
    return version.stage == Stage.DRAFT and allows(
        actor=actor, permission=Permission.DOCUMENT_WRITE, model_slug=slug
    )


def _kept_words(version: ModelVersion) -> str:
    lacking = len(lacking_parts(version))
    if not lacking:
        return _("The document is kept. Next: submit the version to validation.")
    words = ngettext(
        "The document is kept. %(n)s part is still to be written before the version can be submitted.",
        "The document is kept. %(n)s parts are still to be written before the version can be submitted.",
        lacking,
    )
    return words % {"n": lacking}


def _lede(newest: DeveloperDocument | None) -> str:
    if newest is None:
        return _("Nobody has written it yet. Without it the version cannot be submitted to validation.")
    return _("The developer's own words; the validator's judgement of them stands in the assessment.")


def _facts(newest: DeveloperDocument | None) -> list[dict[str, Any]]:
    if newest is None:
        return []
    return [
        {"term": _("Revision"), "text": str(newest.revision)},
        {"term": _("Written by"), "text": newest.written_by.name, "at": newest.written_at},
        {"term": _("Digest"), "digest": newest.digest},
        {"term": _("Digest of the template"), "digest": newest.template_digest},
    ]


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {
            "label": _("Version %(number)s") % {"number": version.number},
            "url": reverse("version", args=[slug, version.number]),
        },
    ]
