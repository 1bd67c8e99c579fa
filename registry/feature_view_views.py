"""Pages of feature views: the list, and what may be known about one. No row is ever shown."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import person_of, signed_in
from registry import feature_view_page, selectors


@signed_in
@require_safe
def feature_views(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    page = feature_view_page.page_of(selectors.visible_feature_views(actor=person_of(request)), after)
    here = reverse("feature-views")
    context = {
        "title": _("Feature views"),
        "crumbs": [{"label": _("Snapshots"), "url": reverse("snapshots")}, {"label": _("Feature views")}],
        "lede": _("What bookings say of each application, as of its day. Their rows are encrypted."),
        "views": page.views,
        "is_empty": not page.views,
        "empty_title": _("No feature view was built yet"),
        "empty_text": _("A developer asks for one by the API; docs/transactions.md says how."),
        "page": {
            "next_url": f"{here}?{urlencode({'after': page.after})}" if page.after else "",
            "previous_url": here if after else "",
        },
    }
    return render(request, "registry/feature_views.html", context)


@signed_in
@require_safe
def feature_view(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    found = selectors.feature_view(actor=person_of(request), view_id=view_id)
    context = {
        "title": found.label,
        "crumbs": [{"label": _("Feature views"), "url": reverse("feature-views")}, {"label": found.label}],
        "lede": feature_view_page.lede_of(found),
        "view": found,
        "measures": feature_view_page.measures_of(found),
        "sources": feature_view_page.sources_of(found),
        "counts": feature_view_page.counts_of(found),
    }
    return render(request, "registry/feature_view.html", context)
