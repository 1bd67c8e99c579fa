"""Inviting somebody, and the way in for whoever was invited."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import invitations as services
from accounts.access import require
from accounts.confirming import Question, confirmed
from accounts.forms import InvitationForm, NewPasswordForm
from accounts.handlers import link_of
from accounts.models import Invitation
from accounts.pages import DONE, SeeOther, attempt, done, filled, person_of, signed_in
from accounts.paging import page_after
from accounts.permissions import Permission
from accounts.selectors import the_installation

_MADE = 201
_INVITED = "invitation"


@signed_in
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    rows = services.visible_invitations(actor=person_of(request))
    page = page_after(rows, "invited_at", request.GET.get("after", ""))
    here = reverse("invitations")
    context = {
        "title": _("Invitations"),
        "crumbs": [{"label": _("People"), "url": reverse("people")}, {"label": _("Invitations")}],
        "lede": _("Who was asked to make an account. A link works once, for three days."),
        "main_act": {"label": _("Invite somebody"), "url": reverse("invite")},
        "invitations": [(each, services.state_of(each)) for each in page.rows],
        "is_empty": not page.rows,
        "empty_title": _("Nobody was invited yet"),
        "empty_text": _("Whoever is invited chooses a password and begins without any role."),
        "page": {"next_url": f"{here}?after={page.after}" if page.after else ""},
    }
    return render(request, "accounts/invitations.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.USER_MANAGE)
    form = InvitationForm(filled(request))
    made: list[tuple[Invitation, str]] = []

    def ask(answers: dict[str, Any]) -> None:
        invited = services.Invited(**answers)
        if invited.mail:
            made.append((services.invite_by_mail(actor=actor, invited=invited), ""))
        else:
            made.append(services.invite(actor=actor, invited=invited))

    status = attempt(form, ask) if request.method == "POST" else 200
    if status != DONE:
        return _form(request, form, status)
    invitation, secret = made[0]
    if secret:
        return _handed_over(request, invitation, secret)
    told = _("The link is being mailed to %(name)s. Next: they choose a password; then roles can be given.")
    return done(request, told % {"name": invitation.name}, reverse("invitations"))


@signed_in
@require_http_methods(["GET", "POST"])
def invitation_revoke(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    found = services.visible_invitation(actor=actor, invitation_id=invitation_id)
    question = Question(
        title=_("Revoke the invitation of %(name)s") % {"name": found.name},
        lede=_("Its link opens nothing from then on."),
        button=_("Revoke the invitation"),
        told=_("The invitation of %(name)s is revoked.") % {"name": found.name},
        back_url=reverse("invitations"),
        crumbs=[{"label": _("Invitations"), "url": reverse("invitations")}],
    )
    return confirmed(request, question, lambda: services.revoke_invitation(actor=actor, invitation=found))


@login_not_required
@never_cache
@require_safe
def invitation(request: HttpRequest) -> HttpResponse:
    """The address of the link. It shows nothing: the secret is gone from the address before a page is seen, so that no
    page, no request from it and no history of the browser carries it. The session remembers which invitation it was."""
    found = services.invitation_of(request.GET.get("key", "")[:200])
    if found is not None:
        request.session[_INVITED] = str(found.pk)
    return SeeOther(reverse("invitation-accept"))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest) -> HttpResponse:
    found = services.invitation_by_id(request.session.get(_INVITED))
    services.require_open(found)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)

    def accept(answers: dict[str, Any]) -> None:
        services.accept_invitation(actor=the_installation(), invitation=found, password=answers["password"])

    status = attempt(form, accept) if request.method == "POST" else 200
    if status == DONE:
        request.session.pop(_INVITED, None)
        told = _("Your account is made. Sign in as %(username)s; an administrator gives you your roles.")
        return done(request, told % {"username": found.username}, reverse("sign-in"))
    context = {
        "title": _("Welcome, %(name)s") % {"name": found.name},
        "lede": _("Your user name is %(username)s. Choose a password that nobody else knows.")
        % {"username": found.username},
        "form": form,
        "submit_label": _("Make my account"),
    }
    return render(request, "layouts/form.html", context, status=status)


def _form(request: HttpRequest, form: InvitationForm, status: int) -> HttpResponse:
    context = {
        "title": _("Invite somebody"),
        "crumbs": [
            {"label": _("Invitations"), "url": reverse("invitations")},
            {"label": _("Invite somebody")},
        ],
        "lede": _("They choose their own password, and begin without any role."),
        "form": form,
        "submit_label": _("Invite"),
        "cancel_url": reverse("invitations"),
    }
    return render(request, "layouts/form.html", context, status=status)


def _handed_over(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """No redirect: the secret would have to be kept somewhere on the way."""
    context = {
        "title": _("The invitation of %(name)s") % {"name": invitation.name},
        "crumbs": [{"label": _("Invitations"), "url": reverse("invitations")}, {"label": invitation.name}],
        "lede": _("Give them this link, by a way that reaches nobody else. It cannot be shown again."),
        "invitation": invitation,
        "link": link_of(secret),
    }
    return render(request, "accounts/invitation_handed_over.html", context, status=_MADE)
