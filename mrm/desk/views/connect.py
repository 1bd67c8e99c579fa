"""Connect: how a program comes in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from mrm.desk.acts import Act
from mrm.desk.connect import snippets_of


@signed_in
@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    context = {
        "title": _("Connect"),
        "lede": _(
            "A program comes in by the same rules as you: with a token that carries some of your permissions, until a"
            " date."
        ),
        "main_act": Act(_("Issue a token"), reverse("token-issue")),
        "snippets": list(snippets_of(actor=actor)),
    }
    return render(request, "desk/connect.html", context)
