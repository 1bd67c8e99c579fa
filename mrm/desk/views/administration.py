"""Administration: whether the installation keeps its promises, how much there is in it, how it is set up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from mrm.desk import installation
from mrm.desk.standing import Promise, promises


@signed_in
@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    installation.require_installation(actor=person_of(request))
    kept = promises()
    is_well = all(each.is_kept for each in kept)
    context = {
        "title": _("Administration"),
        "state": "well" if is_well else "not_well",
        "lede": _(
            "Asked just now. What takes longer to answer, the whole ledger and every sealed byte, manage.py doctor"
            " asks."
        ),
        "promise_columns": [
            {"label": _("Promise")},
            {"label": _("State")},
            {"label": _("What speaks against it")},
        ],
        "promises": [_row(each) for each in kept],
        "figures": installation.figures(),
        "place_columns": [
            {"label": _("Place")},
            {"label": _("Entries it holds"), "is_number": True},
            {"label": _("Brought there")},
        ],
        "places": installation.places(),
        "setup_columns": [{"label": _("What")}, {"label": _("Value")}, {"label": _("Set by")}],
        "setup": installation.setup(),
        "versions": installation.versions(),
    }
    return render(request, "desk/administration.html", context)


def _row(promise: Promise) -> installation.Row:
    state = "kept" if promise.is_kept else "not_kept"
    return [{"text": promise.words}, {"state": state}, {"text": " ".join(promise.faults)}]
