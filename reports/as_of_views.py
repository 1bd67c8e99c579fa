"""The inventory as it stood at the end of a day: on a page, and as CSV."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import require
from accounts.pages import person_of, signed_in
from accounts.permissions import Permission
from mrm.lib import clock
from mrm.lib.errors import Malformed
from reports import delivery
from reports.as_of import table
from reports.as_of.inventory import end_of, inventory_as_of
from reports.as_of.then import InventoryThen
from reports.tables import csv_bytes

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DayForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("As of the end of this day (UTC)"),
        required=False,
        widget=_DATE,
        input_formats=["%Y-%m-%d"],
    )


@signed_in
@require_safe
def inventory_as_of_day(request: HttpRequest) -> HttpResponse:
    form, day, found = _asked(request)
    context = {
        "title": _("Inventory as of %(day)s") % {"day": day.isoformat()},
        "crumbs": [{"label": _("Inventory"), "url": reverse("inventory")}, {"label": day.isoformat()}],
        "lede": _(
            "What stood at the end of that day, read from rows that are never changed. What was done later is left out."
        ),
        "filter_form": form,
        "is_empty": not found.entries,
        "empty_title": _("Nothing was in the inventory"),
        "empty_text": _("No model that you may see had been proposed by then. Ask for a later day."),
        "page": {"next_url": "", "previous_url": ""},
        "columns": [{"label": each} for each in table.heads()],
        "rows": [[_cell(at, text) for at, text in enumerate(line)] for line in table.lines(found)],
        "csv_url": f"{reverse('inventory-as-of-csv')}?day={day.isoformat()}",
    }
    return render(request, "reports/inventory_as_of.html", context)


@signed_in
@require_safe
def inventory_as_of_csv(request: HttpRequest) -> HttpResponse:
    _form, day, found = _asked(request)
    content = csv_bytes([table.heads(), *table.lines(found)])
    return delivery.csv_response(f"inventory-{day.isoformat()}.csv", content)


def _cell(at: int, text: str) -> dict[str, str]:
    return {"digest": text} if text and at == table.STANDARD else {"text": text}


def _asked(request: HttpRequest) -> tuple[DayForm, dt.date, InventoryThen]:
    actor = person_of(request)
    require(actor=actor, permission=Permission.INVENTORY_READ)
    today = clock.now().date()
    given: dict[str, Any] = request.GET.dict() or {"day": today.isoformat()}
    form = DayForm(given)
    if not form.is_valid():
        raise Malformed(_("This address names no day. A day is written as 2026-01-31."))
    day: dt.date = form.cleaned_data["day"] or today
    return form, day, inventory_as_of(actor=actor, at=end_of(day))
