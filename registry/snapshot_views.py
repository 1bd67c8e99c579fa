"""Pages of frozen data: the list, what may be known about one, and importing a table. No row is ever shown."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows, require
from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.errors import TooLarge
from registry import declarations, selectors, snapshot_page
from registry import snapshots as frozen
from registry.frames.spec import MAX_BYTES
from registry.snapshot_form import SnapshotForm, declared
from registry.snapshot_page import page_of


@signed_in
@require_safe
def snapshots(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    after = request.GET.get("after", "")
    page = page_of(selectors.visible_snapshots(actor=actor), after)
    act = {"label": _("Import a table"), "url": reverse("snapshot-import")}
    context = {
        "title": _("Snapshots"),
        "lede": _("Tables frozen by digest. Their rows are encrypted; counts and names are shown."),
        "main_act": act if _may_import(actor) else None,
        "may_import": _may_import(actor),
        "snapshots": page.snapshots,
        "is_empty": not page.snapshots,
        "empty_title": _("No table was frozen yet"),
        "empty_text": _("A developer imports a CSV or parquet file; it is frozen when its job has read it."),
        "page": {
            "next_url": f"{reverse('snapshots')}?{urlencode({'after': page.after})}" if page.after else "",
            "previous_url": reverse("snapshots") if after else "",
        },
    }
    return render(request, "registry/snapshots.html", context)


@signed_in
@require_safe
def snapshot(request: HttpRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.snapshot(actor=actor, snapshot_id=snapshot_id)
    readings = selectors.held_out_readings(actor=actor, snapshot=found)
    context = {
        "title": found.name,
        "crumbs": [{"label": _("Snapshots"), "url": reverse("snapshots")}, {"label": found.name}],
        "lede": snapshot_page.lede_of(found),
        "snapshot": found,
        "parts": snapshot_page.parts_of(found),
        "rules": snapshot_page.rules_of(found),
        "columns": snapshot_page.columns_of(found),
        "sources": snapshot_page.sources_of(found),
        "joins": snapshot_page.joins_of(found),
        "readings": readings,
    }
    return render(request, "registry/snapshot.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def snapshot_import(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    form = SnapshotForm(filled(request), request.FILES or None)
    asked: list[uuid.UUID] = []

    def bring_in(answers: dict[str, Any]) -> None:
        upload = answers["file"]
        if upload.size > MAX_BYTES:
            raise TooLarge(_("The file is larger than what is read. Upload a sample."))
        declaration = declarations.read(declared(answers))
        job = frozen.import_snapshot(actor=actor, upload=upload.read(), declaration=declaration)
        asked.append(job.pk)

    status = attempt(form, bring_in) if request.method == "POST" else 200
    if status == DONE:
        words = _(
            "The file is kept encrypted and is being read. Next: the snapshot stands here when it is frozen."
        )
        return done(request, words, reverse("job", args=asked))
    context = {
        "title": _("Import a table"),
        "crumbs": [{"label": _("Snapshots"), "url": reverse("snapshots")}, {"label": _("Import a table")}],
        "lede": _(
            "One row an applicant, with the outcome as 0 or 1. A part is held out at once, by a keyed draw."
        ),
        "form": form,
        "enctype": "multipart/form-data",
        "submit_label": _("Import"),
        "cancel_url": reverse("snapshots"),
    }
    return render(request, "layouts/form.html", context, status=status)


def _may_import(actor: User) -> bool:
    return allows(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
