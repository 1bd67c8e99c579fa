"""The page of a version's validation plan: what is due for its tier, what answers it, what is not tested and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from registry import selectors as registry
from registry.models import ModelVersion
from validation import selectors
from validation.plan_answers import AnsweredPlan


@signed_in
@require_safe
def version_plan(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = registry.version(actor=actor, slug=slug, number=number)
    plan = selectors.answered_plan(actor=actor, version=version)
    counts = {"answered": plan.answered, "all": len(plan.answers)}
    context = {
        "title": _("Validation plan: %(answered)s of %(all)s answered") % counts,
        "lede": _(
            "What a model of this tier asks for. What is not tested blocks nothing by itself: it is told to everybody"
            " who signs, and stands in the dossier."
        ),
        "state": version.stage,
        "crumbs": _crumbs(version),
        "plan": plan,
        "facts": _facts(plan, version),
    }
    return render(request, "validation/plan.html", context)


def _facts(plan: AnsweredPlan, version: ModelVersion) -> list[dict[str, Any]]:
    """Where the answers come from."""
    told: list[dict[str, Any]] = [
        {"term": _("Tier"), "text": str(version.risk_model.tier)},
        {"term": _("Digest of the plan"), "digest": plan.plan.digest},
    ]
    if plan.run is None:
        return told
    return [
        *told,
        {"term": _("Standard"), "digest": plan.run.standard.digest, "note": plan.run.standard.slug},
        {"term": _("Evidence"), "digest": plan.run.evidence_digest, "at": plan.run.completed_at},
    ]


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    page = reverse("version", args=[slug, version.number])
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {"label": _("Version %(number)s") % {"number": version.number}, "url": page},
        {"label": _("Validation plan")},
    ]
