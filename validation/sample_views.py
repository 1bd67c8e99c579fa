"""Pages of scored samples: what was brought, a run of the checks on it, and one result."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows, require
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from registry import samples
from registry.models import ScoredSample
from validation import sample_page, sample_runs, sample_selectors, services
from validation.forms import StartRunForm
from validation.result_page import page_of

_SHOWN = 50


@signed_in
@require_safe
def sample(request: HttpRequest, sample_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = samples.sample(actor=actor, sample_id=sample_id)
    runs = list(sample_selectors.runs_of(actor=actor, sample=found)[:_SHOWN])
    may_run = sample_selectors.why_no_run(actor=actor, sample=found) is None
    act = {"label": _("Start a validation run"), "url": reverse("sample-run-start", args=[found.pk])}
    context = {
        "title": found.name,
        "crumbs": _crumbs(found),
        "lede": _not_sealed(),
        "main_act": act if may_run else None,
        "sample": found,
        "counts": sample_page.counts_of(found),
        "columns": sample_page.columns_of(found),
        "runs": sample_page.runs_table(runs) if runs else None,
        "place": sample_page.place_of(found),
    }
    return render(request, "validation/sample.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def sample_run_start(request: HttpRequest, sample_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = samples.sample(actor=actor, sample_id=sample_id)
    require(actor=actor, permission=Permission.RUN_START, model_slug=found.risk_model.slug)
    form = StartRunForm(filled(request), standards=sample_selectors.choosable_standards(sample=found))

    def start(answers: dict[str, Any]) -> None:
        # Freezing a standard that is frozen already changes nothing.
        standard = services.freeze_standard(actor=actor, slug=answers["standard"])
        sample_runs.start_sample_run(actor=actor, sample=found, standard=standard)

    status = attempt(form, start) if request.method == "POST" else 200
    here = reverse("sample", args=[found.pk])
    if status == DONE:
        words = _("The run on %(name)s is queued. The results arrive here when its job has ended.")
        return done(request, words % {"name": found.name}, here)
    context = {
        "title": _("Start a validation run on %(name)s") % {"name": found.name},
        "crumbs": [*_crumbs(found), {"label": _("Validation run")}],
        "lede": _(
            "Every check of the standard is run on what was brought. What needs the model itself says so."
        ),
        "form": form,
        "submit_label": _("Start the run"),
        "cancel_url": here,
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_safe
def sample_run(request: HttpRequest, sample_run_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = sample_selectors.run(actor=actor, run_id=sample_run_id)
    context = {
        "title": _("Validation run on %(name)s") % {"name": found.sample.name},
        "crumbs": [*_crumbs(found.sample), {"label": _("Validation run")}],
        "lede": _not_sealed(),
        "run": found,
        "may_read_document": allows(
            actor=actor, permission=Permission.DOSSIER_READ, model_slug=found.sample.risk_model.slug
        ),
        "results": sample_selectors.results_of(actor=actor, run=found),
        "kind": sample_page.kind_words(found.sample.kind),
        "facts": sample_page.facts_of_run(found),
    }
    return render(request, "validation/sample_run.html", context)


@signed_in
@require_safe
def sample_result(request: HttpRequest, sample_result_id: uuid.UUID) -> HttpResponse:
    found = sample_selectors.result(actor=person_of(request), result_id=sample_result_id)
    run = {"label": _("Validation run"), "url": reverse("sample-run", args=[found.run_id])}
    return render(
        request, "validation/check_result.html", page_of(found, crumbs=[*_crumbs(found.run.sample), run])
    )


def _not_sealed() -> str:
    return _(
        "This model lives elsewhere: its bytes are not sealed here. What is tested are the columns it was given."
    )


def _crumbs(found: ScoredSample) -> list[dict[str, str]]:
    slug = found.risk_model.slug
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {"label": found.name, "url": reverse("sample", args=[found.pk])},
    ]
