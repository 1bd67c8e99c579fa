"""Version review: everything one person needs to decide about a version, and what they may do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from mrm.desk.acts import main_and_others
from mrm.desk.version_page import review_of
from registry import selectors


@signed_in
@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    found = selectors.version(actor=actor, slug=slug, number=number)
    review = review_of(actor=actor, version=found)
    main_act, others = main_and_others(review.acts)
    context = {
        "title": review.title,
        "lede": review.lede,
        "state": found.stage,
        "steps": review.steps,
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": slug, "url": reverse("model", args=[slug])},
            {"label": _("Version %(number)s") % {"number": number}},
        ],
        "main_act": main_act,
        "acts": others,
        "review": review,
        "version": found,
        "changes": list(selectors.changes(actor=actor, version=found)),
    }
    return render(request, "desk/version.html", context)
