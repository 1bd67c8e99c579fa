"""Acts of the inventory: propose, amend and accept an entry; register, submit and suspend a version."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require
from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.charts import numerals
from mrm.lib.errors import Malformed
from registry import entries, registration, selectors, services, tier_page, tiers
from registry.decision_policies import propose_policy
from registry.entries import EntryWords
from registry.forms import AcceptanceForm, EntryForm, ProposalForm, RegistrationForm, WhyForm
from registry.models import RiskModel
from registry.use_lines import limitations_written, uses_written
from registry.uses import limitations_of, uses_of


@signed_in
@require_http_methods(["GET", "POST"])
def model_propose(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.MODEL_PROPOSE)
    form = ProposalForm(filled(request))

    def propose(answers: dict[str, Any]) -> None:
        slug = answers["slug"]
        words = {name: value for name, value in answers.items() if name != "slug"}
        entries.propose_model(actor=actor, slug=slug, words=EntryWords(**words))

    status = attempt(form, propose) if request.method == "POST" else 200
    if status == DONE:
        slug = form.cleaned_data["slug"]
        words = _("%(slug)s is proposed. Next: a validator accepts it, when all its words are there.")
        return done(request, words % {"slug": slug}, reverse("model", args=[slug]))
    context = {
        "title": _("Propose a model"),
        "lede": _("Nothing is trained or scored before a validator has accepted the entry."),
        "crumbs": [inventory_crumb(), {"label": _("Propose a model")}],
        "submit_label": _("Propose"),
        "cancel_url": reverse("inventory"),
    }
    return _form_page(request, form, context, status)


@signed_in
@require_http_methods(["GET", "POST"])
def model_amend(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.MODEL_PROPOSE, model_slug=slug)
    entry = selectors.risk_model(actor=actor, slug=slug)
    form = EntryForm(filled(request), initial=_standing(entry))

    def amend(answers: dict[str, Any]) -> None:
        entries.amend_model(actor=actor, risk_model=entry, words=EntryWords(**answers))

    status = attempt(form, amend) if request.method == "POST" else 200
    if status == DONE:
        words = _("The entry %(slug)s is amended. Next: a validator accepts it.")
        return done(request, words % {"slug": slug}, reverse("model", args=[slug]))
    context = {
        "title": _("Amend %(slug)s") % {"slug": slug},
        "lede": _("Once a validator has accepted the entry, it does not change."),
        "submit_label": _("Amend"),
    }
    return _form_page(request, form, about(entry) | context, status)


@signed_in
@require_http_methods(["GET", "POST"])
def model_accept(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=slug)
    entry = selectors.risk_model(actor=actor, slug=slug)
    form = AcceptanceForm(filled(request), initial={"tier": entry.tier})

    def accept(answers: dict[str, Any]) -> None:
        entries.accept_model(actor=actor, risk_model=entry, tier=answers["tier"])

    status = attempt(form, accept) if request.method == "POST" else 200
    if status == DONE:
        words = _("%(slug)s is accepted at tier %(tier)s. Next: %(owner)s may have it trained.")
        told = words % {"slug": slug, "tier": form.cleaned_data["tier"], "owner": entry.owner.name}
        return done(request, told, reverse("model", args=[slug]))
    context = {
        "title": _("Accept %(slug)s into the inventory") % {"slug": slug},
        "lede": entry.purpose,
        "form": form,
        "facts": [{"term": term, "text": text} for term, text in _words_of(entry)],
        "assessment": _assessment_of(entry),
        "columns": tier_page.answer_columns(),
        "submit_label": _("Accept"),
    }
    return render(request, "registry/model_accept.html", about(entry) | context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def version_register(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=slug)
    entry = selectors.risk_model(actor=actor, slug=slug)
    asked_for = request.GET.get("candidate", "")
    form = RegistrationForm(
        filled(request), initial={"candidate": asked_for}, **_choices(request, slug, asked_for)
    )

    def register(answers: dict[str, Any]) -> None:
        policy = propose_policy(actor=actor, risk_model=entry, rules=form.rules()).policy
        candidate, words = uuid.UUID(answers["candidate"]), uuid.UUID(answers["dictionary"])
        proposal = registration.Proposal(
            candidate=selectors.candidate(actor=actor, slug=slug, candidate_id=candidate),
            policy=policy,
            dictionary=selectors.dictionary(actor=actor, slug=slug, dictionary_id=words),
            change_note=answers["change_note"],
        )
        registration.request_registration(actor=actor, proposal=proposal)

    status = attempt(form, register) if request.method == "POST" else 200
    if status == DONE:
        words = _("The registration is queued: the bytes are copied and sealed. Next: you submit the draft.")
        return done(request, words, reverse("model", args=[slug]))
    context = {
        "title": _("Register a version of %(slug)s") % {"slug": slug},
        "lede": _("Artefact, data and policy become one version that does not change any more."),
        "submit_label": _("Register"),
    }
    return _form_page(request, form, about(entry) | context, status)


@signed_in
@require_POST
def version_submit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = selectors.version(actor=actor, slug=slug, number=number)
    services.submit_version(actor=actor, version=version)
    words = _("%(label)s is in validation. Next: a validator who had no part in it starts a run.")
    return done(request, words % {"label": version.label}, reverse("version", args=[slug, number]))


@signed_in
@require_http_methods(["GET", "POST"])
def version_suspend(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.VERSION_SUSPEND, model_slug=slug)
    version = selectors.version(actor=actor, slug=slug, number=number)
    form, here = WhyForm(filled(request)), reverse("version", args=[slug, number])

    def suspend(answers: dict[str, Any]) -> None:
        services.suspend_version(actor=actor, version=version, why=answers["why"])

    status = attempt(form, suspend) if request.method == "POST" else 200
    if status == DONE:
        words = _("%(label)s is suspended: from now on it scores nobody.")
        return done(request, words % {"label": version.label}, here)
    context = {
        "title": _("Suspend %(label)s") % {"label": version.label},
        "lede": _("It takes effect at once: requests are refused until another version is deployed."),
        "submit_label": _("Suspend"),
        "cancel_url": here,
    }
    return _form_page(request, form, about(version.risk_model) | context, status)


def _choices(request: HttpRequest, slug: str, asked_for: str) -> dict[str, list[tuple[str, str]]]:
    """The newest candidates, and the one that the page before this one was about."""
    actor = person_of(request)
    candidates = list(selectors.visible_candidates(actor=actor, slug=slug)[:50])
    if asked_for and asked_for not in {str(each.pk) for each in candidates}:
        candidates = [selectors.candidate(actor=actor, slug=slug, candidate_id=_id(asked_for)), *candidates]
    return {
        "candidates": [(str(each.pk), _candidate_words(each)) for each in candidates],
        "dictionaries": dictionaries_to_choose(actor, slug),
    }


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Malformed(_("This address names no candidate.")) from None


def dictionaries_to_choose(actor: User, slug: str) -> list[tuple[str, str]]:
    found = selectors.visible_dictionaries(actor=actor, slug=slug)[:50]
    return [(str(each.pk), f"{each.digest[:8]}… {each.proposed_by.name}") for each in found]


def _candidate_words(candidate: Any) -> str:
    area = candidate.metrics.get("cross_fitted_auc")
    told = f", AUC {numerals.fixed(float(area), 3)}" if area is not None else ""
    trained = f"{candidate.trained_at:%Y-%m-%d %H:%M} UTC"
    return f"{candidate.recipe.get('name', '')} · {candidate.artifact_digest[:8]}… · {trained}{told}"


def _words_of(entry: RiskModel) -> list[tuple[str, str]]:
    nothing = numerals.NOT_AVAILABLE
    return [
        (_("Name"), entry.name),
        (_("Purpose"), entry.purpose or nothing),
        (_("Intended use"), entry.intended_use or nothing),
        (_("Uses"), uses_written(uses_of(entry.uses)) or nothing),
        (_("Limitations"), limitations_written(limitations_of(entry.limitations)) or nothing),
        (_("Owner"), entry.owner.name),
        (_("Business unit"), entry.business_unit or nothing),
    ]


def _standing(entry: RiskModel) -> dict[str, Any]:
    """What the form of an entry begins with."""
    words = entries.amended(entry, {})
    lists = {"uses": uses_written(words.uses), "limitations": limitations_written(words.limitations)}
    return words.__dict__ | lists


def _assessment_of(entry: RiskModel) -> dict[str, Any] | None:
    found = tiers.newest(entry)
    return None if found is None else tier_page.shown(found)


def inventory_crumb() -> dict[str, str]:
    return {"label": _("Inventory"), "url": reverse("inventory")}


def about(entry: RiskModel) -> dict[str, Any]:
    here = reverse("model", args=[entry.slug])
    return {"crumbs": [inventory_crumb(), {"label": entry.slug, "url": here}], "cancel_url": here}


def _form_page(request: HttpRequest, form: forms.Form, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "layouts/form.html", {"form": form, **context}, status=status)
