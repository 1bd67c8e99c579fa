"""Addresses that nobody answers and faults of ours: problem+json to programs, a page to people."""

from __future__ import annotations

import re

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import requires_csrf_token

from accounts import lockout
from mrm.lib.api import problem_response
from mrm.lib.errors import Malformed, NotAllowed, NotFound, Refusal, Stale, TooLarge, TooOften

# What a page says above a refusal; named here so that the catalogs hold them.
TITLES = (
    gettext_noop("Refused"),
    gettext_noop("The request could not be read"),
    gettext_noop("Sign in first"),
    gettext_noop("Not allowed"),
    gettext_noop("Not found"),
    gettext_noop("Not at this stage"),
    gettext_noop("In conflict with the present state"),
    gettext_noop("What was shown has changed"),
    gettext_noop("Too large"),
    gettext_noop("Too many tries"),
    gettext_noop("Too often"),
    gettext_noop("Not available now"),
    gettext_noop("Blocked"),
    gettext_noop("The input is not valid"),
    gettext_noop("Erased"),
)


# Below these there is nothing for a browser, also where nobody answers yet.
_PROGRAMS = re.compile(r"/(?:api|v\d+)(?:/|\Z)")


def asked_by_program(request: HttpRequest) -> bool:
    """Whether a refusal of this address is told as problem+json."""
    return _PROGRAMS.match(request.path) is not None


class Fault(Refusal):
    status, code, title = 500, "fault", "Fault"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the framework could not read; too much of it is told as such."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return answer(
            request, TooLarge(_("What was sent is larger than what is read here. Send less of it."))
        )
    return answer(request, Malformed(_("The request could not be read. Send it again from the page.")))


@requires_csrf_token
def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return answer(request, NotAllowed(_("This request was refused. Go back and try once more.")))


@login_not_required
@requires_csrf_token
def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (for the developer, not the reader)
    """A form whose token is missing or stale: mostly a page that stayed open over a sign-out."""
    told = _(
        "This form was not sent from a page you have open now. Go back, load the page again and send it once more."
    )
    return answer(request, NotAllowed(told))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return answer(request, NotFound(_("There is nothing at this address that you may see.")))


def fault(request: HttpRequest) -> HttpResponse:
    """Nothing is asked of the database or of a template here: either may be what failed."""
    refusal = Fault("Something failed here that is not your doing. Quote the request id to the operator.")
    if asked_by_program(request):
        return problem_response(refusal)
    return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8")


def locked_out(request: HttpRequest, credentials: dict[str, str] | None) -> HttpResponse:
    """What django-axes shows instead of the page that was asked, for any name alike."""
    return answer(request, lockout.refusal_of(request, credentials))


def refusal_words(refusal: Refusal) -> dict[str, object]:
    """What layouts/refusal.html shows: what was refused, why, every reason, and the id to quote."""
    reasons = [*getattr(refusal, "reasons", ()), *(error.detail for error in getattr(refusal, "errors", ()))]
    return {
        "title": _(refusal.title),
        "why": refusal.message,
        "reasons": reasons,
        "reference": structlog.contextvars.get_contextvars().get("request_id", ""),
    }


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal in the form of whoever asked."""
    if asked_by_program(request):
        return problem_response(refusal)
    # What the page showed has changed: to a browser that is a conflict, not a failed precondition.
    status = 409 if isinstance(refusal, Stale) else refusal.status
    page = render(request, "refusal.html", refusal_words(refusal), status=status)
    if isinstance(refusal, TooOften):
        page.headers["Retry-After"] = str(refusal.retry_after)
    return page
