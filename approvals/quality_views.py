"""The page of a snapshot's data quality: what its rules found, what is let stand, and asking for that."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows, require
from accounts.models import User
from accounts.pages import filled, person_of, signed_in
from accounts.permissions import Permission
from approvals import selectors, services
from approvals.act_views import answered
from approvals.forms import SnapshotExceptionForm
from approvals.pages import crumbs_of_snapshot
from approvals.policy import SNAPSHOT_EXCEPTION
from mrm.settings import governance
from registry import selectors as registry
from registry.models import DatasetSnapshot
from registry.quality import failed_rules
from registry.quality_page import QualityRule, quality_rules
from registry.quality_words import titles

_ASKS = Permission(governance.ACTS[SNAPSHOT_EXCEPTION].asks)


@signed_in
@require_safe
def quality(request: HttpRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    snapshot = registry.snapshot(actor=actor, snapshot_id=snapshot_id)
    rules, excepted = quality_rules(snapshot), selectors.excepted_rules(snapshot)
    broken = [rule for rule in rules if rule.state == "failed" and rule.key not in excepted]
    context = {
        "title": _("Data quality of %(name)s") % {"name": snapshot.name},
        "lede": _("Counts, names of columns, and values that many rows share. No applicant's row is shown."),
        "state": "blocked" if broken else "passed",
        "crumbs": [*crumbs_of_snapshot(snapshot)[:-1], {"label": _("Data quality")}],
        "main_act": _ask_act(actor, snapshot) if broken else None,
        "snapshot": snapshot,
        "groups": [
            (_("Rules that stop training"), *_broken_and_passed(rules, is_blocking=True)),
            (_("Rules that are reported"), *_broken_and_passed(rules, is_blocking=False)),
        ],
        "excepted": excepted,
        "exceptions": [
            (titles().get(row.rule, row.rule), row)
            for row in selectors.exceptions_of_snapshot(actor=actor, snapshot=snapshot)
        ],
        "questions": [
            (titles().get(row.content["rule"], row.content["rule"]), row)
            for row in selectors.requests_on_snapshot(actor=actor, snapshot=snapshot)
        ],
    }
    return render(request, "approvals/snapshot_quality.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def exception(request: HttpRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=_ASKS)
    snapshot = registry.snapshot(actor=actor, snapshot_id=snapshot_id)
    words = titles()
    rules = [(each.key, words.get(each.key, each.key)) for each in failed_rules(snapshot)]
    form, here = (
        SnapshotExceptionForm(filled(request), rules=rules),
        reverse("snapshot-quality", args=[snapshot.pk]),
    )

    def ask(answers: dict[str, Any]) -> None:
        # The day is over when the next one begins.
        until = dt.datetime.combine(answers["until"] + dt.timedelta(days=1), dt.time(), dt.UTC)
        services.ask_snapshot_exception(
            actor=actor, snapshot=snapshot, rule=answers["rule"], until=until, why=answers["why"]
        )

    context = {
        "title": _("Ask for an exception on %(label)s") % {"label": snapshot.name},
        "lede": _(
            "One failed rule may stand until a date. When the date passes, training stops again by itself."
        ),
        "crumbs": [*crumbs_of_snapshot(snapshot), {"label": _("Exception")}],
        "submit_label": _("Ask"),
        "cancel_url": here,
    }
    told = _("It is asked for. Next: independent approvers sign."), here
    return answered(request, form, ask, context, told)


def _broken_and_passed(
    rules: list[QualityRule], *, is_blocking: bool
) -> tuple[list[QualityRule], list[QualityRule]]:
    group = [rule for rule in rules if rule.is_blocking is is_blocking]
    return [rule for rule in group if rule.state != "passed"], [
        rule for rule in group if rule.state == "passed"
    ]


def _ask_act(actor: User, snapshot: DatasetSnapshot) -> dict[str, str] | None:
    if not allows(actor=actor, permission=_ASKS):
        return None
    return {"label": _("Ask for an exception"), "url": reverse("snapshot-exception", args=[snapshot.pk])}
