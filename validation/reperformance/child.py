"""The child process of a re-performance: no database, no settings, no secrets; only the folder it is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from validation import materials, runner, standards
from validation.reperformance import folder as folders
from validation.reperformance.folder import Asked
from validation.reperformance.paths import (
    calibration,
    impact,
    loans,
    profit,
    ranking,
    second_scores,
    stability,
)
from validation.reperformance.rows import INPUTS, Again, Reading
from validation.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PATHS = (ranking, calibration, stability, impact, profit)
_SECOND = "second path of serving parity, policy as fractions"
# Sealed tables that the paths read as plain JSON.
_SEALED = ("grades.json", "reference.json")


def reperform(folder: Path) -> None:
    """Every check of the plan again, then every independent path; the answer lies in the folder at the end. Refuses
    bytes that are not those of their digest."""
    asked = folders.asked(folder)
    sample = materials.assembled(asked.materials, folders.store(folder))
    standard = standards.load(asked.standard)
    outcomes = runner.run_plan(sample, standard, progress=lambda _step, _percent: None)
    again = Again(
        outcomes=[outcome.plain() for outcome in outcomes],
        readings=_readings(folder, asked, sample),
        held_out_digest=_content_digest(asked),
        held_out_rows=sample.n,
        artifact=sample.sealed.digest,
    )
    folders.answer(folder, again)


def _readings(folder: Path, asked: Asked, sample: Sample) -> list[Reading]:
    import duckdb

    files, given = sample.sealed.files, asked.materials
    pds = second_scores.pds(files, sample.frame)
    outcomes = second_scores.outcomes(files, sample.frame, given.policy, pds)
    with duckdb.connect() as connection:
        loans.filled(connection, folder, given.declaration, list(zip(pds, outcomes, strict=True)))
        ground = loans.Ground(
            folder=folder,
            connection=connection,
            standard=asked.standard,
            sealed=_sealed(files),
            development_rows=given.registered.development_rows,
        )
        made = [reading for path in _PATHS for reading in path.readings(ground)]
    return [*_both_paths(sample, pds, outcomes), *made]


def _both_paths(sample: Sample, pds: Sequence[float], outcomes: Sequence[str]) -> list[Reading]:
    """How far the two paths lie apart on the rows themselves; without any difference both are 0."""
    apart = [abs(first - second) for first, second in zip(sample.probabilities.tolist(), pds, strict=True)]
    approved, referred = sample.approved.tolist(), sample.referred.tolist()
    other = sum(
        (said == "approve") != is_approved or (said == "refer") != is_referred
        for said, is_approved, is_referred in zip(outcomes, approved, referred, strict=True)
    )
    return [
        Reading(INPUTS, "largest_pd_difference", max(apart, default=0.0), _SECOND),
        Reading(INPUTS, "outcomes_that_differ", float(other), _SECOND),
    ]


def _sealed(files: Mapping[str, bytes]) -> dict[str, Any]:  # Any: plain JSON
    return {name: json.loads(files[name]) for name in _SEALED}


def _content_digest(asked: Asked) -> str:
    """Of what the rows say, by the rule under which the snapshot was frozen."""
    from registry.frames.content import content_digest, from_parquet

    return content_digest(from_parquet(asked.materials.tables.held_out))
