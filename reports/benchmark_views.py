"""A benchmark report on a page, and as a file."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.pages import person_of, signed_in
from reports import benchmarks, delivery
from reports.benchmark_page import facts_of, parts_of
from reports.build import benchmark as report
from reports.build.benchmark_facts import gather


@signed_in
@require_GET
def benchmark(request: HttpRequest, benchmark_id: uuid.UUID) -> HttpResponse:
    """The same document as the file, in the reader's language."""
    found = benchmarks.benchmark(actor=person_of(request), benchmark_id=benchmark_id)
    drawn = report.document(gather(found.sweep))
    entry = found.sweep.risk_model
    context = {
        "title": drawn.title,
        "lede": drawn.cover.outcome.text,
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": entry.slug, "url": reverse("model", args=[entry.slug])},
            {"label": _("Benchmark report")},
        ],
        "benchmark": found,
        "sections": [(section, parts_of(section)) for section in drawn.sections],
        "cover": [*facts_of(drawn.cover.facts), *facts_of(drawn.cover.digests)],
        "notice": drawn.cover.key_notice,
    }
    return render(request, "reports/benchmark.html", context)


@signed_in
@require_GET
def benchmark_pdf(request: HttpRequest, benchmark_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = benchmarks.benchmark(actor=actor, benchmark_id=benchmark_id)
    return delivery.benchmark_response(found, benchmarks.pdf_of(actor=actor, benchmark=found))
