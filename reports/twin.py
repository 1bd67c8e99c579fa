"""The twin of a sealed document on a page: the very content of its PDF, read from the store by its digest."""

from __future__ import annotations

from mrm.lib import canonical
from mrm.lib.errors import NotFound
from reports import store
from reports.build.content import Document
from reports.build.frozen import thaw
from reports.models import AuditReport, Dossier


def content_of(dossier: Dossier | AuditReport) -> Document:
    """NotFound where the dossier was made before its content was kept; Unavailable where it is missing or altered."""
    if not dossier.content_digest:
        raise NotFound("This dossier was made before its content was kept beside it. Build another one.")
    return thaw(store.read(dossier.content_digest))


def drawn_again(dossier: Dossier | AuditReport) -> str:
    """SHA-256 of the unsigned file, drawn anew from the frozen content alone."""
    from reports.render.pdf import render

    return canonical.sha256(render(content_of(dossier)).content)
