"""How a file leaves: as a download that no browser guesses at and no cache keeps."""

from __future__ import annotations

from django.http import HttpResponse

from mrm.lib import canonical
from reports import audit_reports, benchmarks, offline
from reports.models import AuditReport, Benchmark, Dossier
from reports.sample_documents import Drawn
from reports.selectors import file_name


def pdf_response(dossier: Dossier, content: bytes) -> HttpResponse:
    return _downloaded(content, file_name(dossier), dossier.signed_digest)


def tables_response(dossier: Dossier, content: bytes) -> HttpResponse:
    name = file_name(dossier).removesuffix(".pdf") + "-tables.zip"
    return _downloaded(content, name, canonical.sha256(content), "application/zip")


def verifier_response() -> HttpResponse:
    digest = offline.dossier_verifier_digest()
    return _downloaded(
        offline.dossier_content(), "dossier_verifier.py", digest, "text/x-python; charset=utf-8"
    )


def audit_report_response(report: AuditReport, content: bytes) -> HttpResponse:
    return _downloaded(content, audit_reports.file_name(report), report.signed_digest)


def audit_tables_response(report: AuditReport, content: bytes) -> HttpResponse:
    name = audit_reports.file_name(report).removesuffix(".pdf") + "-tables.zip"
    return _downloaded(content, name, canonical.sha256(content), "application/zip")


def benchmark_response(benchmark: Benchmark, content: bytes) -> HttpResponse:
    return _downloaded(content, benchmarks.file_name(benchmark), benchmark.pdf_digest)


def csv_response(name: str, content: bytes) -> HttpResponse:
    return _downloaded(content, name, canonical.sha256(content), "text/csv; charset=utf-8")


def downloaded(drawn: Drawn) -> HttpResponse:
    return _downloaded(drawn.content, drawn.name, drawn.digest)


def _downloaded(content: bytes, name: str, digest: str, kind: str = "application/pdf") -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "ETag": f'"{digest}"',
    }
    return HttpResponse(content, content_type=kind, headers=headers)
