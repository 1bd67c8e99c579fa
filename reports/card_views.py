"""The model card of a version, in two editions: a page, a file, and the file by the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.access import allows
from accounts.api import Api
from accounts.models import User
from accounts.pages import person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry import selectors
from reports import cards, delivery
from reports.build.card import kicker
from reports.build.card_facts import CardFor
from reports.render import html


@signed_in
@require_safe
def model_card(request: HttpRequest, slug: str, number: int, audience: str) -> HttpResponse:
    actor, wanted = person_of(request), _audience(audience)
    version = selectors.version(actor=actor, slug=slug, number=number)
    card = cards.told(actor=actor, version=version, audience=wanted)
    named = [slug, number]
    context = {
        "title": card.title,
        "crumbs": [
            {"label": version.risk_model.name, "url": reverse("model", args=[slug])},
            {"label": version.label, "url": reverse("version", args=named)},
            {"label": _("Model card")},
        ],
        "state": version.stage,
        "lede": kicker(wanted),
        "sections": [html.section(each) for each in card.sections],
        "cover": html.laid(card.cover.facts)["rows"],
        "digest": card.evidence_digest,
        "notice": card.cover.key_notice,
        "pdf_url": reverse("model-card-pdf", args=[*named, wanted]),
        "other": _other(actor, slug, number, wanted),
    }
    return render(request, "reports/card.html", context)


@signed_in
@require_safe
def model_card_pdf(request: HttpRequest, slug: str, number: int, audience: str) -> HttpResponse:
    actor = person_of(request)
    version = selectors.version(actor=actor, slug=slug, number=number)
    return delivery.downloaded(cards.drawn(actor=actor, version=version, audience=_audience(audience)))


class ModelCardApi(Api):
    """The model card of a version as PDF, for `officer` or `deployer`; it bears no signature."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, number: int, audience: str) -> HttpResponse:  # noqa: ARG002
        actor = self.actor()
        version = selectors.version(actor=actor, slug=slug, number=number)
        return delivery.downloaded(cards.drawn(actor=actor, version=version, audience=_audience(audience)))


def _audience(name: str) -> CardFor:
    try:
        return CardFor(name)
    except ValueError:
        raise NotFound("A model card is for the officer or for the deployer.") from None


def _other(actor: User, slug: str, number: int, shown: CardFor) -> dict[str, str] | None:
    """The other edition, for whoever may read it."""
    other = CardFor.DEPLOYER if shown is CardFor.OFFICER else CardFor.OFFICER
    if other is CardFor.DEPLOYER and not allows(
        actor=actor, permission=Permission.DOSSIER_READ, model_slug=slug
    ):
        return None
    return {"url": reverse("model-card", args=[slug, number, other]), "label": kicker(other)}
