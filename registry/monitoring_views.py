"""Pages of a version's monitoring plan: what will be watched, and writing it."""

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
from registry import selectors
from registry.models import ModelVersion, MonitoringPlan
from registry.monitored import Every, Watched, catalogue
from registry.monitoring_forms import EVERY, MonitoringForm
from registry.monitoring_plans import WRITABLE, lines_of, newest_plan, write_plan


@signed_in
@require_safe
def monitoring_plan(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.FINDING_READ, model_slug=slug)
    version = selectors.version(actor=actor, slug=slug, number=number)
    newest = newest_plan(version)
    act = {"label": _("Write it"), "url": reverse("monitoring-write", args=[slug, number])}
    context = {
        "title": _("Monitoring plan of %(label)s") % {"label": version.label},
        "lede": _(
            "What is watched once the version decides, how often, from which reading on, and who answers."
        ),
        "crumbs": [*_crumbs(version), {"label": _("Monitoring plan")}],
        "main_act": act if _may_write(actor, version) else None,
        "lines": [_shown(line) for line in lines_of(newest)],
        "is_empty": newest is None,
        "empty_title": _("Nothing is planned yet"),
        "empty_text": _("A developer or a validator writes it; without it nobody is asked for the approval."),
        "facts": _facts(newest),
    }
    return render(request, "registry/monitoring_plan.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def monitoring_write(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.MONITORING_PLAN, model_slug=slug)
    version = selectors.version(actor=actor, slug=slug, number=number)
    form = MonitoringForm(
        filled(request),
        tier=version.risk_model.tier,
        standing=lines_of(newest_plan(version)),
        owner=actor.username,
    )

    def write(_answers: dict[str, Any]) -> None:
        write_plan(actor=actor, version=version, lines=form.lines())

    status = attempt(form, write) if request.method == "POST" else 200
    page = reverse("monitoring-plan", args=[slug, number])
    if status == DONE:
        return done(request, _("The monitoring plan is kept. Whoever signs an approval is shown it."), page)
    context = {
        "title": _("Write the monitoring plan of %(label)s") % {"label": version.label},
        "lede": _(
            "Amber is where somebody looks, red where somebody acts. It stands still once approvers are asked."
        ),
        "crumbs": [*_crumbs(version), {"label": _("Monitoring plan"), "url": page}],
        "form": form,
        "submit_label": _("Keep this plan"),
        "cancel_url": page,
    }
    return render(request, "registry/monitoring_write.html", context, status=status)


def _shown(line: Watched) -> dict[str, str]:
    measure = next(each for each in catalogue().measures if each.key == line.measure)
    return {
        "title": measure.title.here,
        "what": measure.what.here,
        "bad": str(measure.bad),
        "every": str(dict(EVERY)[Every(line.every)]),
        "amber": line.amber,
        "red": line.red,
        "owner": line.owner,
        "then": line.then,
    }


def _may_write(actor: User, version: ModelVersion) -> bool:
    may = Permission.MONITORING_PLAN
    return version.stage in WRITABLE and allows(
        actor=actor, permission=may, model_slug=version.risk_model.slug
    )


def _facts(newest: MonitoringPlan | None) -> list[dict[str, Any]]:
    if newest is None:
        return []
    return [
        {"term": _("Revision"), "text": str(newest.revision)},
        {"term": _("Written by"), "text": newest.written_by.name, "at": newest.written_at},
        {"term": _("Digest"), "digest": newest.digest},
    ]


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {
            "label": _("Version %(number)s") % {"number": version.number},
            "url": reverse("version", args=[slug, version.number]),
        },
    ]
