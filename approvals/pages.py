"""Where the pages of this app lead to."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from registry.models import ModelVersion


def home_of(question: ApprovalRequest) -> str:
    """The page of what a request is about."""
    version = question.version
    if version is None:
        return reverse("sign-off", args=[question.pk])
    return reverse("version", args=[version.risk_model.slug, version.number])


def crumbs_of_version(version: ModelVersion) -> list[dict[str, str]]:
    slug, number = version.risk_model.slug, version.number
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {
            "label": _("Version %(number)s") % {"number": number},
            "url": reverse("version", args=[slug, number]),
        },
    ]
