"""The operator's acts: deploy a version, empty the slot."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from registry.forms import WhyForm
from scoring import selectors, slots


@signed_in
@require_POST
def deploy(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = selectors.version_to_deploy(actor=actor, model_slug=slug, number=number)
    slots.deploy(actor=actor, version=version)
    words = _("%(label)s is the champion: from now on it decides every request. Next: loan officers use it.")
    return done(request, words % {"label": version.label}, reverse("version", args=[slug, number]))


@signed_in
@require_http_methods(["GET", "POST"])
def deployment_end(request: HttpRequest, deployment_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.DEPLOYMENT_END)
    deployment = selectors.deployment(actor=actor, deployment_id=deployment_id)
    version = deployment.version
    here = reverse("version", args=[version.risk_model.slug, version.number])
    form = WhyForm(filled(request))

    def end(answers: dict[str, Any]) -> None:
        slots.end_deployment(actor=actor, deployment=deployment, why=answers["why"])

    status = attempt(form, end) if request.method == "POST" else 200
    if status == DONE:
        words = _(
            "The deployment of %(label)s has ended. Requests are refused until another version is deployed."
        )
        return done(request, words % {"label": version.label}, here)
    context = {
        "title": _("End the deployment of %(label)s") % {"label": version.label},
        "lede": _("The slot is empty from then on: every request is refused."),
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": version.risk_model.slug, "url": reverse("model", args=[version.risk_model.slug])},
            {"label": _("Version %(number)s") % {"number": version.number}, "url": here},
        ],
        "form": form,
        "submit_label": _("End the deployment"),
        "cancel_url": here,
    }
    return render(request, "layouts/form.html", context, status=status)
