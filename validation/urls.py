from django.urls import URLPattern, path

from validation import finding_views, plan_views, reperformance_views, views
from validation.api.findings import (
    FindingCloseApi,
    FindingListApi,
    FindingOpenApi,
    FindingReadApi,
    FindingRebutApi,
)
from validation.api.plans import PlanReadApi
from validation.api.reperformances import ReperformanceListApi, ReperformanceReadApi
from validation.api.runs import EvidenceReadApi, RunListApi, RunReadApi, StandardListApi
from validation.api.verdicts import ConclusionSignApi, DeviationSignApi

_VERSION = "models/<slug:slug>/versions/<int:number>"

api = [
    path("standards", StandardListApi.as_view(), name="api-standard-list"),
    path(f"{_VERSION}/validation-runs", RunListApi.as_view(), name="api-validation-run-list"),
    path(f"{_VERSION}/validation-runs/<uuid:run_id>", RunReadApi.as_view(), name="api-validation-run"),
    path(
        f"{_VERSION}/validation-runs/<uuid:run_id>/reperformances",
        ReperformanceListApi.as_view(),
        name="api-reperformance-list",
    ),
    path("reperformances/<uuid:reperformance_id>", ReperformanceReadApi.as_view(), name="api-reperformance"),
    path(f"{_VERSION}/plan", PlanReadApi.as_view(), name="api-version-plan"),
    path(f"{_VERSION}/evidence", EvidenceReadApi.as_view(), name="api-evidence"),
    path(f"{_VERSION}/findings", FindingOpenApi.as_view(), name="api-finding-open"),
    path("findings", FindingListApi.as_view(), name="api-finding-list"),
    path("findings/<uuid:finding_id>", FindingReadApi.as_view(), name="api-finding"),
    path("findings/<uuid:finding_id>/rebuttal", FindingRebutApi.as_view(), name="api-finding-rebut"),
    path("findings/<uuid:finding_id>/closure", FindingCloseApi.as_view(), name="api-finding-close"),
    path(
        "validation-results/<uuid:result_id>/deviation", DeviationSignApi.as_view(), name="api-deviation-sign"
    ),
    path(f"{_VERSION}/conclusion", ConclusionSignApi.as_view(), name="api-conclusion-sign"),
]
pages: list[URLPattern] = [
    path("validation-results/<uuid:result_id>", views.check_result, name="check-result"),
    path("validation-results/<uuid:result_id>/deviation", views.deviation_sign, name="deviation-sign"),
    path(
        "validation-runs/<uuid:run_id>/reperformance", reperformance_views.run_reperform, name="run-reperform"
    ),
    path("reperformances/<uuid:reperformance_id>", reperformance_views.reperformance, name="reperformance"),
    path(f"{_VERSION}/plan", plan_views.version_plan, name="version-plan"),
    path(f"{_VERSION}/validation-run", views.run_start, name="run-start"),
    path(f"{_VERSION}/finding", views.finding_open, name="finding-open"),
    path(f"{_VERSION}/conclusion", views.conclude, name="conclude"),
    path("findings", finding_views.findings, name="findings"),
    path("findings/<uuid:finding_id>", finding_views.finding, name="finding"),
    path("findings/<uuid:finding_id>/rebuttal", finding_views.rebuttal, name="finding-rebut"),
    path("findings/<uuid:finding_id>/closure", finding_views.closure, name="finding-close"),
]
