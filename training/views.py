"""Asking for a training, and for a snapshot made of several tables."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib import strict_json
from registry import selectors as registry
from registry.snapshot_form import roles_of
from training import selectors, services
from training.forms import AssemblyForm, TrainingForm
from training.snapshot_choices import snapshots_to_choose


@signed_in
@require_http_methods(["GET", "POST"])
def training_request(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=slug)
    entry = registry.risk_model(actor=actor, slug=slug)
    form = TrainingForm(
        filled(request),
        recipes=[(each.name, each.name) for each in selectors.recipes(actor=actor)],
        snapshots=snapshots_to_choose(actor),
    )

    def ask(answers: dict[str, Any]) -> None:
        chosen = registry.snapshot(actor=actor, snapshot_id=uuid.UUID(answers["snapshot"]))
        services.request_training(
            actor=actor, risk_model=entry, snapshot=chosen, recipe=answers["recipe"], settings={}
        )

    status = attempt(form, ask) if request.method == "POST" else 200
    here = reverse("model", args=[slug])
    if status == DONE:
        words = _(
            "The training for %(slug)s is queued. Next: its candidate stands on this page, you register it."
        )
        return done(request, words % {"slug": slug}, here)
    context = {
        "title": _("Train for %(slug)s") % {"slug": slug},
        "lede": _(
            "What comes out is a candidate in MLflow. It decides nothing until it is a version in force."
        ),
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": slug, "url": here},
            {"label": _("Training")},
        ],
        "form": form,
        "submit_label": _("Queue the training"),
        "cancel_url": here,
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def assembly_request(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    form = AssemblyForm(filled(request))
    asked: list[uuid.UUID] = []

    def ask(answers: dict[str, Any]) -> None:
        raw = strict_json.loads(answers["assembly"].encode("utf-8", "surrogatepass"))
        assembly, declaration = services.declared(raw, roles_of(answers))
        job = services.request_assembly(actor=actor, assembly=assembly, declaration=declaration)
        asked.append(job.pk)

    status = attempt(form, ask) if request.method == "POST" else 200
    if status == DONE:
        words = _("The tables are being read. Next: the snapshot stands in the list when it is frozen.")
        return done(request, words, reverse("job", args=asked))
    here = reverse("snapshots")
    context = {
        "title": _("Make a table of several"),
        "crumbs": [{"label": _("Snapshots"), "url": here}, {"label": _("Make a table of several")}],
        "lede": _(
            "Files, folders and queries that are joined by declared keys. What matches, what does not and what comes"
            " late is counted, and nothing is multiplied."
        ),
        "form": form,
        "submit_label": _("Queue the reading"),
        "cancel_url": here,
    }
    return render(request, "layouts/form.html", context, status=status)
