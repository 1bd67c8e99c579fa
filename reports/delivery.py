"""How a signed file leaves: as a download that no browser guesses at and no cache keeps."""

from __future__ import annotations

from django.http import HttpResponse

from reports.models import Dossier
from reports.selectors import file_name


def pdf_response(dossier: Dossier, content: bytes) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(dossier)}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "ETag": f'"{dossier.signed_digest}"',
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
