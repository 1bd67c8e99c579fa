"""Pages of the ledger: how it stands, search, and one entry."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.pages import person_of, signed_in
from audit.search import Whole
from mrm.lib.charts import numerals
from mrm.lib.errors import Malformed
from reports import ledger
from reports.ledger import LedgerPage
from reports.ledger_form import LedgerFilterForm, wanted_of


@signed_in
@require_safe
def ledger_list(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    form = LedgerFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the ledger cannot be searched by."))
    return render(request, "reports/ledger.html", _listed(actor, form))


@signed_in
@require_safe
def ledger_entry(request: HttpRequest, sequence: int) -> HttpResponse:
    actor = person_of(request)
    found = ledger.entry(actor=actor, sequence=sequence)
    title = _("Entry %(sequence)s") % {"sequence": numerals.fixed(sequence)}
    context = {
        "title": title,
        "crumbs": [{"label": _("Ledger"), "url": reverse("ledger")}, {"label": title}],
        "state": "intact" if found.is_its_own_hash else "broken",
        "lede": found.line.event,
        "entry": found.line,
        "body": found.body.decode("utf-8", "backslashreplace"),
        "facts": _facts(found),
        "body_bytes": len(found.body),
        "previous": found.previous,
        "recomputed": found.recomputed,
        "is_its_own_hash": found.is_its_own_hash,
        "about_url": _url({"subject_type": found.line.subject_type, "subject_id": found.line.subject_id}),
    }
    return render(request, "reports/ledger_entry.html", context)


def _facts(found: Whole) -> list[tuple[str, str]]:
    """The facts of the entry one by one; what is not a plain word is shown as canonical JSON."""
    facts = found.content.get("facts", {})
    if not isinstance(facts, dict):
        return []
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in facts.items()]


def _listed(actor: User, form: LedgerFilterForm) -> dict[str, Any]:
    asked = form.cleaned_data
    wanted = wanted_of(actor=actor, asked=asked)
    page = (
        LedgerPage((), None)
        if wanted is None
        else ledger.entries(actor=actor, wanted=wanted, before=asked["before"])
    )
    query = {name: value for name, value in asked.items() if value and name != "before"}
    standing = ledger.standing(actor=actor)
    words = ngettext("%(count)s act of governance, ", "%(count)s acts of governance, ", standing.size)
    return {
        "title": _("Ledger"),
        "lede": words % {"count": numerals.fixed(standing.size)} + _("each chained to the one before it."),
        "standing": standing,
        "tamper_url": _tamper_url(),
        "filter_form": form,
        "entries": page.entries,
        "is_empty": not page.entries,
        "empty_title": _("No entry is found"),
        "empty_text": _("Every act of governance leaves an entry here. Search more widely."),
        "page": {
            "next_url": _url(query | {"before": page.next_before}) if page.next_before else "",
            "previous_url": _url(query) if asked["before"] else "",
        },
    }


def _tamper_url() -> str:
    """The demo's page; elsewhere its address does not exist."""
    try:
        return reverse("demo-tamper")
    except NoReverseMatch:
        return ""


def _url(query: dict[str, Any]) -> str:
    return f"{reverse('ledger')}?{urlencode(query)}" if query else reverse("ledger")
