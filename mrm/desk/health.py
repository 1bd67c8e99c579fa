"""Is the process alive, and may it be given traffic?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from audit import guards


@require_safe
def livez(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """503 until the database answers and keeps every declared invariant."""
    try:
        connection.ensure_connection()
        missing = guards.missing()
    except DatabaseError:
        return JsonResponse({"ready": False, "why": "The database does not answer."}, status=503)
    if missing:
        return JsonResponse({"ready": False, "why": "Database guards are missing.", "guards": missing}, status=503)
    return JsonResponse({"ready": True})
