"""The page of what versions in force share."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from approvals.dependencies import dependencies as shared
from approvals.forms import DependencyFilterForm
from mrm.lib.errors import Malformed


@signed_in
@require_safe
def dependencies(request: HttpRequest) -> HttpResponse:
    form = DependencyFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the list cannot be narrowed by."))
    rows = shared(actor=person_of(request), kind=form.cleaned_data["kind"])
    context = {
        "title": _("Dependencies"),
        "lede": _(
            "What versions in force share. A fault of one of these things is a fault of every version beside it."
        ),
        "crumbs": [{"label": _("Inventory"), "url": reverse("inventory")}, {"label": _("Dependencies")}],
        "filter_form": form,
        "rows": rows,
        "is_empty": not rows,
        "empty_title": _("Nothing is shared"),
        "empty_text": _("As soon as two versions in force rest on the same thing, it stands here."),
    }
    return render(request, "approvals/dependencies.html", context)
