"""The page that brings a scored sample."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.errors import TooLarge
from registry import samples, selectors
from registry.frames.spec import MAX_BYTES
from registry.sample_form import SampleForm, declared


@signed_in
@require_http_methods(["GET", "POST"])
def sample_import(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT, model_slug=slug)
    entry = selectors.risk_model(actor=actor, slug=slug)
    form = SampleForm(filled(request), request.FILES or None)
    asked: list[uuid.UUID] = []

    def bring_in(answers: dict[str, Any]) -> None:
        upload = answers["file"]
        if upload.size > MAX_BYTES:
            raise TooLarge(_("The file is larger than what is read. Upload fewer rows."))
        spec = samples.read_declaration(declared(answers))
        job = samples.import_sample(actor=actor, risk_model=entry, upload=upload.read(), spec=spec)
        asked.append(job.pk)

    status = attempt(form, bring_in) if request.method == "POST" else 200
    if status == DONE:
        words = _(
            "The file is kept encrypted and is being read. Next: the sample stands on the model's page when it is"
            " frozen, and a validator runs the checks on it."
        )
        return done(request, words, reverse("job", args=asked))
    context = {
        "title": _("Bring outcomes and scores of a model that lives elsewhere"),
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": entry.slug, "url": reverse("model", args=[slug])},
            {"label": _("Scored sample")},
        ],
        "lede": _(
            "One row a loan. Nothing of the model itself is sealed here: only the declared columns are kept, encrypted."
        ),
        "form": form,
        "enctype": "multipart/form-data",
        "submit_label": _("Bring the sample"),
        "cancel_url": reverse("model", args=[slug]),
    }
    return render(request, "layouts/form.html", context, status=status)
