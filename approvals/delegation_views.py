"""The page on which an approver names who stands in for them, and ends it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from approvals import selectors, services
from approvals.forms import DelegationForm
from approvals.models import Delegation
from mrm.lib import clock


@signed_in
@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    rows = selectors.delegations(actor=actor)
    people = {each.username: each for each in selectors.other_approvers(actor=actor)}
    form = DelegationForm(filled(request), people=[(each.username, each.name) for each in people.values()])

    def give(answers: dict[str, Any]) -> None:
        # The day is over when the next one begins.
        until = dt.datetime.combine(answers["until"] + dt.timedelta(days=1), dt.time(), dt.UTC)
        services.delegate(actor=actor, to=people[answers["to"]], until=until, why=answers["why"])

    status = attempt(form, give) if request.method == "POST" else 200
    if status == DONE:
        told = _("%(name)s stands in for you. Both of you may end it.")
        named = {"name": people[form.cleaned_data["to"]].name}
        return done(request, told % named, reverse("delegations"))
    context = {
        "title": _("Standing in"),
        "lede": _("Another approver signs in your name for a time. It gives nobody a role."),
        "crumbs": [{"label": _("Approvals"), "url": reverse("approvals")}, {"label": _("Standing in")}],
        "form": form,
        "rows": [_row(actor, each) for each in rows],
        "submit_label": _("Let them stand in"),
        "cancel_url": reverse("approvals"),
    }
    return render(request, "approvals/delegations.html", context, status=status)


@signed_in
@require_POST
def end(request: HttpRequest, delegation_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.delegation(actor=actor, delegation_id=delegation_id)
    services.end_delegation(actor=actor, delegation=found)
    return done(request, _("The delegation has ended. What was signed stays."), reverse("delegations"))


def _row(actor: User, given: Delegation) -> dict[str, Any]:
    is_over = given.ended_at is not None or given.ends_at <= clock.now()
    return {
        "given": given,
        "is_own": given.delegator.person_id == actor.person_id,
        "state": "ended" if is_over else "in_force",
        "end_url": "" if is_over else reverse("delegation-end", args=[given.pk]),
    }
