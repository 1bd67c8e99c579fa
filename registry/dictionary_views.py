"""The page of a model's reason dictionaries: who proposed which words, which versions use them, what changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from registry.dictionary_history import dictionary_history


@signed_in
@require_safe
def dictionaries(request: HttpRequest, slug: str) -> HttpResponse:
    listed = dictionary_history(actor=person_of(request), slug=slug)
    context = {
        "title": _("Reason dictionaries of %(model)s") % {"model": slug},
        "lede": _(
            "The words applicants read, in the order they were proposed. None is ever changed: other words are another"
            " dictionary, and a version keeps the one it was registered with."
        ),
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": slug, "url": reverse("model", args=[slug])},
            {"label": _("Reason dictionaries")},
        ],
        "slug": slug,
        "dictionaries": listed,
    }
    return render(request, "registry/dictionaries.html", context)
