"""Pages of re-performance: asking for one, and reading it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import done, only_asked, person_of, signed_in
from registry.models import ModelVersion
from validation import reperformed, selectors, services
from validation.reperformance_page import facts_of, tables_of


@signed_in
@require_http_methods(["GET", "POST"])
def run_reperform(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    run = selectors.run(actor=actor, run_id=run_id)
    if back := only_asked(request, _page_of(run.version)):
        return back
    job = services.request_reperformance(actor=actor, run=run)
    words = _(
        "The re-performance of the run of %(label)s is queued. Its comparison is linked here at the end."
    )
    return done(request, words % {"label": run.version.label}, reverse("job", args=[job.pk]))


@signed_in
@require_safe
def reperformance(request: HttpRequest, reperformance_id: uuid.UUID) -> HttpResponse:
    made = reperformed.reperformance(actor=person_of(request), reperformance_id=reperformance_id)
    version = made.run.version
    counts = {
        "agreeing": made.agreeing,
        "differing": made.differing,
        "not_reperformed": made.not_reperformed,
    }
    context = {
        "title": _("Re-performance of a run of %(label)s") % {"label": version.label},
        "lede": _(
            "%(agreeing)s numbers agree, %(differing)s differ, %(not_reperformed)s were not re-performed. Sealed bytes"
            " were read again and every frozen test was run again in another process; what is called independent was"
            " computed by other code and another library."
        )
        % counts,
        "state": "differs" if made.differing else "agrees",
        "crumbs": _crumbs(version),
        "tables": tables_of(made),
        "facts": facts_of(made),
    }
    return render(request, "validation/reperformance.html", context)


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {"label": _("Version %(number)s") % {"number": version.number}, "url": _page_of(version)},
        {"label": _("Re-performance")},
    ]


def _page_of(version: ModelVersion) -> str:
    return reverse("version", args=[version.risk_model.slug, version.number])
