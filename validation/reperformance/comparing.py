"""Recorded beside again, number by number. Within tolerances, never by digest; what is missing or no number never
agrees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mrm.lib import canonical
from validation.reperformance.repeating import repeated_rows
from validation.reperformance.rows import INPUTS, Again, Outcome, Reading, Row, Way
from validation.reperformance.tolerances import Tolerances

# What the candidate's own training has measured, and on which part; the first that was kept is shown.
_DEVELOPER: Final[Mapping[str, tuple[str, ...]]] = {
    "discrimination/auc/value": ("cross_fitted_auc", "test_auc"),
    "brier/brier/value": ("cross_fitted_brier", "test_brier"),
    "brier/log_loss/value": ("cross_fitted_log_loss", "test_log_loss"),
    "jeffreys_portfolio/observed_rate/value": ("development_default_rate",),
}
_LABELS: Final = {
    "largest_pd_difference": "Largest |Δ PD| of the served path against the second one",
    "outcomes_that_differ": "Rows with another outcome of the policy on the second path",
}
NOTHING: Final = "Nothing was measured, so there is nothing to compare."


@dataclass(frozen=True)
class Recorded:
    """What stands in the run: stored outcomes (validation.runner.Outcome.plain()), the digests that name evidence and
    bytes, and the metrics of the candidate. `recomputed` is the evidence digest of the stored rows as they are now."""

    outcomes: Sequence[Mapping[str, Any]]  # Any: JSON of a CheckResult
    evidence: str
    recomputed: str
    held_out_digest: str
    held_out_rows: int
    artifact: str
    metrics: Mapping[str, object]


def compared(recorded: Recorded, again: Again, tolerances: Tolerances) -> tuple[Row, ...]:
    """The inputs, then the independent readings, then everything that was repeated."""
    return (
        *_inputs(recorded, again),
        *_independent(recorded, again, tolerances),
        *repeated_rows(recorded.outcomes, again.outcomes, tolerances),
    )


def _inputs(recorded: Recorded, again: Again) -> Iterator[Row]:
    rows = (
        ("evidence", "Evidence digest of the stored results", recorded.evidence, recorded.recomputed),
        ("artifact", "Artefact digest of the sealed bytes", recorded.artifact, again.artifact),
        (
            "held_out_digest",
            "Content digest of the held-out part",
            recorded.held_out_digest,
            again.held_out_digest,
        ),
        (
            "held_out_rows",
            "Rows of the held-out part",
            str(recorded.held_out_rows),
            str(again.held_out_rows),
        ),
    )
    for measure, label, before, after in rows:
        outcome = Outcome.AGREES if before == after else Outcome.DIFFERS
        yield Row(
            INPUTS, measure, label, "value", None, "", before, after, "0", Way.VERIFIED, "SHA-256", outcome
        )


def _independent(recorded: Recorded, again: Again, tolerances: Tolerances) -> Iterator[Row]:
    kept = {
        (outcome["check"], each["name"]): each
        for outcome in recorded.outcomes
        for each in outcome["measurements"]
    }
    for reading in again.readings:
        if reading.check == INPUTS:
            # The run took one path for the other, so 0 is what it rests on.
            yield _row(reading, {"label": _LABELS[reading.measure], "value": "0.0"}, recorded, tolerances)
            continue
        found = kept.get((reading.check, reading.measure))
        if found is not None:
            yield _row(reading, found, recorded, tolerances)


def _row(reading: Reading, found: Mapping[str, Any], recorded: Recorded, tolerances: Tolerances) -> Row:
    tolerance = tolerances.of(reading.check, reading.measure, reading.figure)
    before = found[reading.figure]
    developer, part = _developer(reading, recorded.metrics)
    outcome, why = Outcome.NOT_REPERFORMED, reading.why or NOTHING
    if reading.value is not None:
        holds = before is not None and tolerance.holds(float(before), reading.value)
        outcome, why = (Outcome.AGREES, "") if holds else (Outcome.DIFFERS, "")
    return Row(
        check=reading.check,
        measure=reading.measure,
        label=found["label"],
        figure=reading.figure,
        developer=developer,
        developer_part=part,
        recorded=before,
        again=None if reading.value is None else canonical.number(reading.value),
        tolerance=tolerance.words,
        way=Way.INDEPENDENT,
        path=reading.path,
        outcome=outcome,
        why=why,
    )


def _developer(reading: Reading, metrics: Mapping[str, object]) -> tuple[str | None, str]:
    names = _DEVELOPER.get(f"{reading.check}/{reading.measure}/{reading.figure}", ())
    name = next((each for each in names if each in metrics), None)
    return (None, "") if name is None else (canonical.number(float(str(metrics[name]))), name)
