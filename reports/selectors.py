"""Reading dossiers: which were signed, and their bytes."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry.models import ModelVersion
from reports import store
from reports.models import Dossier
from reports.services import why_not_buildable


def dossiers_of(*, actor: User, version: ModelVersion) -> QuerySet[Dossier]:
    """The signed dossiers of one version, the newest first."""
    require(actor=actor, permission=Permission.DOSSIER_READ, model_slug=version.risk_model.slug)
    rows = Dossier.objects.filter(version=version).select_related("version__risk_model", "built_by__person")
    return rows.order_by("-built_at", "id")


def dossier(*, actor: User, dossier_id: uuid.UUID) -> Dossier:
    found = (
        Dossier.objects.select_related("version__risk_model", "built_by__person")
        .filter(pk=dossier_id)
        .first()
    )
    if found is None or not _may_read(actor, found):
        raise NotFound("There is no such dossier that you may see.")
    return found


def pdf_of(*, actor: User, dossier: Dossier) -> bytes:
    """The signed file, checked against its digest on the way out. Unavailable when it is missing or altered."""
    require(actor=actor, permission=Permission.DOSSIER_READ, model_slug=dossier.version.risk_model.slug)
    return store.read(dossier.signed_digest)


def why_actor_cannot_build(*, actor: User, version: ModelVersion) -> str | None:
    """What the page says instead of a button that would be refused; None shows the button."""
    if not allows(actor=actor, permission=Permission.DOSSIER_BUILD, model_slug=version.risk_model.slug):
        return f"{actor.name} may not build dossiers of {version.risk_model.slug}."
    return why_not_buildable(version)


def file_name(dossier: Dossier) -> str:
    """ASCII by construction: a slug, a number, the beginning of a digest."""
    return f"{dossier.version.risk_model.slug}-v{dossier.version.number}-dossier-{dossier.signed_digest[:12]}.pdf"


def _may_read(actor: User, found: Dossier) -> bool:
    slug = found.version.risk_model.slug
    return allows(actor=actor, permission=Permission.DOSSIER_READ, model_slug=slug)
