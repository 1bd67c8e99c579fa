"""The page of runs: every candidate of a model, sorted and narrowed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from accounts.paging import Page, page_after, page_below
from mrm.lib.errors import Malformed
from registry import sweep_selectors
from registry.sweep_selectors import RunSort
from training import sweep_words
from training.snapshot_choices import snapshots_to_choose
from training.sweep_forms import RunFilterForm
from training.sweep_views import crumbs_of


@signed_in
@require_safe
def runs(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    form = RunFilterForm(request.GET, snapshots=snapshots_to_choose(actor))
    if not form.is_valid():
        raise Malformed(_("This address asks for something the runs cannot be narrowed by."))
    asked, after = form.asked(), form.cleaned_data["after"]
    rows = sweep_selectors.runs(actor=actor, slug=slug, asked=asked)
    page = (
        page_after(rows, "trained_at", after)
        if asked.sort is RunSort.NEWEST
        else page_below(rows, asked.sort, after)
    )
    context = {
        "title": _("Runs of %(slug)s") % {"slug": slug},
        "crumbs": [*crumbs_of(slug), {"label": _("Runs")}],
        "lede": _(
            "Every candidate that was trained or taken in for this model, each a run in MLflow. Sorted by a measure,"
            " those alone are listed that have it."
        ),
        "slug": slug,
        "filter_form": form,
        "runs": [(each, sweep_words.told(sweep_words.families(), each.family or "")) for each in page.rows],
        "is_empty": not page.rows,
        "empty_title": _("No run is here"),
        "empty_text": _("A developer requests a training or a sweep; what comes out stands here."),
        "page": _paging(slug, form, page),
    }
    return render(request, "training/runs.html", context)


def _paging(slug: str, form: RunFilterForm, page: Page) -> dict[str, str]:
    query = {name: value for name, value in form.cleaned_data.items() if value and name != "after"}
    here = reverse("runs", args=[slug])
    return {
        "next_url": f"{here}?{urlencode(query | {'after': page.after})}" if page.after else "",
        "previous_url": f"{here}?{urlencode(query)}" if form.cleaned_data["after"] else "",
    }
