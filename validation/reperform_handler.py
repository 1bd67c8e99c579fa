"""The job `reperform`: sealed bytes read again, frozen tests run again in a child process, every number compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jobs.run import Run
from registry import vault
from validation import gathering, reperforming, retraining
from validation.evidence import evidence_of
from validation.models import ValidationRun
from validation.reperformance import comparing, folder, tolerances
from validation.reperformance.rows import Again

CHILD = "validation.reperformance.child:reperform"


def reperform(run: Run) -> Callable[[], dict[str, str | int]]:
    """Refuses again whatever `request_reperformance` refuses. A child that dies is an accident: the job tries again,
    and nothing is written."""
    row = ValidationRun.objects.select_related(
        "standard",
        "version__risk_model__owner",
        "version__candidate",
        "version__policy",
        "version__snapshot",
        "version__dictionary",
        "version__predecessor__policy",
    ).get(pk=run.job.payload["run"])
    reperforming.require_reperformable(actor=run.actor, run=row)
    retrained = _retrained(run, row)
    run.progress("Reading the sealed data and the sealed artefact", 30)
    again = _again(run, row, retrained)
    run.progress("Comparing with what is recorded", 95)
    frozen = tolerances.frozen()
    rows = comparing.compared(_recorded(row), again, frozen)

    def conclude() -> dict[str, str | int]:
        made = reperforming.complete_reperformance(
            actor=run.actor, run=row, job_id=run.job.pk, rows=rows, tolerances=frozen
        )
        return {
            "run": str(row.pk),
            "reperformance": str(made.pk),
            "agreeing": made.agreeing,
            "differing": made.differing,
            "not_reperformed": made.not_reperformed,
        }

    return conclude


def _retrained(run: Run, row: ValidationRun) -> str | None:
    """Only where a check of the plan asks for it: nothing else looks at what the recipe gives."""
    if "determinism" not in row.plan:
        return None
    run.progress("Training again from the recipe", 1)
    return retraining.retrained(run, row.version)


def _again(run: Run, row: ValidationRun, retrained: str | None) -> Again:
    assert row.completed_at is not None  # noqa: S101 (only a completed run is performed again)
    given = gathering.materials(
        actor=run.actor,
        version=row.version,
        why=f"reperformance:{row.pk}",
        retrained=retrained,
        # Whom it was compared with then: another version may be approved by now.
        rival=gathering.incumbent_at(row.version, row.completed_at),
    )
    with run.folder() as name:
        place = Path(name)
        folder.write(place, folder.Asked(given, row.standard.content), vault.artifacts())
        run.progress("Running the frozen tests again in a child process", 35)
        run.child(target=CHILD, folder=place)
        return folder.answered(place)


def _recorded(row: ValidationRun) -> comparing.Recorded:
    snapshot, found = row.version.snapshot, evidence_of(row)
    return comparing.Recorded(
        outcomes=found.document["results"],
        evidence=row.evidence_digest,
        recomputed=found.digest,
        held_out_digest=snapshot.held_out_digest,
        held_out_rows=snapshot.held_out_rows,
        artifact=row.version.artifact_id,
        metrics=row.version.candidate.metrics,
    )
