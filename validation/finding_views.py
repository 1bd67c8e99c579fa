"""The board of findings, one finding, and the two things said about it: the owner's answer, the closure."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
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
    words = _("Your answer is kept. Next: %(name)s or another validator closes the finding or asks again.")
    return _said(request, finding_id, Saying("rebuttal", NoteForm, services.rebut, words, _opener))


@signed_in
@require_http_methods(["GET", "POST"])
def action_plan(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    words = _("Your plan is kept. Next: when it is done, %(name)s or another validator closes the finding.")
    return _said(request, finding_id, Saying("plan", PromiseForm, services.plan_action, words, _opener))


@signed_in
@require_http_methods(["GET", "POST"])
def postponement(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    words = _("The finding is due later. Next: %(name)s answers it by then.")
    return _said(request, finding_id, Saying("postpone", PromiseForm, services.postpone, words, _owner))


@signed_in
@require_http_methods(["GET", "POST"])
def closure(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    words = _("The finding is closed. Nothing more is asked of %(name)s.")
    return _said(request, finding_id, Saying("closure", ClosureForm, _close, words, _owner))


Filled = NoteForm | PromiseForm | ClosureForm


@dataclass(frozen=True)
class Saying:
    """One thing said about a finding: the prefix of its form, what does it, and the words once it is done, which name
    whoever `next_person` finds."""

    prefix: str
    form: type[Filled]
    act: Callable[..., object]
    words: str
    next_person: Callable[[Finding], User]


def _opener(found: Finding) -> User:
    return found.opened_by


def _owner(found: Finding) -> User:
    return found.owner


def _close(
    *, actor: User, finding: Finding, text: str, result: uuid.UUID | None, upload: UploadedFile[bytes] | None
) -> None:
    rests_on = selectors.result(actor=actor, result_id=result) if result else None
    if upload:
        brought = brought_of(upload)
        services.close_with_file(actor=actor, finding=finding, text=text, result=rests_on, brought=brought)
    else:
        services.close_finding(actor=actor, finding=finding, text=text, result=rests_on)


def _said(request: HttpRequest, finding_id: uuid.UUID, saying: Saying) -> HttpResponse:
    address = reverse("finding", args=[finding_id])
    if back := only_asked(request, address):
        return back
    actor = person_of(request)
    found = selectors.finding(actor=actor, finding_id=finding_id)
    more = {"results": closing_results(actor, found)} if saying.form is ClosureForm else {}
    form = saying.form(request.POST, request.FILES or None, prefix=saying.prefix, **more)
    status = attempt(form, lambda answers: saying.act(actor=actor, finding=found, **answers))
    if status == DONE:
        return done(request, saying.words % {"name": saying.next_person(found).name}, address)
    return _page(request, actor, found, {saying.prefix: form}, status)


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
