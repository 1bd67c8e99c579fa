"""Running a plan. The only place here that catches everything: a check that raises becomes a result that
blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from mrm.lib import canonical
from quant.errors import NotMeasurable
from quant.verdict import Judgement, Verdict, amber_at_most, insufficient, reported
from validation import catalog
from validation.measuring import ERROR, Measured, word_of
from validation.sample import Check, Sample
from validation.standard import Force, Planned, Standard

log = structlog.get_logger()
_LONGEST_HEADLINE = 300
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Outcome:
    """What becomes one CheckResult: plain values only, numbers as text."""

    check_id: str
    verdict: str
    is_blocking: bool
    headline: str
    measurements: list[dict[str, object]]
    tables: dict[str, object]

    @property
    def is_blocking_failure(self) -> bool:
        return self.is_blocking and self.verdict in (Verdict.FAILED, ERROR)

    def plain(self) -> dict[str, object]:
        """What the result's digest is over."""
        return {
            "check": self.check_id,
            "verdict": self.verdict,
            "blocking": self.is_blocking,
            "headline": self.headline,
            "measurements": self.measurements,
            "tables": self.tables,
        }

    def digest(self) -> str:
        return canonical.digest(self.plain())


def run_plan(sample: Sample, standard: Standard, *, progress: Progress) -> list[Outcome]:
    """Every check of the plan in its order; `progress` is told before each and may stop the run."""
    checks = catalog.plan_of(standard)
    made = []
    for at, (check, planned) in enumerate(zip(checks, standard.plan, strict=True)):
        progress(check.title, 20 + round(75 * at / len(checks)))
        made.append(run_check(check, planned, sample, standard))
    return made


def run_check(check: Check, planned: Planned, sample: Sample, standard: Standard) -> Outcome:
    return answered(planned, lambda: check.run(sample, standard))


def answered(planned: Planned, ask: Callable[[], Measured]) -> Outcome:
    """What one question found, as grave as it was planned to be; a fault of its own becomes a result too."""
    try:
        return _outcome(planned, ask())
    except NotMeasurable as refusal:
        return _outcome(planned, Measured(str(refusal), insufficient(str(refusal))))
    except Exception as fault:  # noqa: BLE001 (the boundary: one broken check must not hide the others)
        return _error(planned, fault)


def _outcome(planned: Planned, found: Measured) -> Outcome:
    outcome = Outcome(
        check_id=planned.check,
        verdict=word_of(under(planned.force, found.judgement)),
        is_blocking=planned.force is Force.BLOCKING,
        headline=found.headline[:_LONGEST_HEADLINE],
        measurements=[_bounded(each.judgement, planned.force, each.plain()) for each in found.measurements],
        tables={name: table.plain() for name, table in found.tables.items()},
    )
    # Digested here, so that a value without a canonical form is the fault of its check and of no other.
    outcome.digest()
    return outcome


def under(force: Force, judgement: Judgement) -> Judgement:
    """What a check found, as grave as its standard lets it be."""
    if force is Force.BLOCKING:
        return judgement
    if force is Force.AMBER:
        return amber_at_most(judgement)
    # A check without verdict still says that it could not measure.
    return judgement if str(judgement.verdict) == "insufficient_data" else reported(judgement.why)


def _bounded(judgement: Judgement | None, force: Force, plain: dict[str, object]) -> dict[str, object]:
    if judgement is None or force is Force.REPORTED:
        return plain
    return {**plain, "verdict": word_of(under(force, judgement))}


def _error(planned: Planned, fault: Exception) -> Outcome:
    """Only the type: the text of an exception may quote an applicant's row."""
    kind = type(fault).__name__
    log.error("check_failed", check=planned.check, fault=kind)
    return Outcome(
        check_id=planned.check,
        verdict=ERROR,
        is_blocking=True,
        headline=f"The check ended in an error ({kind}). Nothing was measured.",
        measurements=[],
        tables={},
    )
