from django.urls import URLPattern, path

from registry import (
    dictionary_views,
    document_views,
    feature_view_views,
    mlflow_views,
    monitoring_views,
    sample_views,
    snapshot_views,
    tier_views,
    views,
)
from registry.api.documents import DocumentApi, FileApi, FileListApi
from registry.api.features import FeatureLookUpApi, FeatureValuesApi, FeatureViewPublishApi
from registry.api.models import ModelAcceptApi, ModelApi, ModelListApi
from registry.api.monitoring import MonitoringPlanApi
from registry.api.proposals import CandidateListApi, DictionaryListApi, PolicyListApi
from registry.api.samples import SampleApi, SampleListApi
from registry.api.snapshots import SnapshotApi, SnapshotListApi
from registry.api.tiers import QuestionnaireApi, TierAcceptApi, TierAssessmentListApi
from registry.api.versions import VersionApi, VersionListApi, VersionSubmitApi, VersionSuspendApi

_VERSION = "models/<slug:slug>/versions/<int:number>"

api = [
    path("models", ModelListApi.as_view(), name="api-model-list"),
    path("models/<slug:slug>", ModelApi.as_view(), name="api-model"),
    path("models/<slug:slug>/acceptance", ModelAcceptApi.as_view(), name="api-model-accept"),
    path("models/<slug:slug>/samples", SampleListApi.as_view(), name="api-sample-list"),
    path("models/<slug:slug>/samples/<uuid:sample_id>", SampleApi.as_view(), name="api-sample"),
    path("tiering-questionnaire", QuestionnaireApi.as_view(), name="api-tiering-questionnaire"),
    path(
        "models/<slug:slug>/tier-assessments",
        TierAssessmentListApi.as_view(),
        name="api-tier-assessment-list",
    ),
    path(
        "models/<slug:slug>/tier-assessments/<int:number>/acceptance",
        TierAcceptApi.as_view(),
        name="api-tier-accept",
    ),
    path("snapshots", SnapshotListApi.as_view(), name="api-snapshot-list"),
    path("snapshots/<uuid:snapshot_id>", SnapshotApi.as_view(), name="api-snapshot"),
    path(
        "feature-views/<uuid:view_id>/publication",
        FeatureViewPublishApi.as_view(),
        name="api-feature-view-publish",
    ),
    path("feature-views/<uuid:view_id>/look-ups", FeatureLookUpApi.as_view(), name="api-feature-look-up"),
    path("feature-views/<uuid:view_id>/values", FeatureValuesApi.as_view(), name="api-feature-values"),
    path("models/<slug:slug>/policies", PolicyListApi.as_view(), name="api-policy-list"),
    path("models/<slug:slug>/dictionaries", DictionaryListApi.as_view(), name="api-dictionary-list"),
    path("models/<slug:slug>/candidates", CandidateListApi.as_view(), name="api-candidate-list"),
    path("models/<slug:slug>/versions", VersionListApi.as_view(), name="api-version-list"),
    path(_VERSION, VersionApi.as_view(), name="api-version"),
    path(f"{_VERSION}/document", DocumentApi.as_view(), name="api-document"),
    path(f"{_VERSION}/files", FileListApi.as_view(), name="api-version-file-list"),
    path("version-files/<uuid:file_id>", FileApi.as_view(), name="api-version-file"),
    path(f"{_VERSION}/monitoring-plan", MonitoringPlanApi.as_view(), name="api-monitoring-plan"),
    path(f"{_VERSION}/submit", VersionSubmitApi.as_view(), name="api-version-submit"),
    path(f"{_VERSION}/suspension", VersionSuspendApi.as_view(), name="api-version-suspend"),
]
pages: list[URLPattern] = [
    path("propose-model", views.model_propose, name="model-propose"),
    path("models/<slug:slug>/amendment", views.model_amend, name="model-amend"),
    path("models/<slug:slug>/acceptance", views.model_accept, name="model-accept"),
    path("models/<slug:slug>/tier", tier_views.model_tier, name="model-tier"),
    path("models/<slug:slug>/tier/proposal", tier_views.tier_propose, name="tier-propose"),
    path("models/<slug:slug>/tier/acceptance", tier_views.tier_accept, name="tier-accept"),
    path("models/<slug:slug>/registration", views.version_register, name="version-register"),
    path("models/<slug:slug>/samples/import", sample_views.sample_import, name="sample-import"),
    path("models/<slug:slug>/dictionaries", dictionary_views.dictionaries, name="dictionaries"),
    path("models/<slug:slug>/mlflow", mlflow_views.mlflow_models, name="mlflow-models"),
    path("models/<slug:slug>/mlflow/registration", mlflow_views.mlflow_register, name="mlflow-register"),
    path(f"{_VERSION}/document", document_views.document, name="document"),
    path(f"{_VERSION}/document/writing", document_views.document_write, name="document-write"),
    path(f"{_VERSION}/files", document_views.files, name="version-files"),
    path("version-files/<uuid:file_id>", document_views.file_download, name="version-file"),
    path(f"{_VERSION}/monitoring-plan", monitoring_views.monitoring_plan, name="monitoring-plan"),
    path(f"{_VERSION}/monitoring-plan/writing", monitoring_views.monitoring_write, name="monitoring-write"),
    path(f"{_VERSION}/submission", views.version_submit, name="version-submit"),
    path(f"{_VERSION}/suspension", views.version_suspend, name="version-suspend"),
    path("feature-views", feature_view_views.feature_views, name="feature-views"),
    path("feature-views/<uuid:view_id>", feature_view_views.feature_view, name="feature-view"),
    path("snapshots", snapshot_views.snapshots, name="snapshots"),
    path("snapshots/import", snapshot_views.snapshot_import, name="snapshot-import"),
    path("snapshots/<uuid:snapshot_id>", snapshot_views.snapshot, name="snapshot"),
]
