"""The boundary of a request: an id for the log, hostile addresses refused early, refusals shown as pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import check_for_language

from accounts.access import PermissionRefused, note_refusal
from accounts.models import User
from mrm.desk.faults import refusal_words
from mrm.lib.api import problem_response
from mrm.lib.errors import Malformed, Refusal, Stale

Answerer = Callable[[HttpRequest], HttpResponse]


class RequestBoundary:
    """First in, last out: binds a request id to the log lines and refuses NUL in paths and queries."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
                response: HttpResponse = problem_response(Malformed("An address does not contain NUL."))
            else:
                response = self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        response.headers["X-Request-Id"] = request_id
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RefusalsOnPages:
    """A service's refusal becomes a page with the same words; nothing of the form is lost (Back keeps it)."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, PermissionRefused):
            note_refusal(exception)
        if request.path.startswith("/api/"):
            return problem_response(exception)
        # What the page showed has changed: to a browser that is a conflict, not a failed precondition.
        status = 409 if isinstance(exception, Stale) else exception.status
        return render(request, "refusal.html", refusal_words(exception), status=status)


class LanguageOfPerson:
    """A signed-in person reads in the language they chose; a stranger in the one the browser asks for."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and check_for_language(request.user.language):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
