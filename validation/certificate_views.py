"""The page of a version's reason certificate: each line, whether it holds, on which result it rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from registry import selectors as registry
from registry.models import ModelVersion
from validation import selectors
from validation.certificate import CHECK_OF, Certificate, Certified
from validation.models import CheckResult


@dataclass(frozen=True)
class Row:
    """A line, and the result it rests on; None where it rests on none."""

    certified: Certified
    result: CheckResult | None


@signed_in
@require_safe
def version_certificate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = registry.version(actor=actor, slug=slug, number=number)
    certificate = selectors.reason_certificate(actor=actor, version=version)
    found = {each.check_id: each for each in selectors.latest_results(actor=actor, version=version)}
    context = {
        "title": _("Reason certificate of %(label)s") % {"label": version.label},
        "lede": _(
            "May its reasons be told to applicants? Nothing is measured here: each line rests on a result of the newest"
            " run or on the dictionary. A certificate that does not hold stops the conclusion fit, the approval and the"
            " deployment."
        ),
        "state": certificate.state,
        "crumbs": _crumbs(version),
        "rows": [Row(each, found.get(CHECK_OF.get(each.line, ""))) for each in certificate.lines],
        "facts": _facts(certificate),
    }
    return render(request, "validation/certificate.html", context)


def _facts(certificate: Certificate) -> list[dict[str, Any]]:
    return [
        {"term": _("Digest of the certificate"), "digest": certificate.digest},
        {"term": _("Artefact"), "digest": certificate.artifact},
        {"term": _("Reason dictionary"), "digest": certificate.dictionary},
        {"term": _("Languages"), "text": ", ".join(certificate.languages)},
    ]


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    page = reverse("version", args=[slug, version.number])
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {"label": _("Version %(number)s") % {"number": version.number}, "url": page},
        {"label": _("Reason certificate")},
    ]
