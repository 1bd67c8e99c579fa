"""Pages of what has an end: the list of expiries, one condition and its signature, asking for more."""

from __future__ import annotations

import datetime as dt
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
from approvals import selectors, services
from approvals.act_views import answered
from approvals.ceremony import signature_on_page
from approvals.conditions import MET
from approvals.content import shown_of_condition
from approvals.expiries import expiries_of
from approvals.forms import BreakGlassForm, ExceptionForm, ExpiryFilterForm
from approvals.pages import crumbs_of_version
from mrm.lib.errors import Malformed
from mrm.settings import governance
from registry import selectors as registry
from validation import selectors as validation
from validation.forms import SigningForm


@signed_in
@require_safe
def expiries(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    form = ExpiryFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the list cannot be narrowed by."))
    rows = expiries_of(actor=actor, **form.cleaned_data)
    context = {
        "title": _("Conditions and expiries"),
        "lede": _("What ends when, the earliest first. What has ended closes its gate by itself."),
        "filter_form": form,
        "rows": rows,
        "is_empty": not rows,
        "empty_title": _("Nothing ends here"),
        "empty_text": _("Approvals, conditions, exceptions and open requests stand here with their dates."),
    }
    return render(request, "approvals/expiries.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def condition(request: HttpRequest, condition_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.condition(actor=actor, condition_id=condition_id)
    now = shown_of_condition(found).digest
    form = SigningForm(filled(request), initial={"shown": now})

    def sign(answers: dict[str, Any]) -> None:
        signature = signature_on_page(actor, answers, MET)
        services.meet_condition(actor=actor, condition=found, signature=signature)

    status = attempt(form, sign) if request.method == "POST" else 200
    if status == DONE:
        told = _("The condition is met. It closes nothing any more.")
        return done(request, told, reverse("condition", args=[found.pk]))
    if form.is_bound:
        form.shown_anew(now)
    why_not = selectors.why_not_met_by(actor=actor, condition=found)
    context = {
        "title": _("Condition on %(label)s") % {"label": found.version.label},
        "lede": _(
            "Overdue, it closes deployment and scoring by itself, until a validator signs that it is met."
        ),
        "state": found.state,
        "crumbs": [*crumbs_of_version(found.version), {"label": _("Condition")}],
        "condition": found,
        "form": form if form.is_bound or why_not is None else None,
        "why_not": why_not,
        "signer": actor.name,
        "meaning": _("The validator finds the condition met."),
        "digest": now,
        "submit_label": _("Sign that it is met"),
        "cancel_url": reverse("expiries"),
    }
    return render(request, "approvals/condition.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def break_glass(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    _require_asker(request, "break-glass", slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    form, here = BreakGlassForm(filled(request)), reverse("version", args=[slug, number])

    def ask(answers: dict[str, Any]) -> None:
        services.ask_break_glass(actor=actor, version=version, **answers)

    context = {
        "title": _("Break the glass for %(label)s") % {"label": version.label},
        "lede": _("It is in force for these hours once one approver has signed. A finding opens by itself."),
        "crumbs": [*crumbs_of_version(version), {"label": _("Break-glass")}],
        "submit_label": _("Ask"),
        "cancel_url": here,
    }
    return answered(request, form, ask, context, (_("It is asked for. Next: one approver signs."), here))


@signed_in
@require_http_methods(["GET", "POST"])
def exception(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    _require_asker(request, "grant-exception", slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    failed = {
        str(each.pk): each for each in validation.latest_results(actor=actor, version=version) if each.blocks
    }
    checks = [(key, each.headline) for key, each in failed.items()]
    form, here = ExceptionForm(filled(request), checks=checks), reverse("version", args=[slug, number])

    def ask(answers: dict[str, Any]) -> None:
        # The day is over when the next one begins.
        until = dt.datetime.combine(answers["until"] + dt.timedelta(days=1), dt.time(), dt.UTC)
        result = validation.result(actor=actor, result_id=failed[answers["check"]].pk)
        services.ask_exception(actor=actor, result=result, until=until, why=answers["why"])

    context = {
        "title": _("Ask for an exception on %(label)s") % {"label": version.label},
        "lede": _(
            "One failed check may stand until a date. When the date passes, the gates close by themselves."
        ),
        "crumbs": [*crumbs_of_version(version), {"label": _("Exception")}],
        "submit_label": _("Ask"),
        "cancel_url": here,
    }
    told = _("It is asked for. Next: independent approvers sign."), here
    return answered(request, form, ask, context, told)


def _require_asker(request: HttpRequest, act: str, slug: str) -> None:
    permission = Permission(governance.ACTS[act].asks)
    require(actor=person_of(request), permission=permission, model_slug=slug)
