"""Benchmark reports: keep the one of a sweep, list and read them."""

from __future__ import annotations

import uuid

from django.db.models import Count, QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import NotFound
from registry import subjects
from registry.models import RiskModel, Sweep
from reports import store
from reports.models import Benchmark


def require_buildable(*, actor: User, sweep: Sweep) -> None:
    """The report follows the sweep: whoever may run the one may have the other drawn."""
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=sweep.risk_model.slug)


@unit_of_work
def keep_benchmark(*, actor: User, sweep: Sweep, content: bytes, pages: int) -> Benchmark:
    """Write down which file, kept in the store already, is the report of a sweep. A second attempt of the job finds
    the row of the first."""
    require_buildable(actor=actor, sweep=sweep)
    standing = Benchmark.objects.filter(sweep=sweep).first()
    if standing is not None:
        return standing
    benchmark = Benchmark(
        sweep=sweep,
        pdf_digest=canonical.sha256(content),
        pages=pages,
        size=len(content),
        built_by=actor,
        built_at=clock.now(),
    )
    benchmark.save(force_insert=True)
    facts = {
        "benchmark": str(benchmark.pk),
        "model": sweep.risk_model.slug,
        "facts": sweep.facts_digest,
        "pdf": benchmark.pdf_digest,
        "size": benchmark.size,
    }
    record(event=Event.BENCHMARK_BUILT, actor=actor, subject=subjects.of_sweep(sweep), facts=facts)
    return benchmark


def benchmarks_of(*, actor: User, risk_model: RiskModel) -> QuerySet[Benchmark]:
    """The reports of a model's sweeps, the newest first, each with how many took part (`candidates`)."""
    require(actor=actor, permission=Permission.DOSSIER_READ, model_slug=risk_model.slug)
    rows = _rows().filter(sweep__risk_model=risk_model).annotate(candidates=Count("sweep__trials"))
    return rows.order_by("-built_at", "id")


def benchmark(*, actor: User, benchmark_id: uuid.UUID) -> Benchmark:
    found = _rows().filter(pk=benchmark_id).first()
    if found is None or not _may_read(actor, found):
        raise NotFound("There is no such benchmark report that you may see.")
    return found


def pdf_of(*, actor: User, benchmark: Benchmark) -> bytes:
    """The file, checked against its digest on the way out. Unavailable when it is missing or altered."""
    require(actor=actor, permission=Permission.DOSSIER_READ, model_slug=benchmark.sweep.risk_model.slug)
    return store.read(benchmark.pdf_digest)


def file_name(benchmark: Benchmark) -> str:
    """ASCII by construction: a slug and the beginning of a digest."""
    return f"{benchmark.sweep.risk_model.slug}-benchmark-{benchmark.pdf_digest[:12]}.pdf"


def _rows() -> QuerySet[Benchmark]:
    return Benchmark.objects.select_related(
        "sweep__risk_model",
        "sweep__snapshot",
        "sweep__incumbent",
        "sweep__run_by__person",
        "built_by__person",
    )


def _may_read(actor: User, found: Benchmark) -> bool:
    slug = found.sweep.risk_model.slug
    return allows(actor=actor, permission=Permission.DOSSIER_READ, model_slug=slug)
