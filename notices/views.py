"""One's own notices, and where they are mailed to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.invitations import mail_is_set_up
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.paging import page_after
from notices import addresses, selectors, words
from notices.forms import AddressForm
from notices.models import Telling


@signed_in
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    actor, here = person_of(request), reverse("notices")
    page = page_after(selectors.notices_of(actor=actor), "at", request.GET.get("after", ""))
    context = {
        "title": _("Notices"),
        "lede": _("What you were told: what waits for you, what came of what you asked, what falls due."),
        "main_act": {"label": _("Where mail goes"), "url": reverse("notices-address")},
        "where": _where(selectors.address_of(actor=actor)),
        "rows": [_row(each) for each in page.rows],
        "is_empty": not page.rows,
        "empty_title": _("Nothing was told to you yet"),
        "empty_text": _(
            "A request that waits for you, a decision on yours or a date that comes near stands here."
        ),
        "page": {"next_url": f"{here}?after={page.after}" if page.after else ""},
    }
    return render(request, "notices/notices.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    actor, back = person_of(request), reverse("notices")
    form = AddressForm(filled(request), initial={"mail": selectors.address_of(actor=actor)})

    def choose(answers: dict[str, Any]) -> None:
        addresses.set_address(actor=actor, **answers)

    status = attempt(form, choose) if request.method == "POST" else 200
    if status == DONE:
        return done(request, _where(form.cleaned_data["mail"]), back)
    context = {
        "title": _("Where mail goes"),
        "lede": _(
            "A mail names the thing and links to it. What people wrote and applicants' data are never in it."
        ),
        "crumbs": [{"label": _("Notices"), "url": back}, {"label": _("Where mail goes")}],
        "form": form,
        "submit_label": _("Keep this address"),
        "cancel_url": back,
    }
    return render(request, "layouts/form.html", context, status=status)


def _where(mail: str) -> str:
    if not mail_is_set_up():
        return _("No mail is set up here: notices stand on this page only.")
    if not mail:
        return _("You have given no address, so nothing is mailed to you. Notices stand on this page.")
    return _("Notices are mailed to %(mail)s as well.") % {"mail": mail}


def _row(telling: Telling) -> dict[str, Any]:
    """`state` is how far its mail is; a job that ended badly says why."""
    job = telling.job
    return {
        "notice": telling.notice,
        "title": words.title(telling.notice),
        "sentence": words.sentence(telling.notice),
        "state": telling.unmailed if job is None else words.state_of_delivery(job),
        "why": "" if job is None else words.why_of_delivery(job),
    }
