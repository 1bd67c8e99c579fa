"""One's API tokens: what they may do, when they end, issuing one, ending one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors, services
from accounts.confirming import Question, confirmed
from accounts.forms import TokenForm
from accounts.models import Token
from accounts.pages import DONE, attempt, filled, person_of, signed_in
from accounts.paging import page_after

_ISSUED = 201


@signed_in
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    rows = selectors.visible_tokens(actor=actor, user=actor)
    page = page_after(rows, "created_at", request.GET.get("after", ""))
    here = reverse("tokens")
    context = {
        "title": _("Tokens"),
        "lede": _(
            "What programs present in your name. Each may do what you chose for it, while you may do it too."
        ),
        "main_act": {"label": _("Issue a token"), "url": reverse("token-issue")},
        "tokens": [(each, selectors.state_of_token(each)) for each in page.rows],
        "is_empty": not page.rows,
        "empty_title": _("You have issued no token"),
        "empty_text": _("A token lets the mlflow client, a script or another service speak for you."),
        "page": {"next_url": f"{here}?after={page.after}" if page.after else ""},
    }
    return render(request, "accounts/tokens.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def token_issue(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    form = TokenForm(filled(request), scopes=sorted(services.permissions_of(actor)))
    issued: list[tuple[Token, str]] = []
    status = (
        attempt(form, lambda answers: issued.append(services.issue_token(actor=actor, **answers)))
        if request.method == "POST"
        else 200
    )
    crumbs = [{"label": _("Tokens"), "url": reverse("tokens")}]
    if status == DONE:
        return _shown_once(request, *issued[0], crumbs)
    context: dict[str, Any] = {
        "title": _("Issue a token"),
        "crumbs": [*crumbs, {"label": _("Issue a token")}],
        "lede": _("You answer for what is done with it: it acts under your name."),
        "form": form,
        "submit_label": _("Issue the token"),
        "cancel_url": reverse("tokens"),
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def token_revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    token = selectors.visible_token(actor=actor, token_id=token_id)
    is_own = token.user_id == actor.pk
    back = reverse("tokens") if is_own else reverse("person", args=[token.user_id])
    question = Question(
        title=_("Revoke the token %(name)s") % {"name": token.name},
        lede=_(
            "Whatever presents it is refused from then on. This cannot be taken back: issue another instead."
        ),
        button=_("Revoke the token"),
        told=_("The token %(name)s counts no more.") % {"name": token.name},
        back_url=back,
        crumbs=[{"label": _("Tokens") if is_own else token.user.name, "url": back}],
    )
    return confirmed(request, question, lambda: services.revoke_token(actor=actor, token=token))


def _shown_once(
    request: HttpRequest, token: Token, secret: str, crumbs: list[dict[str, str]]
) -> HttpResponse:
    """No redirect: the secret would have to be kept somewhere on the way."""
    context = {
        "title": _("The token %(name)s") % {"name": token.name},
        "crumbs": [*crumbs, {"label": token.name}],
        "lede": _("Copy it now: only its digest is kept, and nobody can show it again."),
        "token": token,
        "secret": secret,
    }
    return render(request, "accounts/token_issued.html", context, status=_ISSUED)
