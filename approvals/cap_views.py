"""The page that asks for use before validation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.pages import filled, person_of, signed_in
from accounts.permissions import Permission
from approvals import services
from approvals.act_views import answered
from approvals.forms import CapForm
from approvals.pages import crumbs_of_version
from approvals.policy import PRE_VALIDATION_USE
from mrm.settings import governance
from registry import selectors as registry


@signed_in
@require_http_methods(["GET", "POST"])
def cap(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    permission = Permission(governance.ACTS[PRE_VALIDATION_USE].asks)
    require(actor=actor, permission=permission, model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    form = CapForm(filled(request), inputs=registry.inputs_of(version))
    here = reverse("version", args=[slug, number])

    def ask(answers: dict[str, Any]) -> None:
        services.ask_pre_validation_use(actor=actor, version=version, terms=form.terms(), why=answers["why"])

    context = {
        "title": _("Ask for use of %(label)s before validation") % {"label": version.label},
        "lede": _(
            "Within the cap it decides while it is validated, and every answer says so. It ends with the validation,"
            " with its date or with its last decision."
        ),
        "crumbs": [*crumbs_of_version(version), {"label": _("Use before validation")}],
        "submit_label": _("Ask"),
        "cancel_url": here,
    }
    told = _("It is asked for. Next: independent approvers sign."), here
    return answered(request, form, ask, context, told)
