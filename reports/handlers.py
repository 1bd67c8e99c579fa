"""The jobs of this app: they read and write files outside any transaction; rows and entries come at their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobs.run import Run
from registry.models import ModelVersion, Sweep
from reports import benchmarks, ledger_scope, ledger_verification, services, store
from reports.edition import Edition, Language, Paper
from reports.signing import signing_key


def build_dossier(run: Run) -> Callable[[], dict[str, str | int]]:
    """Refuses again whatever `request_dossier` refuses: stage and roles may have changed while the job waited."""
    from reports.build.dossier import document
    from reports.build.facts import gather
    from reports.sealed_files import sealed_file

    version = ModelVersion.objects.select_related("risk_model", "snapshot").get(pk=run.job.payload["version"])
    services.require_buildable(actor=run.actor, version=version)
    edition = _edition(run.job.payload)
    run.progress("Reading the evidence and the ledger", 5)
    key = signing_key()
    facts = gather(actor=run.actor, version=version, signer=key.signer)
    run.progress("Writing the pages", 30)
    signed = sealed_file(
        document(facts, edition), key=key, ledger=facts.ledger, kind="Validation dossier", told=run.progress
    )

    def conclude() -> dict[str, str | int]:
        dossier = services.keep_dossier(actor=run.actor, version=version, signed=signed)
        return {
            "dossier": str(dossier.pk),
            "version": version.number,
            "signed": dossier.signed_digest,
            "pages": dossier.pages,
        }

    return conclude


def _edition(payload: dict[str, Any]) -> Edition:
    """As it was asked for. Jobs that waited since before there were editions say nothing of it."""
    language, paper = payload.get("language", Language.ENGLISH), payload.get("paper", Paper.A4)
    return Edition(Language(language), Paper(paper))


def build_benchmark(run: Run) -> Callable[[], dict[str, str | int]]:
    """Follows every sweep. It reads the frozen facts alone, so that another attempt makes the same bytes."""
    from django.utils import translation

    from reports.build.benchmark import document
    from reports.build.benchmark_facts import gather
    from reports.render.pdf import render

    sweep = Sweep.objects.select_related("risk_model", "snapshot", "incumbent", "run_by__person").get(
        pk=run.job.subject_id
    )
    benchmarks.require_buildable(actor=run.actor, sweep=sweep)
    run.progress("Writing the pages", 30)
    # English whoever asked, as dossiers are: one set of facts has one file.
    with translation.override("en"):
        drawn = render(document(gather(sweep)))
    run.progress("Keeping the file", 95)
    store.keep(drawn.content)

    def conclude() -> dict[str, str | int]:
        kept = benchmarks.keep_benchmark(
            actor=run.actor, sweep=sweep, content=drawn.content, pages=drawn.pages
        )
        return {"benchmark": str(kept.pk), "pdf": kept.pdf_digest, "pages": kept.pages}

    return conclude


def verify_ledger(run: Run) -> Callable[[], dict[str, Any]]:
    """Reads the whole ledger outside any transaction. Refuses again who may no longer read it."""
    ledger_scope.require_all(actor=run.actor)
    verdict, kept = ledger_verification.verified(run.progress)

    def conclude() -> dict[str, Any]:
        ledger_verification.keep_verdict(actor=run.actor, job=run.job, verdict=verdict)
        return kept

    return conclude
