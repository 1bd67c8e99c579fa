"""Pages of comparisons: asking for one, and what it found."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from registry import selectors as registry
from registry.models import ModelVersion
from validation import comparison_page, comparison_selectors, selectors, services
from validation.comparison_form import CompareForm
from validation.comparisons import request_comparison
from validation.gathering import incumbent_of


@signed_in
@require_safe
def comparison(request: HttpRequest, comparison_id: uuid.UUID) -> HttpResponse:
    found = comparison_selectors.comparison(actor=person_of(request), comparison_id=comparison_id)
    title = comparison_page.title_of(found)
    context = {
        "title": title,
        "crumbs": [*_crumbs(found.challenger), {"label": _("Comparison")}],
        "lede": _("Every difference is the challenger's minus the champion's, on the same clients."),
        "comparison": found,
        "held_out": comparison_page.told_by_words(found.told_by),
        "sections": comparison_page.sections_of(found),
        "facts": comparison_page.facts_of(found),
    }
    return render(request, "validation/comparison.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def comparison_request(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.RUN_START, model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    champion = incumbent_of(version)
    form = CompareForm(
        filled(request),
        rivals=comparison_selectors.rivals_of(actor=actor, version=version),
        standards=selectors.choosable_standards(actor=actor, version=version),
        initial={"champion": str(champion.number)} if champion else None,
    )
    made: list[str] = []

    def ask(answers: dict[str, Any]) -> None:
        standard = services.freeze_standard(actor=actor, slug=answers["standard"])
        rival = registry.version(actor=actor, slug=slug, number=int(answers["champion"]))
        job = request_comparison(actor=actor, champion=rival, challenger=version, standard=standard)
        made.append(str(job.pk))

    status = attempt(form, ask) if request.method == "POST" else 200
    if status == DONE:
        words = _("The comparison is queued. Next: its job; what it finds stands on a page of its own.")
        return done(request, words, reverse("job", args=made))
    context = {
        "title": _("Compare %(label)s with another version") % {"label": version.label},
        "lede": _(
            "Both score the held-out rows that neither has learned from. Reading them is an entry in the ledger; a"
            " comparison stops nothing and grants nothing."
        ),
        "form": form,
        "crumbs": [*_crumbs(version), {"label": _("Comparison")}],
        "submit_label": _("Compare"),
        "cancel_url": _page_of(version),
    }
    return render(request, "layouts/form.html", context, status=status)


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {"label": _("Version %(number)s") % {"number": version.number}, "url": _page_of(version)},
    ]


def _page_of(version: ModelVersion) -> str:
    return reverse("version", args=[version.risk_model.slug, version.number])
