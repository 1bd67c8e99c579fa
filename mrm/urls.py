"""Every address: pages at the root, the API under /api/v1/."""

from __future__ import annotations

from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import accounts.urls
import approvals.urls
import jobs.urls
import mrm.desk.urls
import notices.urls
import registry.urls
import reports.urls
import scoring.urls
import training.urls
import validation.urls
from mrm.desk import health

_APPS = (accounts, jobs, registry, validation, approvals, scoring, training, reports, notices)
_api = [route for app in _APPS for route in app.urls.api]
_pages = [route for app in _APPS for route in app.urls.pages]

# The stylesheet of this one page draws its icons from data: addresses; scripts and styles stay our own files.
_docs = csp_update({"img-src": ["data:"]})(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", _docs, name="api-docs"),
    path("api/v1/", include(_api)),
    path("", include(mrm.desk.urls.pages)),
    path("", include(_pages)),
]

handler400 = "mrm.desk.faults.bad_request"
handler403 = "mrm.desk.faults.not_allowed"
handler404 = "mrm.desk.faults.not_found"
handler500 = "mrm.desk.faults.fault"
