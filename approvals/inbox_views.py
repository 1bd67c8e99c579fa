"""The approval inbox."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from accounts.pages import person_of, signed_in
from accounts.permissions import Permission
from approvals import words
from approvals.forms import InboxFilterForm
from approvals.inbox import inbox_page
from mrm.lib.errors import Malformed


@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    form = InboxFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the inbox cannot be narrowed by."))
    page = inbox_page(actor=actor, asked=form.cleaned_data)
    query = {name: value for name, value in form.cleaned_data.items() if value and name != "after"}
    more = f"{reverse('approvals')}?{urlencode(query | {'after': page.after})}" if page.after else ""
    back = f"{reverse('approvals')}?{urlencode(query)}" if form.cleaned_data["after"] else ""
    context = {
        "title": _("Approvals"),
        "lede": _("Acts that others must sign before they happen, the oldest first."),
        "filter_form": form,
        "rows": [{"request": each, "what": words.request_words(each)} for each in page.requests],
        "is_approver": allows(actor=actor, permission=Permission.REQUEST_SIGN),
        "is_empty": not page.requests,
        "empty_title": _("Nothing is here"),
        "empty_text": _("An act is asked for on the page of its version; approvers find it here."),
        "page": {"next_url": more, "previous_url": back},
    }
    return render(request, "approvals/inbox.html", context)
