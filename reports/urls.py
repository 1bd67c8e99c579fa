from django.urls import URLPattern, path

from reports import (
    as_of_views,
    audit_views,
    benchmark_views,
    card_views,
    dossier_views,
    ledger_checkpoint_views,
    ledger_proof_views,
    ledger_verification_views,
    sample_views,
    views,
)
from reports.api import DossierListApi, DossierPdfApi, DossierReadApi, DossierTablesApi, DossierVerifierApi
from reports.audit_api import (
    AuditReportListApi,
    AuditReportPdfApi,
    AuditReportReadApi,
    AuditReportTablesApi,
)
from reports.benchmark_api import BenchmarkListApi, BenchmarkPdfApi, BenchmarkReadApi
from reports.ledger_api import (
    LedgerBundleApi,
    LedgerCheckpointListApi,
    LedgerCheckpointReadApi,
    LedgerEntryListApi,
    LedgerStreamApi,
    LedgerVerifierApi,
)
from reports.ledger_proof_api import DecisionProofApi, LedgerEntryProofApi
from reports.ledger_verification_api import LedgerVerificationReadApi, LedgerVerificationRequestApi

_VERSION = "models/<slug:slug>/versions/<int:number>"
_VERIFICATION = "ledger/verifications/<uuid:job_id>"

api: list[URLPattern] = [
    path(f"{_VERSION}/dossiers", DossierListApi.as_view(), name="api-dossier-list"),
    path("dossiers/verifier", DossierVerifierApi.as_view(), name="api-dossier-verifier"),
    path("dossiers/<uuid:dossier_id>", DossierReadApi.as_view(), name="api-dossier"),
    path("dossiers/<uuid:dossier_id>/pdf", DossierPdfApi.as_view(), name="api-dossier-pdf"),
    path("dossiers/<uuid:dossier_id>/tables", DossierTablesApi.as_view(), name="api-dossier-tables"),
    path("audit-reports", AuditReportListApi.as_view(), name="api-audit-report-list"),
    path("audit-reports/<uuid:report_id>", AuditReportReadApi.as_view(), name="api-audit-report"),
    path("audit-reports/<uuid:report_id>/pdf", AuditReportPdfApi.as_view(), name="api-audit-report-pdf"),
    path(
        "audit-reports/<uuid:report_id>/tables",
        AuditReportTablesApi.as_view(),
        name="api-audit-report-tables",
    ),
    path("models/<slug:slug>/benchmarks", BenchmarkListApi.as_view(), name="api-benchmark-list"),
    path("benchmarks/<uuid:benchmark_id>", BenchmarkReadApi.as_view(), name="api-benchmark"),
    path(
        "models/<slug:slug>/samples/<uuid:sample_id>/runs/<uuid:sample_run_id>/pdf",
        sample_views.SampleRunPdfApi.as_view(),
        name="api-sample-run-pdf",
    ),
    path("benchmarks/<uuid:benchmark_id>/pdf", BenchmarkPdfApi.as_view(), name="api-benchmark-pdf"),
    path(f"{_VERSION}/card/<str:audience>", card_views.ModelCardApi.as_view(), name="api-model-card"),
    path("ledger/entries", LedgerEntryListApi.as_view(), name="api-ledger-entry-list"),
    path("ledger/entries/<int:sequence>/proof", LedgerEntryProofApi.as_view(), name="api-ledger-entry-proof"),
    path(
        "ledger/verifications", LedgerVerificationRequestApi.as_view(), name="api-ledger-verification-request"
    ),
    path(_VERIFICATION, LedgerVerificationReadApi.as_view(), name="api-ledger-verification"),
    path("ledger/checkpoints", LedgerCheckpointListApi.as_view(), name="api-ledger-checkpoint-list"),
    path("ledger/checkpoints/latest", LedgerCheckpointReadApi.as_view(), name="api-ledger-checkpoint-latest"),
    path("ledger/verifier", LedgerVerifierApi.as_view(), name="api-ledger-verifier"),
    path("ledger/bundle", LedgerBundleApi.as_view(), name="api-ledger-bundle"),
    path("ledger/stream", LedgerStreamApi.as_view(), name="api-ledger-stream"),
    path("decisions/<uuid:decision_id>/proof", DecisionProofApi.as_view(), name="api-decision-proof"),
]
pages: list[URLPattern] = [
    path(f"{_VERSION}/dossiers", dossier_views.dossier_build, name="dossier-build"),
    path("dossiers/verifier.py", dossier_views.dossier_verifier, name="dossier-verifier"),
    path("dossiers/<uuid:dossier_id>", dossier_views.dossier, name="dossier"),
    path("dossiers/<uuid:dossier_id>/tables", dossier_views.dossier_tables, name="dossier-tables"),
    path("dossiers/<uuid:dossier_id>/pdf", dossier_views.dossier_pdf, name="dossier-pdf"),
    path(f"{_VERSION}/card/<str:audience>", card_views.model_card, name="model-card"),
    path(f"{_VERSION}/card/<str:audience>/pdf", card_views.model_card_pdf, name="model-card-pdf"),
    path("benchmarks/<uuid:benchmark_id>", benchmark_views.benchmark, name="benchmark"),
    path("sample-runs/<uuid:sample_run_id>/pdf", sample_views.sample_run_pdf, name="sample-run-pdf"),
    path("benchmarks/<uuid:benchmark_id>/pdf", benchmark_views.benchmark_pdf, name="benchmark-pdf"),
    path("audit-reports", audit_views.audit_report_list, name="audit-reports"),
    path("audit-reports/ask", audit_views.audit_report_ask, name="audit-report-ask"),
    path("audit-reports/<uuid:report_id>", audit_views.audit_report, name="audit-report"),
    path("audit-reports/<uuid:report_id>/pdf", audit_views.audit_report_pdf, name="audit-report-pdf"),
    path(
        "audit-reports/<uuid:report_id>/tables", audit_views.audit_report_tables, name="audit-report-tables"
    ),
    path("inventory/as-of", as_of_views.inventory_as_of_day, name="inventory-as-of"),
    path("inventory/as-of.csv", as_of_views.inventory_as_of_csv, name="inventory-as-of-csv"),
    path("ledger", views.ledger_list, name="ledger"),
    path("ledger/verifications", ledger_verification_views.ledger_verify, name="ledger-verify"),
    path(_VERIFICATION, ledger_verification_views.ledger_verification, name="ledger-verification"),
    path(
        f"{_VERIFICATION}/progress",
        ledger_verification_views.ledger_verification_progress,
        name="ledger-verification-progress",
    ),
    path("ledger/checkpoints", ledger_checkpoint_views.ledger_checkpoints, name="ledger-checkpoints"),
    path(
        "ledger/checkpoints/<int:size>", ledger_checkpoint_views.ledger_checkpoint, name="ledger-checkpoint"
    ),
    path(
        "ledger/checkpoints/<int:size>/stamp.tsr",
        ledger_checkpoint_views.ledger_stamp,
        name="ledger-stamp",
    ),
    path("ledger/verifier.py", ledger_checkpoint_views.ledger_verifier, name="ledger-verifier"),
    path("ledger/bundle", ledger_checkpoint_views.ledger_bundle, name="ledger-bundle"),
    path("ledger/<int:sequence>", views.ledger_entry, name="ledger-entry"),
    path("ledger/<int:sequence>/proof", ledger_proof_views.entry_proof, name="ledger-entry-proof"),
    path(
        "ledger/<int:sequence>/proof.json",
        ledger_proof_views.entry_proof_file,
        name="ledger-entry-proof-file",
    ),
    path("decisions/<uuid:decision_id>/proof", ledger_proof_views.decision_proof, name="decision-proof"),
    path(
        "decisions/<uuid:decision_id>/proof.json",
        ledger_proof_views.decision_proof_file,
        name="decision-proof-file",
    ),
]
