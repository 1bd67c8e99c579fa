"""The pages of policy packs: which are installed, one of them, its review, and what a change of pack means."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import DONE, PageForm, attempt, done, filled, offer, person_of, signed_in
from validation import installing, pack_changes, pack_selectors
from validation.forms import SigningForm
from validation.models import PolicyPack
from validation.packs import reading
from validation.signing import answered
from validation.words import meaning_words


class InstallForm(PageForm):
    """Which of the packs that ship with the product."""

    pack = forms.ChoiceField(label=gettext_lazy("Pack"))


@signed_in
@require_http_methods(["GET", "POST"])
def packs(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    rows = list(pack_selectors.packs(actor=actor))
    waiting = pack_selectors.not_installed()
    form = InstallForm(filled(request))
    offer(
        form,
        "pack",
        [(slug, f"{reading.load(reading.committed(slug)).title.here} ({slug})") for slug in waiting],
    )
    status = (
        attempt(form, lambda said: installing.install_shipped(actor=actor, slug=said["pack"]))
        if (request.method == "POST")
        else 200
    )
    if status == DONE:
        told = _(
            "%(pack)s is installed, unreviewed. Next: somebody else reads it beside the text and signs it."
        )
        return done(request, told % {"pack": form.cleaned_data["pack"]}, reverse("packs"))
    context = {
        "title": _("Policy packs"),
        "lede": _("What texts of regulation say, in our words, with dates and how each clause is known."),
        "rows": [{"row": row, "pack": pack_selectors.read(row)} for row in rows],
        "form": form if waiting and (pack_selectors.may_install(actor) or form.is_bound) else None,
        "is_empty": not rows,
        "empty_title": _("No policy pack is installed"),
        "empty_text": _("A validator installs one here; then somebody else signs it."),
    }
    return render(request, "validation/packs.html", context, status=status)


@signed_in
@require_safe
def pack(request: HttpRequest, pack_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    row = pack_selectors.pack(actor=actor, pack_id=pack_id)
    may_sign = pack_selectors.may_review(actor) and installing.why_no_review(actor=actor, pack=row) is None
    found = pack_selectors.read(row)
    context = {
        "title": found.title.here,
        "lede": found.printed.here,
        "crumbs": _crumbs(row),
        "row": row,
        "pack": found,
        "reviews": row.reviews.order_by("at"),
        "may_sign": may_sign,
        "changes": pack_changes.neighbours(actor=actor, row=row),
        "facts": [
            {"term": _("Revision"), "text": row.label},
            {"term": _("States the texts as of"), "text": found.stated_on.isoformat()},
            {"term": _("Installed by"), "text": row.installed_by.name, "at": row.installed_at},
            {"term": _("Digest of the pack"), "digest": row.digest},
        ],
    }
    return render(request, "validation/pack.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def pack_review(request: HttpRequest, pack_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    row = pack_selectors.pack(actor=actor, pack_id=pack_id)
    page = reverse("pack", args=[row.pk])
    form = SigningForm(filled(request), initial={"shown": row.digest})

    def sign(answers: dict[str, Any]) -> None:
        signed = answered(actor=actor, answers=answers, meaning=installing.REVIEWED)
        installing.review_pack(actor=actor, pack=row, **signed)

    status = attempt(form, sign) if request.method == "POST" else 200
    if status == DONE:
        return done(
            request, _("You signed %(pack)s. It is printed with your name.") % {"pack": row.label}, page
        )
    why_not = installing.why_no_review(actor=actor, pack=row)
    context = {
        "title": _("Review of %(pack)s") % {"pack": row.label},
        "lede": _(
            "Read the pack beside the text it paraphrases, then sign. Until then it is printed as unreviewed."
        ),
        "crumbs": [*_crumbs(row)[:-1], {"label": row.label, "url": page}],
        "meaning": meaning_words(installing.REVIEWED),
        "meaning_code": installing.REVIEWED,
        "next_words": _("Next: pages and dossiers print it as reviewed, with your name."),
        "submit_label": _("Sign the review"),
        "reasons": [] if why_not is None else [why_not.message],
        "form": form if form.is_bound or (why_not is None and pack_selectors.may_review(actor)) else None,
        "digest": row.digest,
        "signer": actor.name,
        "cancel_url": page,
    }
    return render(request, "layouts/decision.html", context, status=status)


@signed_in
@require_safe
def pack_change(request: HttpRequest, pack_id: uuid.UUID, successor_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    before, after = (pack_selectors.pack(actor=actor, pack_id=each) for each in (pack_id, successor_id))
    beyond = request.GET.get("after", "")[:64].replace("\x00", "")
    found = pack_changes.change(actor=actor, before=before, after=after, beyond=beyond)
    here = reverse("pack-change", args=[before.pk, after.pk])
    names = {"before": before.label, "after": after.label}
    context = {
        "title": _("What a change from %(before)s to %(after)s means") % names,
        "lede": _(
            "By the newest version of each model that falls under one of them, with its evidence of today."
        ),
        "crumbs": [*_crumbs(after)[:-1], {"label": after.label, "url": reverse("pack", args=[after.pk])}],
        "change": found,
        "is_empty": not found.models,
        "empty_title": _("No model is concerned"),
        "empty_text": _("No model here has a use in a country that one of the two packs is about."),
        "page": {
            "next_url": f"{here}?{urlencode({'after': found.more})}" if found.more else "",
            "previous_url": here if beyond else "",
        },
    }
    return render(request, "validation/pack_change.html", context)


def _crumbs(row: PolicyPack) -> list[dict[str, str]]:
    return [{"label": _("Policy packs"), "url": reverse("packs")}, {"label": row.label}]
