"""The boundary of a request: an id for the log, hostile addresses refused early, refusals shown as pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from accounts import drafts, sessions
from accounts.access import PermissionRefused, note_refusal
from accounts.models import User
from accounts.pages import SeeOther
from accounts.proofs import ProofRefused, note_wrong
from mrm.desk.faults import answer
from mrm.lib import memo
from mrm.lib.api import problem_response
from mrm.lib.errors import Malformed, Refusal
from mrm.settings import governance

_SAFE = ("GET", "HEAD")

Answerer = Callable[[HttpRequest], HttpResponse]


class RequestBoundary:
    """First in, last out: binds a request id to the log lines, refuses NUL in paths and queries, and opens a
    reading for what writes nothing."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
                response: HttpResponse = problem_response(Malformed("An address does not contain NUL."))
            else:
                response = self._answered(request)
        finally:
            structlog.contextvars.clear_contextvars()
        response.headers["X-Request-Id"] = request_id
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _answered(self, request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE:
            return self.get_response(request)
        # A page asks for the same grants and the same run behind each of its buttons.
        with memo.reading():
            return self.get_response(request)


class SignInLimits:
    """Ends a sign-in whose time is over, and keeps what its next form sends until its person has signed in again."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The API knows nobody by a cookie, and asks nothing about sessions.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not request.path.startswith("/api/v1/"):
            request.sign_in_over = sessions.check(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Any,
        args: Any,  # noqa: ARG002 (the framework's signature)
        kwargs: Any,  # noqa: ARG002
    ) -> HttpResponse | None:
        """After the form's token was found good, before a stranger is sent away."""
        if not getattr(view, "login_required", True) or request.path.startswith("/api/v1/"):
            return None
        owner = sessions.left_off(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if owner is None:
            return None
        is_part = request.headers.get("HX-Request") == "true"
        _say_why(request)
        if request.method != "POST":
            # A part of a page has asked: the whole page asks again, and is led to the sign-in.
            return HttpResponseClientRefresh() if is_part else None
        if _is_a_form(request) and drafts.keep(user=owner, path=request.get_full_path(), fields=request.POST):
            words = _(
                "What you entered was not sent. It is kept for you alone, for %(hours)s hours: sign in again."
            )
            messages.warning(request, words % {"hours": governance.DRAFT_HOURS})
        else:
            messages.warning(
                request, _("What you just asked for was not done. Sign in again, then ask once more.")
            )
        target = f"{reverse('sign-in')}?{urlencode({'next': _way_back(request)})}"
        return HttpResponseClientRedirect(target) if is_part else SeeOther(target)


def _is_a_form(request: HttpRequest) -> bool:
    """What a script asks for beside a form (the challenge of a passkey) is nothing to come back to."""
    is_part = request.headers.get("HX-Request") == "true"
    return is_part or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _say_why(request: HttpRequest) -> None:
    over = getattr(request, "sign_in_over", None)
    if over is None:
        return
    if over == sessions.LONGEST:
        words = _("You were signed out: a sign-in holds for %(hours)s hours.")
        messages.info(request, words % {"hours": governance.SIGN_IN_HOURS})
        return
    words = _("You were signed out: nobody was here for %(minutes)s minutes.")
    messages.info(request, words % {"minutes": int(over.total_seconds() // 60)})


def _way_back(request: HttpRequest) -> str:
    """The page the form stood on, where the browser says it: the form's own address may be for acts only."""
    said = urlsplit(request.headers.get("Referer", ""))
    if said.netloc == request.get_host() and said.path.startswith("/"):
        return said.path + (f"?{said.query}" if said.query else "")
    return request.get_full_path()


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
        if isinstance(exception, ProofRefused):
            note_wrong(exception.actor)
        return answer(request, exception)


class LanguageOfPerson:
    """A signed-in person reads in the language they chose; a stranger in the one the browser asks for."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and check_for_language(request.user.language):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
