"""The page of a version's overlays, and asking for one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require
from accounts.pages import filled, person_of, signed_in
from accounts.permissions import Permission
from approvals import selectors, services
from approvals.act_views import answered
from approvals.forms import OverlayForm
from approvals.pages import crumbs_of_version
from approvals.policy import GRANT_OVERLAY
from mrm.settings import governance
from registry import selectors as registry


@signed_in
@require_safe
def overlays(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = registry.version(actor=actor, slug=slug, number=number)
    rows = list(selectors.overlays_of(actor=actor, version=version))
    context = {
        "title": _("Overlays on %(label)s") % {"label": version.label},
        "lede": _(
            "A record of what is put on top of the version. No score is changed by it here: it has to be applied"
            " outside, in provisioning, in pricing or in another approved policy, and ended there when it lapses."
        ),
        "crumbs": [*crumbs_of_version(version), {"label": _("Overlays")}],
        "rows": rows,
        "is_empty": not rows,
        "empty_title": _("No overlay is on record"),
        "empty_text": _("A developer or a validator asks for one on the page of a version in force."),
    }
    return render(request, "approvals/overlays.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    permission = Permission(governance.ACTS[GRANT_OVERLAY].asks)
    require(actor=actor, permission=permission, model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    form, here = OverlayForm(filled(request)), reverse("overlays", args=[slug, number])

    def put(answers: dict[str, Any]) -> None:
        # The day is over when the next one begins.
        until = dt.datetime.combine(answers["until"] + dt.timedelta(days=1), dt.time(), dt.UTC)
        terms = services.Adjustment(answers["kind"], answers["size"], answers["segment"], until)
        services.ask_overlay(actor=actor, version=version, adjustment=terms, why=answers["why"])

    context = {
        "title": _("Ask for an overlay on %(label)s") % {"label": version.label},
        "lede": _("It goes on record once independent approvers have signed, and lapses by itself."),
        "crumbs": [*crumbs_of_version(version), {"label": _("Overlays"), "url": here}, {"label": _("Ask")}],
        "submit_label": _("Ask"),
        "cancel_url": here,
    }
    told = _("It is asked for. Next: independent approvers sign."), here
    return answered(request, form, put, context, told)
