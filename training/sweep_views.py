"""Pages of sweeps: the list, one with its candidates, one candidate, and asking for one. Nothing is promoted by any."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows, require
from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.paging import page_after
from accounts.permissions import Permission
from mrm.lib.errors import FieldError, Invalid, Malformed
from registry import selectors, sweep_selectors
from registry.models import DatasetSnapshot, RiskModel, Trial
from training import services, splits, sweep_candidates, sweep_page, sweep_words
from training.snapshot_choices import snapshots_to_choose
from training.sweep_forms import SweepForm, TrialFilterForm, sweep_of


@signed_in
@require_safe
def sweeps(request: HttpRequest, slug: str) -> HttpResponse:
    actor, after = person_of(request), request.GET.get("after", "")
    entry = selectors.risk_model(actor=actor, slug=slug)
    page = page_after(sweep_selectors.sweeps(actor=actor, slug=slug), "ended_at", after)
    here = reverse("sweeps", args=[slug])
    context = {
        "title": _("Sweeps of %(slug)s") % {"slug": slug},
        "crumbs": [*crumbs_of(slug), {"label": _("Sweeps")}],
        "lede": _(
            "Many candidates fairly compared: on the same rows, by a rule that was there before. A sweep promotes"
            " nothing."
        ),
        "main_act": _ask_act(actor, entry),
        "slug": slug,
        "sweeps": [(each, sweep_page.named(each, each.chosen)) for each in page.rows],
        "is_empty": not page.rows,
        "empty_title": _("No sweep has ended yet"),
        "empty_text": _("A developer asks for one; it stands here when its job has compared all candidates."),
        "page": {
            "next_url": f"{here}?{urlencode({'after': page.after})}" if page.after else "",
            "previous_url": here if after else "",
        },
    }
    return render(request, "training/sweeps.html", context)


@signed_in
@require_safe
def sweep(request: HttpRequest, slug: str, sweep_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = sweep_selectors.sweep(actor=actor, slug=slug, sweep_id=sweep_id)
    form = TrialFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the candidates cannot be narrowed by."))
    trials = sweep_selectors.trials(actor=actor, sweep=found, asked=form.asked())
    lines = sweep_candidates.lines_of(found, trials)
    title = sweep_page.title_of(found)
    context = {
        "title": title,
        "crumbs": [*crumbs_of(slug), _sweeps_crumb(slug), {"label": title}],
        "lede": sweep_page.choice_of(found),
        "slug": slug,
        "sweep": found,
        "filter_form": form,
        "lines": lines,
        "chart": sweep_candidates.chart_of(found, lines),
        "asked": sweep_page.asked_of(found),
        "incumbent": sweep_page.incumbent_of(found),
        "parts": sweep_page.parts_of(found),
        "tests": sweep_page.tests_of(found),
        "tuning": sweep_page.tuning_of(found),
        "seconds": float(found.facts["seconds"]),
    }
    return render(request, "training/sweep.html", context)


@signed_in
@require_safe
def sweep_candidate(request: HttpRequest, slug: str, sweep_id: uuid.UUID, place: int) -> HttpResponse:
    actor = person_of(request)
    found = sweep_selectors.sweep(actor=actor, slug=slug, sweep_id=sweep_id)
    trial = sweep_selectors.trial(actor=actor, sweep=found, place=place)
    entry = sweep_candidates.entry_of(found, trial)
    title = sweep_words.name_words(trial.name)
    whole = {"label": sweep_page.title_of(found), "url": reverse("sweep", args=[slug, found.pk])}
    context = {
        "title": title,
        "crumbs": [*crumbs_of(slug), _sweeps_crumb(slug), whole, {"label": title}],
        "state": sweep_candidates.place_of(found, trial),
        "lede": sweep_candidates.why_of(found, trial),
        "main_act": _register_act(actor, found.risk_model, trial),
        "trial": trial,
        "rank": sweep_candidates.rank_of(found, trial),
        "interval": sweep_words.interval(entry.get("test_auc_interval")),
        "against": sweep_candidates.against_of(found, trial),
        "settings": sorted(entry["recipe"].items()),
    }
    return render(request, "training/sweep_candidate.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def sweep_request(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=slug)
    entry = selectors.risk_model(actor=actor, slug=slug)
    form = SweepForm(filled(request), snapshots=snapshots_to_choose(actor))
    asked: list[uuid.UUID] = []

    def ask(answers: dict[str, Any]) -> None:
        chosen = selectors.snapshot(actor=actor, snapshot_id=uuid.UUID(answers["snapshot"]))
        if answers["profit"]:
            _require_result(answers["profit"], chosen)
        _require_day(answers, chosen)
        job = services.request_sweep(actor=actor, risk_model=entry, snapshot=chosen, asked=sweep_of(answers))
        asked.append(job.pk)

    status = attempt(form, ask) if request.method == "POST" else 200
    if status == DONE:
        words = _("The sweep for %(slug)s is queued. Next: its comparison stands in the list of sweeps.")
        return done(request, words % {"slug": slug}, reverse("job", args=asked))
    context = {
        "title": _("Compare candidates for %(slug)s") % {"slug": slug},
        "crumbs": [*crumbs_of(slug), _sweeps_crumb(slug), {"label": _("Compare")}],
        "lede": _(
            "Every encoder with every imputer and every family is trained and compared on the same rows. Nothing is"
            " promoted by it: each candidate waits in MLflow until a person registers it."
        ),
        "form": form,
        "submit_label": _("Queue the sweep"),
        "cancel_url": reverse("sweeps", args=[slug]),
    }
    return render(request, "layouts/form.html", context, status=status)


def _require_result(profit: str, snapshot: DatasetSnapshot) -> None:
    """The service asks it as well; here the words stand at the field."""
    if profit not in snapshot.declaration.get("realised", ()):
        words = _("The snapshot has no such result. A result is declared when a table is imported.")
        raise Invalid(words, [FieldError("/profit", "unknown", words)])


def _require_day(answers: dict[str, Any], snapshot: DatasetSnapshot) -> None:
    from training.catalog import fields_of
    from training.sweep.asked import days_of

    known = days_of(fields_of(answers["columns"], snapshot))
    if answers["method"] == splits.ByTime.method and answers["column"] not in known:
        words = _("That is no date among the declared columns. There is: %(known)s.")
        told = words % {"known": ", ".join(known) or _("none")}
        raise Invalid(told, [FieldError("/column", "unknown", told)])


def crumbs_of(slug: str) -> list[dict[str, str]]:
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
    ]


def _sweeps_crumb(slug: str) -> dict[str, str]:
    return {"label": _("Sweeps"), "url": reverse("sweeps", args=[slug])}


def _ask_act(actor: User, entry: RiskModel) -> dict[str, str] | None:
    may = allows(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=entry.slug)
    if entry.accepted_at is None or not may:
        return None
    return {"label": _("Compare candidates"), "url": reverse("sweep-request", args=[entry.slug])}


def _register_act(actor: User, entry: RiskModel, trial: Trial) -> dict[str, str] | None:
    may = allows(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=entry.slug)
    if trial.candidate_id is None or not may or not entry.dictionaries.exists():
        return None
    query = urlencode({"candidate": str(trial.candidate_id)})
    return {
        "label": _("Register a version"),
        "url": f"{reverse('version-register', args=[entry.slug])}?{query}",
    }
