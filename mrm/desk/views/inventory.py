"""The inventory, and one model of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from accounts.models import User
from accounts.pages import person_of, signed_in
from accounts.permissions import Permission
from jobs.models import OPEN_STATES, Job
from jobs.words import kind_words
from mrm.desk.acts import Act, acts_on_model, main_and_others
from registry import samples, selectors
from registry.entries import missing_words
from registry.models import RiskModel
from registry.use_page import tables_of
from reports import benchmarks
from reports.models import Benchmark
from scoring.models import Deployment
from validation.comparison_page import list_table
from validation.comparison_selectors import comparisons_of

PAGE = 50


@signed_in
@require_safe
def inventory(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    after = request.GET.get("after", "")[:64]
    rows = list(_with_versions(selectors.visible_models(actor=actor).filter(slug__gt=after))[: PAGE + 1])
    may_propose = allows(actor=actor, permission=Permission.MODEL_PROPOSE)
    context = {
        "title": _("Inventory"),
        "lede": _(
            "Every model that takes part in a decision: what it is for, who answers for it, what is in force."
        ),
        "main_act": Act(_("Propose a model"), reverse("model-propose")) if may_propose else None,
        "entries": rows[:PAGE],
        "is_empty": not rows,
        "empty_title": _("No model is in the inventory yet"),
        "empty_text": _("A developer proposes one; a validator accepts it. Nothing scores before that."),
        "page": _paging(rows, after),
    }
    return render(request, "desk/inventory.html", context)


@signed_in
@require_safe
def model(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    entry = selectors.risk_model(actor=actor, slug=slug)
    main_act, others = main_and_others(acts_on_model(actor=actor, entry=entry))
    champion = _champion(entry)
    context = {
        "title": entry.name,
        "crumbs": [{"label": _("Inventory"), "url": reverse("inventory")}, {"label": entry.slug}],
        "state": _state_of(entry),
        "lede": entry.purpose,
        "main_act": main_act,
        "acts": others,
        "entry": entry,
        "missing": _missing(entry),
        "champion": champion,
        "versions": list(selectors.visible_versions(actor=actor, slug=slug)[:PAGE]),
        "candidates": list(selectors.visible_candidates(actor=actor, slug=slug)[:5]),
        "samples": list(samples.samples_of(actor=actor, risk_model=entry)[:PAGE]),
        "comparisons": list_table(comparisons_of(actor=actor, risk_model=entry)[:PAGE]),
        "snapshots": _snapshots(actor),
        "benchmarks": _benchmarks(actor, entry),
        "jobs": _jobs(actor, entry),
        "facts": _facts(entry),
        "tables": tables_of(entry.uses, entry.limitations),
    }
    return render(request, "desk/model.html", context)


def _with_versions(rows: QuerySet[RiskModel]) -> QuerySet[RiskModel]:
    held = Deployment.objects.filter(risk_model=OuterRef("pk"), ended_at=None)
    return rows.annotate(
        version_count=Count("versions"), in_force=Subquery(held.values("version__number")[:1])
    )


def _paging(rows: list[RiskModel], after: str) -> dict[str, str]:
    here = reverse("inventory")
    more = f"{here}?{urlencode({'after': rows[PAGE - 1].slug})}" if len(rows) > PAGE else ""
    return {"next_url": more, "previous_url": here if after else ""}


def _state_of(entry: RiskModel) -> str:
    if entry.accepted_at is not None:
        return "accepted"
    return "incomplete" if missing_words(entry) else "proposed"


def _missing(entry: RiskModel) -> list[str]:
    if entry.accepted_at is not None:
        return []
    lacking = missing_words(entry)
    told = (
        [_("The entry lacks: %(words)s. Its owner amends it.") % {"words": ", ".join(lacking)}]
        if lacking
        else []
    )
    return [*told, _("It is not accepted. A validator who neither proposed nor owns it accepts it.")]


def _champion(entry: RiskModel) -> Deployment | None:
    held = Deployment.objects.filter(risk_model=entry, ended_at=None)
    return held.select_related("version__risk_model", "started_by__person").first()


def _snapshots(actor: User) -> list[dict[str, Any]]:
    """Data are shared by all models: the newest few, with how often the held-out part was read."""
    newest = list(selectors.visible_snapshots(actor=actor)[:5])
    counted = selectors.held_out_readings_of_each(actor=actor, snapshots=newest)
    return [{"row": row, "readings": readings} for row, readings in counted]


def _benchmarks(actor: User, entry: RiskModel) -> list[Benchmark]:
    if not allows(actor=actor, permission=Permission.DOSSIER_READ, model_slug=entry.slug):
        return []
    return list(benchmarks.benchmarks_of(actor=actor, risk_model=entry)[:5])


def _jobs(actor: User, entry: RiskModel) -> list[dict[str, str]]:
    """What is being trained or registered now."""
    if not allows(actor=actor, permission=Permission.JOB_READ):
        return []
    rows = Job.objects.filter(subject_id=str(entry.pk), state__in=OPEN_STATES).order_by("created_at")[:5]
    return [
        {"kind": kind_words(job.kind), "state": job.state, "url": reverse("job", args=[job.pk])}
        for job in rows
    ]


def _facts(entry: RiskModel) -> list[dict[str, Any]]:
    nobody = _("nobody yet")
    return [
        {"term": _("Owner"), "text": entry.owner.name},
        *([{"term": _("Business unit"), "text": entry.business_unit}] if entry.business_unit else []),
        {
            "term": _("Tier"),
            "text": str(entry.tier) if entry.tier else _("not decided yet"),
            "url": reverse("model-tier", args=[entry.slug]),
            "note": entry.tier_reason,
        },
        {"term": _("Proposed by"), "text": entry.proposed_by.name, "at": entry.proposed_at},
        {
            "term": _("Accepted by"),
            "text": entry.accepted_by.name if entry.accepted_by else nobody,
            "at": entry.accepted_at,
        },
    ]
