"""The job `compare`: both sealed versions on the rows that neither has learned from, everything written at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from jobs.run import Run
from registry import snapshots
from validation import comparisons, standards
from validation.comparisons import Found


def compare_versions(run: Run) -> Callable[[], dict[str, str | int]]:
    """Refuses again whatever `request_comparison` refuses: stages and roles may have changed while the job waited."""
    from validation import gathering
    from validation.compared.battery import compare
    from validation.compared.pair import Pair
    from validation.comparison_rows import held_out_for_both, only
    from validation.sample import Incumbent

    asked = comparisons.asked_of(run.job)
    comparisons.require_comparable(actor=run.actor, asked=asked)
    run.progress("Reading the held-out part", 5)
    why = f"comparison:{run.job.payload['comparison']}"
    part = snapshots.read_held_out(actor=run.actor, snapshot=asked.snapshot, why=why)
    run.progress("Looking for rows that one of them has learned from", 10)
    apart = held_out_for_both(actor=run.actor, versions=asked.by_age, part=part)
    rows = only(gathering.rows_of(part, asked.snapshot.declaration), apart.kept)
    run.progress("Scoring by both versions", 20)
    champion, challenger = (gathering.sample_of(each, rows) for each in (asked.champion, asked.challenger))
    rival = Incumbent(asked.champion.label, champion.approved, champion.probabilities)
    pair = Pair(champion, replace(challenger, incumbent=rival))
    standard = standards.load(asked.standard.content)
    found = Found(
        rows=challenger.n,
        told_by=apart.told_by,
        outcomes=compare(pair, standard, progress=run.progress),
    )
    run.progress("Writing the comparison", 98)

    def conclude() -> dict[str, str | int]:
        row = comparisons.complete_comparison(actor=run.actor, job=run.job, asked=asked, found=found)
        return {"comparison": str(row.pk), "digest": row.digest, "rows": row.rows}

    return conclude
