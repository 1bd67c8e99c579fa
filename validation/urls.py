from django.urls import URLPattern, path

from validation import (
    assessment_views,
    certificate_views,
    comparison_views,
    competence_views,
    finding_views,
    pack_views,
    plan_views,
    reperformance_views,
    sample_views,
    views,
)
from validation.api.assessments import (
    AssessmentListApi,
    QuestionAnswerApi,
    QuestionListApi,
    QuestionReadApi,
)
from validation.api.certificates import CertificateReadApi
from validation.api.comparisons import ComparisonListApi, ComparisonReadApi
from validation.api.competence import CompetenceListApi
from validation.api.findings import (
    FindingCloseApi,
    FindingListApi,
    FindingOpenApi,
    FindingPlanApi,
    FindingPostponeApi,
    FindingReadApi,
    FindingRebutApi,
)
from validation.api.packs import PackListApi, PackReviewApi
from validation.api.plans import PlanReadApi
from validation.api.reperformances import ReperformanceListApi, ReperformanceReadApi
from validation.api.runs import EvidenceReadApi, RunListApi, RunReadApi, StandardListApi
from validation.api.samples import SampleRunApi, SampleRunListApi
from validation.api.verdicts import ConclusionSignApi, DeviationSignApi

_SAMPLE = "models/<slug:slug>/samples/<uuid:sample_id>"
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
    path(f"{_VERSION}/certificate", CertificateReadApi.as_view(), name="api-version-certificate"),
    path(f"{_VERSION}/comparisons", ComparisonListApi.as_view(), name="api-comparison-list"),
    path(f"{_VERSION}/comparisons/<uuid:comparison_id>", ComparisonReadApi.as_view(), name="api-comparison"),
    path(f"{_VERSION}/evidence", EvidenceReadApi.as_view(), name="api-evidence"),
    path(f"{_VERSION}/findings", FindingOpenApi.as_view(), name="api-finding-open"),
    path(f"{_VERSION}/assessments", AssessmentListApi.as_view(), name="api-assessment-list"),
    path(f"{_VERSION}/questions", QuestionListApi.as_view(), name="api-question-list"),
    path("questions/<uuid:question_id>", QuestionReadApi.as_view(), name="api-question"),
    path("questions/<uuid:question_id>/answer", QuestionAnswerApi.as_view(), name="api-question-answer"),
    path(f"{_SAMPLE}/runs", SampleRunListApi.as_view(), name="api-sample-run-list"),
    path(f"{_SAMPLE}/runs/<uuid:sample_run_id>", SampleRunApi.as_view(), name="api-sample-run"),
    path("competences", CompetenceListApi.as_view(), name="api-competence-list"),
    path("packs", PackListApi.as_view(), name="api-pack-list"),
    path("packs/<uuid:pack_id>/reviews", PackReviewApi.as_view(), name="api-pack-review"),
    path("findings", FindingListApi.as_view(), name="api-finding-list"),
    path("findings/<uuid:finding_id>", FindingReadApi.as_view(), name="api-finding"),
    path("findings/<uuid:finding_id>/rebuttal", FindingRebutApi.as_view(), name="api-finding-rebut"),
    path("findings/<uuid:finding_id>/action-plan", FindingPlanApi.as_view(), name="api-finding-plan"),
    path(
        "findings/<uuid:finding_id>/postponement", FindingPostponeApi.as_view(), name="api-finding-postpone"
    ),
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
    path(f"{_VERSION}/certificate", certificate_views.version_certificate, name="version-certificate"),
    path(f"{_VERSION}/validation-run", views.run_start, name="run-start"),
    path(f"{_VERSION}/comparison", comparison_views.comparison_request, name="comparison-request"),
    path("comparisons/<uuid:comparison_id>", comparison_views.comparison, name="comparison"),
    path(f"{_VERSION}/finding", views.finding_open, name="finding-open"),
    path(f"{_VERSION}/conclusion", views.conclude, name="conclude"),
    path(f"{_VERSION}/assessment", assessment_views.assessment, name="assessment"),
    path(f"{_VERSION}/assessment/<slug:topic>", assessment_views.assessment_write, name="assessment-write"),
    path(f"{_VERSION}/question", assessment_views.question_ask, name="question-ask"),
    path("questions/<uuid:question_id>/answer", assessment_views.question_answer, name="question-answer"),
    path("samples/<uuid:sample_id>", sample_views.sample, name="sample"),
    path("samples/<uuid:sample_id>/run", sample_views.sample_run_start, name="sample-run-start"),
    path("sample-runs/<uuid:sample_run_id>", sample_views.sample_run, name="sample-run"),
    path("sample-results/<uuid:sample_result_id>", sample_views.sample_result, name="sample-result"),
    path("competences", competence_views.competences, name="competences"),
    path("packs", pack_views.packs, name="packs"),
    path("packs/<uuid:pack_id>", pack_views.pack, name="pack"),
    path("packs/<uuid:pack_id>/review", pack_views.pack_review, name="pack-review"),
    path("packs/<uuid:pack_id>/change/<uuid:successor_id>", pack_views.pack_change, name="pack-change"),
    path("findings", finding_views.findings, name="findings"),
    path("findings/<uuid:finding_id>", finding_views.finding, name="finding"),
    path("findings/<uuid:finding_id>/rebuttal", finding_views.rebuttal, name="finding-rebut"),
    path("findings/<uuid:finding_id>/action-plan", finding_views.action_plan, name="finding-plan"),
    path("findings/<uuid:finding_id>/postponement", finding_views.postponement, name="finding-postpone"),
    path("findings/<uuid:finding_id>/closure", finding_views.closure, name="finding-close"),
]
