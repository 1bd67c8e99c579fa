from django.urls import URLPattern, path

from reports import dossier_views, views
from reports.api import DossierListApi, DossierPdfApi, DossierReadApi
from reports.ledger_api import LedgerEntryListApi, LedgerVerificationReadApi

_VERSION = "models/<slug:slug>/versions/<int:number>"

api: list[URLPattern] = [
    path(f"{_VERSION}/dossiers", DossierListApi.as_view(), name="api-dossier-list"),
    path("dossiers/<uuid:dossier_id>", DossierReadApi.as_view(), name="api-dossier"),
    path("dossiers/<uuid:dossier_id>/pdf", DossierPdfApi.as_view(), name="api-dossier-pdf"),
    path("ledger/entries", LedgerEntryListApi.as_view(), name="api-ledger-entry-list"),
    path("ledger/verification", LedgerVerificationReadApi.as_view(), name="api-ledger-verification"),
]
pages: list[URLPattern] = [
    path(f"{_VERSION}/dossiers", dossier_views.dossier_build, name="dossier-build"),
    path("dossiers/<uuid:dossier_id>/pdf", dossier_views.dossier_pdf, name="dossier-pdf"),
    path("ledger", views.ledger_list, name="ledger"),
    path("ledger/verification", views.ledger_verify, name="ledger-verify"),
    path("ledger/<int:sequence>", views.ledger_entry, name="ledger-entry"),
]
