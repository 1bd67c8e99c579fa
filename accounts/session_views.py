"""Where one is signed in, and ending it there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import sessions as services
from accounts.pages import done, only_asked, person_of, signed_in
from accounts.session_store import digest_of

_MOST = 100


@signed_in
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    rows = list(services.sessions_of(actor=actor, user=actor)[:_MOST])
    limit = services.idle_limit(actor)
    words = _("A sign-in holds for %(hours)s hours, and ends when nobody was there for %(minutes)s minutes.")
    if limit == services.LONGEST:
        words = _(
            "A sign-in holds for %(hours)s hours. End the ones you do not know, then change your password."
        )
    said = {"hours": services.LONGEST.seconds // 3600, "minutes": limit.seconds // 60}
    context = {
        "title": _("Where you are signed in"),
        "lede": words % said,
        "sessions": rows,
        "here": digest_of(request.session.session_key or ""),
        "has_others": len(rows) > 1,
    }
    return render(request, "accounts/sessions.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def session_end(request: HttpRequest, digest: str) -> HttpResponse:
    if back := only_asked(request, reverse("sessions")):
        return back
    actor = person_of(request)
    services.end_session(actor=actor, session=services.own_session(actor=actor, digest=digest))
    return done(request, _("You are signed out there."), reverse("sessions"))


@signed_in
@require_http_methods(["GET", "POST"])
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    if back := only_asked(request, reverse("sessions")):
        return back
    ended = services.end_other_sessions(actor=person_of(request), kept=request.session.session_key or "")
    told = ngettext(
        "You are signed out of %(n)s other place.", "You are signed out of %(n)s other places.", ended
    )
    return done(request, told % {"n": ended}, reverse("sessions"))
