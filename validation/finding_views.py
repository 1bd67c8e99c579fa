"""The board of findings, one finding, and the two things said about it: the owner's answer, the closure."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.drafts import Kept
from accounts.models import User
from accounts.pages import DONE, attempt, done, kept, only_asked, person_of, signed_in
from mrm.lib import clock
from mrm.lib.errors import Malformed
from registry.document_views import brought_of
from validation import selectors, services
from validation.competence import may_read
from validation.finding_board import (
    ageing,
    board_page,
    closing_results,
    days_open,
    may_close,
    may_rebut,
)
from validation.forms import BoardFilterForm, ClosureForm, NoteForm, PromiseForm
from validation.models import Finding, FindingState


@signed_in
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    form = BoardFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the board cannot be narrowed by."))
    page = board_page(actor=actor, asked=form.cleaned_data)
    query = {name: value for name, value in form.cleaned_data.items() if value and name != "after"}
    more = f"{reverse('findings')}?{urlencode(query | {'after': page.after})}" if page.after else ""
    back = f"{reverse('findings')}?{urlencode(query)}" if form.cleaned_data["after"] else ""
    context = {
        "title": _("Findings"),
        "lede": _("What a validator wants answered: open first, the earliest due date on top."),
        "filter_form": form,
        "findings": page.findings,
        "today": clock.now().date(),
        "may_read_competence": may_read(actor),
        "ageing": ageing(actor=actor, at=clock.now()),
        "is_empty": not page.findings,
        "empty_title": _("No finding is here"),
        "empty_text": _("A validator opens a finding on the page of a version; its owner answers it here."),
        "page": {"next_url": more, "previous_url": back},
    }
    return render(request, "validation/findings.html", context)


@signed_in
@require_safe
def finding(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.finding(actor=actor, finding_id=finding_id)
    return _page(request, actor, found)


@signed_in
@require_http_methods(["GET", "POST"])
def rebuttal(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    if back := only_asked(request, reverse("finding", args=[finding_id])):
        return back
    actor = person_of(request)
    found = selectors.finding(actor=actor, finding_id=finding_id)
    form = NoteForm(request.POST, prefix="rebuttal")
    status = attempt(form, lambda answers: services.rebut(actor=actor, finding=found, text=answers["text"]))
    if status == DONE:
        words = _(
            "Your answer is kept. Next: %(name)s or another validator closes the finding or asks again."
        )
        return done(request, words % {"name": found.opened_by.name}, reverse("finding", args=[found.pk]))
    return _page(request, actor, found, {"rebuttal": form}, status)


@signed_in
@require_http_methods(["GET", "POST"])
def action_plan(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    if back := only_asked(request, reverse("finding", args=[finding_id])):
        return back
    actor = person_of(request)
    found = selectors.finding(actor=actor, finding_id=finding_id)
    form = PromiseForm(request.POST, prefix="plan")
    status = attempt(form, lambda answers: services.plan_action(actor=actor, finding=found, **answers))
    if status == DONE:
        words = _(
            "Your plan is kept. Next: when it is done, %(name)s or another validator closes the finding."
        )
        return done(request, words % {"name": found.opened_by.name}, reverse("finding", args=[found.pk]))
    return _page(request, actor, found, {"plan": form}, status)


@signed_in
@require_http_methods(["GET", "POST"])
def postponement(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    if back := only_asked(request, reverse("finding", args=[finding_id])):
        return back
    actor = person_of(request)
    found = selectors.finding(actor=actor, finding_id=finding_id)
    form = PromiseForm(request.POST, prefix="postpone")
    status = attempt(form, lambda answers: services.postpone(actor=actor, finding=found, **answers))
    if status == DONE:
        words = _("The finding is due later. Next: %(name)s answers it by then.")
        return done(request, words % {"name": found.owner.name}, reverse("finding", args=[found.pk]))
    return _page(request, actor, found, {"postpone": form}, status)


@signed_in
@require_http_methods(["GET", "POST"])
def closure(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    if back := only_asked(request, reverse("finding", args=[finding_id])):
        return back
    actor = person_of(request)
    found = selectors.finding(actor=actor, finding_id=finding_id)
    form = ClosureForm(
        request.POST, request.FILES or None, results=closing_results(actor, found), prefix="closure"
    )

    def close(answers: dict[str, Any]) -> None:
        named = answers["result"]
        result = selectors.result(actor=actor, result_id=named) if named else None
        said = {"actor": actor, "finding": found, "text": answers["text"]}
        if answers["upload"]:
            services.close_with_file(**said, result=result, brought=brought_of(answers["upload"]))
        else:
            services.close_finding(**said, result=result)

    status = attempt(form, close)
    if status == DONE:
        words = _("The finding is closed. Nothing more is asked of %(name)s.")
        return done(request, words % {"name": found.owner.name}, reverse("finding", args=[found.pk]))
    return _page(request, actor, found, {"closure": form}, status)


Filled = NoteForm | PromiseForm | ClosureForm


def _page(
    request: HttpRequest,
    actor: User,
    found: Finding,
    filled: dict[str, Filled] | None = None,
    status: int = 200,
) -> HttpResponse:
    sent = filled or {}
    is_overdue = found.state != FindingState.CLOSED and found.due_on < clock.now().date()
    context: dict[str, Any] = {
        "title": found.title,
        "crumbs": [{"label": _("Findings"), "url": reverse("findings")}, {"label": found.title}],
        "state": found.state,
        "lede": _next_words(found),
        "finding": found,
        "is_overdue": is_overdue,
        "days_open": days_open(found, clock.now()),
        "version_url": reverse("version", args=[found.version.risk_model.slug, found.version.number]),
        **(_forms(request, actor, found) | sent),
        "wrong": next(iter(sent.values()), None),
    }
    return render(request, "validation/finding.html", context, status=status)


def _forms(request: HttpRequest, actor: User, found: Finding) -> dict[str, Filled | None]:
    """What this reader may say about it now."""
    forms: dict[str, Filled | None] = dict.fromkeys(("rebuttal", "plan", "postpone", "closure"))
    if may_rebut(actor, found):
        forms["rebuttal"] = NoteForm(_left(request, found, "finding-rebut"), prefix="rebuttal")
        forms["plan"] = PromiseForm(_left(request, found, "finding-plan"), prefix="plan")
    if may_close(actor, found):
        results = closing_results(actor, found)
        forms["postpone"] = PromiseForm(_left(request, found, "finding-postpone"), prefix="postpone")
        forms["closure"] = ClosureForm(
            _left(request, found, "finding-close"), results=results, prefix="closure"
        )
    return forms


def _left(request: HttpRequest, found: Finding, name: str) -> Kept | None:
    return kept(request, reverse(name, args=[found.pk]))


def _next_words(found: Finding) -> str:
    """What is next and who has it."""
    words = {
        FindingState.OPEN: _("Next: %(owner)s answers it."),
        FindingState.REBUTTED: _(
            "%(owner)s has answered. Next: a validator closes it or speaks to the owner."
        ),
        FindingState.PLANNED: _(
            "%(owner)s has said what will be done. Next: a validator closes it when it is."
        ),
        FindingState.CLOSED: _("Settled; nothing more is asked."),
    }
    return words[FindingState(found.state)] % {"owner": found.owner.name}
