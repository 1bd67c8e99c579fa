"""Asking for acts over a version, and taking a question back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from approvals import selectors, services, words
from approvals.forms import WhyForm
from approvals.opening import ASKED_WITH_WORDS
from approvals.pages import crumbs_of_version, home_of
from mrm.lib.errors import NotFound
from mrm.settings import governance
from registry import selectors as registry


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    actor = person_of(request)
    if act not in ASKED_WITH_WORDS:
        raise NotFound(_("There is no such act to ask for."))
    require(actor=actor, permission=Permission(governance.ACTS[act].asks), model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    form = WhyForm(filled(request))

    def put(answers: dict[str, Any]) -> None:
        services.ask_for(actor=actor, version=version, act=act, why=answers["why"])

    here = reverse("version", args=[slug, number])
    context = {
        "title": f"{words.act_words(act)}: {version.label}",
        "lede": _("Independent approvers decide; whoever asks does not sign."),
        "crumbs": [*crumbs_of_version(version), {"label": words.act_words(act)}],
        "submit_label": _("Ask"),
        "cancel_url": here,
    }
    return answered(
        request, form, put, context, (_("It is asked for. Next: independent approvers sign."), here)
    )


@signed_in
@require_http_methods(["GET", "POST"])
def withdrawal(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=request_id)
    require(
        actor=actor,
        permission=Permission(governance.ACTS[question.act].asks),
        model_slug=selectors.slug_of(question),
    )
    form = WhyForm(filled(request))

    def take_back(answers: dict[str, Any]) -> None:
        services.withdraw(actor=actor, request=question, why=answers["why"])

    context = {
        "title": _("Withdraw: %(what)s") % {"what": words.request_words(question)},
        "lede": _(
            "What was signed under it stays in the file and counts for nothing. It may be asked again."
        ),
        "submit_label": _("Withdraw"),
        "cancel_url": reverse("sign-off", args=[question.pk]),
    }
    return answered(request, form, take_back, context, (_("The request is withdrawn."), home_of(question)))


@signed_in
@require_http_methods(["GET", "POST"])
def recusal(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=request_id)
    permission = Permission(governance.ACTS[question.act].signs)
    require(actor=actor, permission=permission, model_slug=selectors.signing_slug_of(question))
    form = WhyForm(filled(request))

    def declare(answers: dict[str, Any]) -> None:
        services.recuse(actor=actor, request=question, why=answers["why"])

    here = reverse("sign-off", args=[question.pk])
    context = {
        "title": _("Declare a conflict: %(what)s") % {"what": words.request_words(question)},
        "lede": _(
            "From then on you sign nothing under this request. It is kept and printed, and not taken back."
        ),
        "submit_label": _("Declare the conflict"),
        "cancel_url": here,
    }
    told = _("Your conflict is declared. Next: other approvers sign."), here
    return answered(request, form, declare, context, told)


@signed_in
@require_POST
def claim(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=request_id)
    held = services.claim(actor=actor, request=question)
    until = f"{held.claimed_until:%Y-%m-%d %H:%M} UTC"
    told = _("You have it in hand until %(until)s. Others see that.") % {"until": until}
    return done(request, told, reverse("sign-off", args=[question.pk]))


@signed_in
@require_POST
def release(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=request_id)
    services.release(actor=actor, request=question)
    told = _("You gave it back. Another approver may take it.")
    return done(request, told, reverse("sign-off", args=[question.pk]))


def answered(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    context: dict[str, Any],
    told: tuple[str, str],
) -> HttpResponse:
    """The page of a form, or what happened once its act is done: words and where to go on."""
    status = attempt(form, act) if request.method == "POST" else 200
    if status == DONE:
        return done(request, *told)
    return render(request, "layouts/form.html", {"form": form, **context}, status=status)
