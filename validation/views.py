"""Pages of independent validation: one check, and what a validator does: run, raise, let stand, conclude."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require
from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from registry import selectors as registry
from registry.models import ModelVersion
from validation import selectors, services
from validation.demands import FIT_WITH_CONDITIONS
from validation.findings import Raised
from validation.forms import ConclusionForm, FindingForm, SigningForm, StartRunForm
from validation.reperformed import marks_of
from validation.result_page import page_of
from validation.selectors import what_is_missing
from validation.signing import answered
from validation.verdicts import DEVIATION, meaning_of
from validation.words import meaning_words


@signed_in
@require_safe
def check_result(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    result = selectors.result(actor=actor, result_id=result_id)
    may_deviate = selectors.why_no_deviation(actor=actor, result=result) is None
    act = {
        "label": _("Let it stand, with a signed reason"),
        "url": reverse("deviation-sign", args=[result.pk]),
    }
    context = page_of(result, crumbs=_crumbs(result.run.version), marks=marks_of(result.run)) | {
        "main_act": act if may_deviate else None,
        "deviation": result.deviations.select_related("user__person").first(),
    }
    return render(request, "validation/check_result.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def run_start(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.RUN_START, model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    form = StartRunForm(
        filled(request), standards=selectors.choosable_standards(actor=actor, version=version)
    )

    def start(answers: dict[str, Any]) -> None:
        # Freezing a standard that is frozen already changes nothing.
        standard = services.freeze_standard(actor=actor, slug=answers["standard"])
        services.start_run(actor=actor, version=version, standard=standard)

    status = attempt(form, start) if request.method == "POST" else 200
    if status == DONE:
        words = _(
            "The validation run of %(label)s is queued. The results arrive here when its job has ended."
        )
        return done(request, words % {"label": version.label}, _page_of(version))
    context = {
        "title": _("Start a validation run of %(label)s") % {"label": version.label},
        "lede": _(
            "Every check of the standard is run on the held-out part. Reading it is an entry in the ledger;"
            " new evidence voids an open request for approval."
        ),
        "submit_label": _("Start the run"),
    }
    return render(request, "layouts/form.html", _form(version, form) | context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def finding_open(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.FINDING_OPEN, model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    form = FindingForm(filled(request))

    def raise_it(answers: dict[str, Any]) -> None:
        rest = {name: value for name, value in answers.items() if name != "owner"}
        owner = _named(actor, slug, answers["owner"])
        services.open_finding(actor=actor, version=version, raised=Raised(**rest, owner=owner))

    status = attempt(form, raise_it) if request.method == "POST" else 200
    if status == DONE:
        words = _("The finding on %(label)s is open. Next: %(owner)s answers it.")
        told = words % {
            "label": version.label,
            "owner": form.cleaned_data["owner"] or version.risk_model.owner.name,
        }
        return done(request, told, _page_of(version))
    context = {
        "title": _("Open a finding on %(label)s") % {"label": version.label},
        "lede": _("The owner of the model answers; somebody who had no part in the version closes it."),
        "submit_label": _("Open the finding"),
    }
    return render(request, "layouts/form.html", _form(version, form) | context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def deviation_sign(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    result = selectors.result(actor=actor, result_id=result_id)
    version = result.run.version
    now = selectors.shown(version).digest
    form = SigningForm(filled(request), initial={"shown": now})

    def sign(answers: dict[str, Any]) -> None:
        signed = answered(actor=actor, answers=answers, meaning=DEVIATION)
        services.sign_deviation(actor=actor, result=result, **signed)

    status = attempt(form, sign) if request.method == "POST" else 200
    if status == DONE:
        words = _("You signed that this failed check may stand. Next: conclude on %(label)s.")
        return done(request, words % {"label": version.label}, _page_of(version))
    card = selectors.check_card(result.check_id)
    title = _(card.title) if card else result.check_id
    context = {
        "title": _("Let a failed check stand: %(check)s") % {"check": title},
        "lede": result.headline,
        "state": result.verdict,
        "meaning": meaning_words(DEVIATION),
        "meaning_code": DEVIATION,
        "next_words": _("Next: you conclude on the version. Approvers read this rationale."),
        "submit_label": _("Sign the deviation"),
    }
    why_not = selectors.why_no_deviation(actor=actor, result=result)
    return _signing_page(request, version, form, context, _Now(now, [], status), why_not)


@signed_in
@require_http_methods(["GET", "POST"])
def conclude(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = registry.version(actor=actor, slug=slug, number=number)
    now = selectors.shown(version).digest
    blocked = what_is_missing(actor=actor, version=version).get("conclude", [])
    why_not = selectors.why_no_conclusion(actor=actor, version=version)
    # Whoever may not conclude at all is refused by the service, not by the choice of words.
    verdicts = _verdicts([] if why_not else blocked)
    form = ConclusionForm(filled(request), verdicts=verdicts, initial={"shown": now})

    def sign(answers: dict[str, Any]) -> None:
        signed = answered(actor=actor, answers=answers, meaning=meaning_of(answers["verdict"]))
        services.conclude(
            actor=actor, version=version, verdict=answers["verdict"], conditions=form.demands(), **signed
        )

    status = attempt(form, sign) if request.method == "POST" else 200
    if status == DONE:
        return done(request, _concluded(form.cleaned_data["verdict"], version), _page_of(version))
    context = {
        "title": _("Conclude on %(label)s") % {"label": version.label},
        "lede": _("Your signed verdict on the newest evidence. Nobody approves before it."),
        "state": version.stage,
        "results": selectors.latest_results(actor=actor, version=version),
        "meaning": _("Your decision on this version, having seen the evidence named below."),
        "meaning_code": meaning_of(""),
        "next_words": _("Found fit, it goes to the approvers. Nothing is deployed by this."),
        "submit_label": _("Sign the conclusion"),
    }
    return _signing_page(request, version, form, context, _Now(now, blocked, status), why_not)


def _named(actor: User, slug: str, username: str) -> User | None:
    """Whom a finding names; None where the model's owner answers."""
    if not username:
        return None
    may = Permission.FINDING_OPEN
    return selectors.person_named(username, actor=actor, permission=may, model_slug=slug)


class _Now:
    """What a signing page says at this moment: the digest it shows, what blocks, and its status."""

    def __init__(self, digest: str, blocked: list[str], status: int) -> None:
        self.digest, self.blocked, self.status = digest, blocked, status


def _signing_page(  # noqa: PLR0913, PLR0917 (a page is made of exactly these)
    request: HttpRequest,
    version: ModelVersion,
    form: SigningForm,
    context: dict[str, Any],
    now: _Now,
    why_not: str | None = None,
) -> HttpResponse:
    if form.is_bound:
        form.shown_anew(now.digest)
    reasons = [why_not] if why_not else now.blocked
    actor = person_of(request)
    context |= {"digest": now.digest, "reasons": reasons, "signer": actor.name, "version": version}
    context["testers"] = selectors.testers_of(actor=actor, version=version)
    context["plan"] = selectors.answered_plan(actor=actor, version=version)
    context["certificate"] = selectors.reason_certificate(actor=actor, version=version)
    # Whoever may not sign sees why, and no form; what was entered is never taken away.
    if why_not and not form.is_bound:
        context["form"] = None
    return render(request, "validation/sign.html", _form(version, form) | context, status=now.status)


def _verdicts(blocked: list[str]) -> list[tuple[str, str]]:
    """Fit is offered only when no gate would refuse it."""
    fit = [("fit", _("Fit for its purpose")), (FIT_WITH_CONDITIONS, _("Fit with conditions"))]
    return [
        *([] if blocked else fit),
        ("returned", _("Return to the developer")),
        ("not_fit", _("Not fit: reject")),
    ]


def _concluded(verdict: str, version: ModelVersion) -> str:
    words = {
        "fit": _("You signed: %(label)s is fit. Next: its developer or a validator asks for the approval."),
        FIT_WITH_CONDITIONS: _(
            "You signed: %(label)s is fit with conditions. They bind once it is approved. Next: its developer or a"
            " validator asks for the approval."
        ),
        "not_fit": _("You signed: %(label)s is not fit. It is rejected; the next one is another version."),
        "returned": _("You gave %(label)s back. Next: its developer."),
    }
    return words[verdict] % {"label": version.label}


def _form(version: ModelVersion, form: Any) -> dict[str, Any]:
    return {"form": form, "crumbs": _crumbs(version), "cancel_url": _page_of(version)}


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {"label": _("Version %(number)s") % {"number": version.number}, "url": _page_of(version)},
    ]


def _page_of(version: ModelVersion) -> str:
    return reverse("version", args=[version.risk_model.slug, version.number])
