"""My queue: what waits for this person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import allows, roles_of
from accounts.models import User
from accounts.pages import person_of, signed_in
from accounts.permissions import Permission
from mrm.desk.acts import Act
from mrm.desk.queue import queue_of


@signed_in
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    items = queue_of(actor=actor)
    words = ngettext(
        "%(count)s thing waits for you.", "%(count)s things wait for you, the oldest first.", len(items)
    )
    context = {
        "title": _("My queue"),
        "lede": words % {"count": len(items)} if items else "",
        "items": items,
        "is_empty": not items,
        "empty_title": _("Nothing waits for you"),
        "empty_text": _empty_words(actor),
        "act": _elsewhere(actor),
    }
    return render(request, "desk/queue.html", context)


def _empty_words(actor: User) -> str:
    """What will stand here, by role; to somebody without a role, that nothing ever will."""
    words = {
        "developer": _("Drafts, versions that came back and findings to answer will stand here."),
        "validator": _("Models to accept, versions to validate and answered findings will stand here."),
        "approver": _("Requests that need your signature will stand here, once a validator has concluded."),
        "operator": _("Versions that were approved and are not deployed yet will stand here."),
        "loan_officer": _("You decide on requests: they stand under Decisions."),
        "auditor": _("You read everything and change nothing: begin with the inventory or the ledger."),
    }
    held = [words[role] for role in sorted(roles_of(actor)) if role in words]
    nothing = _("You hold no role that has work here. An administrator grants roles.")
    return " ".join(held) or nothing


def _elsewhere(actor: User) -> Act | None:
    """Where the work of those is who have no queue."""
    if allows(actor=actor, permission=Permission.DECISION_READ):
        return Act(_("Go to the decisions"), reverse("decisions"))
    if allows(actor=actor, permission=Permission.INVENTORY_READ):
        return Act(_("Go to the inventory"), reverse("inventory"))
    return None
