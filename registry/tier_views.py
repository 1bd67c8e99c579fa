"""The tier of a model on pages: how it was reached, answering again, accepting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows, require
from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.errors import Conflict
from registry import selectors, tier_page, tier_selectors, tiers
from registry.models import RiskModel, TierAssessment
from registry.tier_forms import AssessmentForm, TierAcceptanceForm

SHOWN = 20


@signed_in
@require_safe
def model_tier(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    entry = selectors.risk_model(actor=actor, slug=slug)
    rows = list(tier_selectors.visible_assessments(actor=actor, slug=slug)[:SHOWN])
    context = {
        "title": _("Tier of %(slug)s") % {"slug": slug},
        "lede": _("It sets how many sign, which plan is due and how long an approval holds."),
        "crumbs": _crumbs(entry, _("Tier")),
        "entry": entry,
        "assessments": [tier_page.shown(each) for each in rows],
        "columns": tier_page.answer_columns(),
        "consequences": tier_page.consequences(entry),
        "acts": _acts(actor, entry, rows),
    }
    return render(request, "registry/tier.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def tier_propose(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    if not allows(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=slug):
        require(actor=actor, permission=Permission.MODEL_PROPOSE, model_slug=slug)
    entry = selectors.risk_model(actor=actor, slug=slug)
    standing = tiers.newest(entry)
    form = AssessmentForm(filled(request), initial={"answers": standing.answers if standing else {}})

    def propose(answers: dict[str, Any]) -> None:  # noqa: ARG001 (the form has shaped them)
        tiers.propose_tier(actor=actor, risk_model=entry, proposed=form.proposed())

    status = attempt(form, propose) if request.method == "POST" else 200
    if status == DONE:
        words = _(
            "Another tier is proposed for %(slug)s. Next: a validator who did not propose it accepts it."
        )
        return done(request, words % {"slug": slug}, reverse("model-tier", args=[slug]))
    context = {
        "title": _("Answer again for %(slug)s") % {"slug": slug},
        "lede": _("The tier that holds goes on until a second person accepts another one."),
        "crumbs": _crumbs(entry, _("Answer again")),
        "form": form,
        "submit_label": _("Propose"),
        "cancel_url": reverse("model-tier", args=[slug]),
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def tier_accept(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=slug)
    entry = selectors.risk_model(actor=actor, slug=slug)
    found = tiers.newest(entry)
    if found is None:
        raise Conflict(_("Nothing is proposed. Somebody answers the questionnaire first."))
    form = TierAcceptanceForm(filled(request), initial={"number": found.number})

    def accept(answers: dict[str, Any]) -> None:
        tiers.accept_tier(actor=actor, risk_model=entry, number=answers["number"])

    status = attempt(form, accept) if request.method == "POST" else 200
    if status == DONE:
        words = _("%(slug)s is of tier %(tier)s from now on.")
        return done(
            request, words % {"slug": slug, "tier": found.proposed_tier}, reverse("model-tier", args=[slug])
        )
    shown = tier_page.shown(found)
    context = {
        "title": _("Accept tier %(tier)s for %(slug)s") % {"tier": found.proposed_tier, "slug": slug},
        "lede": _("What follows from the answers, and what is proposed."),
        "crumbs": _crumbs(entry, _("Accept the tier")),
        "form": form,
        "facts": shown["facts"],
        "columns": tier_page.answer_columns(),
        "rows": shown["rows"],
        "submit_label": _("Accept the tier"),
        "cancel_url": reverse("model-tier", args=[slug]),
    }
    return render(request, "registry/tier_accept.html", context, status=status)


def _acts(actor: User, entry: RiskModel, rows: list[TierAssessment]) -> list[dict[str, str]]:
    """As components/_acts.html shows them; an act is offered only when its service would do it."""
    if entry.accepted_at is None:
        return []
    accepts = allows(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=entry.slug)
    proposes = accepts or allows(actor=actor, permission=Permission.MODEL_PROPOSE, model_slug=entry.slug)
    found = []
    if accepts and rows and _waits_for(actor, entry, rows[0]):
        found.append({"label": _("Accept the tier"), "url": reverse("tier-accept", args=[entry.slug])})
    if proposes:
        found.append({"label": _("Answer again"), "url": reverse("tier-propose", args=[entry.slug])})
    return found


def _waits_for(actor: User, entry: RiskModel, newest: TierAssessment) -> bool:
    had_a_part = {newest.proposed_by.person_id, entry.owner.person_id}
    return getattr(newest, "acceptance", None) is None and actor.person_id not in had_a_part


def _crumbs(entry: RiskModel, here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": entry.slug, "url": reverse("model", args=[entry.slug])},
        {"label": here},
    ]
