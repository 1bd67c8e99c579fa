"""Pages of decisions: the list, one decision, and computing it again."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from accounts.models import User
from accounts.pages import only_asked, person_of, signed_in
from accounts.permissions import Permission
from audit.access_log import Via
from mrm.lib.errors import Malformed
from scoring import decision_page as shape
from scoring import inquiry_page, selectors
from scoring.forms import DecisionFilterForm
from scoring.inquiry import inquired
from scoring.reading import read_decision
from scoring.replay import Replayed, replay
from scoring.selectors import DecisionFile, DecisionFilter

PAGE = 50


@signed_in
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    form = DecisionFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the list cannot be narrowed by."))
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    cursor = request.GET.get("cursor", "")
    page = selectors.decisions(actor=actor, narrowed=DecisionFilter(**asked), cursor=cursor, limit=PAGE)
    context = {
        "title": _("Decisions"),
        "lede": _("Every scored application, the newest first. Open one to see its reasons."),
        "filter_form": form,
        "decisions": page.results,
        "is_empty": not page.results,
        "empty_title": _("No decision is here"),
        "empty_text": _("Decisions appear as soon as a deployed version scores an application."),
        "page": {"next_url": _place(asked, page.next), "previous_url": _place(asked, page.previous)},
    }
    return render(request, "scoring/decisions.html", context)


@signed_in
@require_safe
def decision(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    file = read_decision(actor=actor, decision_id=decision_id, via=Via.PAGE)
    return render(request, "scoring/decision.html", _context(actor, file))


@signed_in
@require_safe
def decision_inquiry(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """What was erased cannot be asked again, and neither can a version whose bytes cannot be trusted now."""
    file = read_decision(actor=person_of(request), decision_id=decision_id, via=Via.PAGE)
    found, language = inquired(file), get_language() or "en"
    context: dict[str, Any] = {
        "title": _("Another look at the reasons"),
        "crumbs": [
            {"label": _("Decisions"), "url": reverse("decisions")},
            {"label": _("Decision"), "url": reverse("decision", args=[decision_id])},
        ],
        "lede": _(
            "What counts are the reasons of the decision: they are exact. Here a straight line is laid through the "
            "score around this applicant, to see how far a sum of parts is a fair picture of it."
        ),
        "inquiry": found,
    }
    if found:
        context["sentence"] = inquiry_page.sentence(found)
        context["columns"] = inquiry_page.columns()
        context["rows"] = inquiry_page.rows(found, file.words, language)
        context["facts"] = inquiry_page.facts(found)
    return render(request, "scoring/inquiry.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def decision_replay(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Shown at once: who may replay may not always read, so there is a page of its own for them."""
    if back := only_asked(request, reverse("decision", args=[decision_id])):
        return back
    actor = person_of(request)
    replayed = replay(
        actor=actor, decision=selectors.decision_to_replay(actor=actor, decision_id=decision_id)
    )
    if not _may_read(actor, decision_id):
        context = {"title": _("Replay of a decision"), "replayed": replayed, "decision_id": decision_id}
        return render(request, "scoring/replayed.html", context)
    file = read_decision(actor=actor, decision_id=decision_id, via=Via.PAGE)
    return render(request, "scoring/decision.html", _context(actor, file, replayed))


def _context(actor: User, file: DecisionFile, replayed: Replayed | None = None) -> dict[str, Any]:
    language, payload = get_language() or "en", file.payload
    served = shape.served_of(file) if payload else None
    return {
        "title": shape.title_of(file),
        "crumbs": [{"label": _("Decisions"), "url": reverse("decisions")}, {"label": _("Decision")}],
        "state": file.decision.outcome,
        "lede": shape.explanation(payload) if payload else "",
        "file": file,
        "notice": file.notice(language),
        "decision": file.decision,
        "payload": payload,
        "score": shape.score_of(payload, served) if payload else None,
        "reasons": file.reasons(language),
        "figure": shape.figure_of(file, language),
        "inputs": shape.inputs_of(payload, served, language) if payload else [],
        "ledger_url": shape.ledger_url(file) if _reads_ledger(actor) else "",
        "may_replay": _may_replay(actor, file) and payload is not None,
        "replayed": replayed,
        "version_url": reverse(
            "version", args=[file.decision.version.risk_model.slug, file.decision.version.number]
        ),
    }


def _may_read(actor: User, decision_id: uuid.UUID) -> bool:
    found = selectors.find(decision_id)
    slug = found.version.risk_model.slug
    return allows(actor=actor, permission=Permission.DECISION_READ, model_slug=slug, at=found.at)


def _may_replay(actor: User, file: DecisionFile) -> bool:
    slug = file.decision.version.risk_model.slug
    return allows(actor=actor, permission=Permission.DECISION_REPLAY, model_slug=slug)


def _reads_ledger(actor: User) -> bool:
    return allows(actor=actor, permission=Permission.LEDGER_READ)


def _place(asked: dict[str, Any], cursor: str) -> str:
    return f"{reverse('decisions')}?{urlencode(asked | {'cursor': cursor})}" if cursor else ""
