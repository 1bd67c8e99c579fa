"""Pages of what was signed: checkpoints, the verifier to check them with, and the whole ledger as a file."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.access import require
from accounts.pages import person_of, signed_in
from accounts.permissions import Permission
from audit import signed
from audit.anchors import openssl_command
from mrm.lib.errors import Malformed
from reports import ledger, ledger_delivery, offline
from reports.ledger_words import checkpoint_words


class PlaceForm(forms.Form):
    before = forms.IntegerField(min_value=1, required=False)


@signed_in
@require_safe
def ledger_checkpoints(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    form = PlaceForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for a place that the list does not have."))
    before = form.cleaned_data["before"]
    page = ledger.checkpoints(actor=actor, before=before)
    address = reverse("ledger-checkpoints")
    context = {
        "title": _("Checkpoints"),
        "crumbs": _crumbs(_("Checkpoints")),
        "lede": _(
            "Signed statements of how many entries there were, and which. A change to what is under one contradicts it."
        ),
        "checkpoints": page.checkpoints,
        "verifier_digest": offline.verifier_digest(),
        "is_empty": not page.checkpoints,
        "empty_title": _("No checkpoint is here yet"),
        "empty_text": _("The sealer signs one within seconds of a new entry, as soon as it runs."),
        "page": {
            "next_url": f"{address}?before={page.next_before}" if page.next_before else "",
            "previous_url": address if before else "",
        },
    }
    return render(request, "reports/checkpoints.html", context)


@signed_in
@require_safe
def ledger_checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    actor = person_of(request)
    found = ledger.checkpoint(actor=actor, size=size)
    title = checkpoint_words(size)
    context = {
        "title": title,
        "crumbs": _crumbs(title, {"label": _("Checkpoints"), "url": reverse("ledger-checkpoints")}),
        "lede": _("Keep this text anywhere outside: it commits the log to these entries for ever."),
        "checkpoint": found,
        "key": signed.key_in_force(size),
        "verifier_digest": offline.verifier_digest(),
        "file": f"checkpoint-{size}.txt",
        "stamp_command": openssl_command(size) if found.is_stamped else "",
    }
    return render(request, "reports/checkpoint.html", context)


@signed_in
@require_GET
def ledger_verifier(request: HttpRequest) -> HttpResponse:
    """The file holds no secret; it is asked for where the ledger is read."""
    require(actor=person_of(request), permission=Permission.LEDGER_READ)
    return ledger_delivery.verifier_response()


@signed_in
@require_GET
def ledger_stamp(request: HttpRequest, size: int) -> HttpResponse:
    """The time stamp over a checkpoint, as the authority gave it."""
    return ledger_delivery.stamp_response(ledger.stamp(actor=person_of(request), size=size), size)


@signed_in
@require_GET
def ledger_bundle(request: HttpRequest) -> StreamingHttpResponse:
    return ledger_delivery.bundle_response(ledger.bundle_lines(actor=person_of(request)))


def _crumbs(title: str, *between: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": _("Ledger"), "url": reverse("ledger")}, *between, {"label": title}]
