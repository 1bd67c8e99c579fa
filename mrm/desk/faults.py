"""Addresses that nobody answers and faults of ours: problem+json under /api/, a page elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from mrm.lib.api import problem_response
from mrm.lib.errors import Malformed, NotAllowed, NotFound, Refusal


class Fault(Refusal):
    status, code, title = 500, "fault", "Fault"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (the framework's)
    return _answer(request, Malformed(_("The request could not be read. Send it again from the page.")))


@requires_csrf_token
def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, NotAllowed(_("This request was refused. Go back and try once more.")))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, NotFound(_("There is nothing at this address that you may see.")))


def fault(request: HttpRequest) -> HttpResponse:
    """Nothing is asked of the database or of a template here: either may be what failed."""
    refusal = Fault("Something failed here that is not your doing. Quote the request id to the operator.")
    if request.path.startswith("/api/"):
        return problem_response(refusal)
    return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8")


def _answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(refusal)
    words = {"title": _(refusal.title), "why": refusal.message}
    return render(request, "layouts/refusal.html", words, status=refusal.status)
