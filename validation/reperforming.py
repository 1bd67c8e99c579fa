"""Performing a completed run again: asked for by an independent validator, kept as rows, a difference opens a
finding."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib import clock
from mrm.lib.errors import Conflict, WrongStage
from registry import subjects
from registry.models import ModelVersion
from registry.services import lock_version
from validation import standards
from validation.findings import Raised, open_finding
from validation.models import CheckResult, Reperformance, Severity, ValidationRun
from validation.reperformance.rows import INPUTS, Outcome, Row, digest_of
from validation.reperformance.tolerances import Tolerances
from validation.reperformed import job_in_progress
from validation.selectors import STARTABLE
from validation.signing import refuse_insider

KIND = "reperform"
_MOST_NAMED = 12


def require_reperformable(*, actor: User, run: ValidationRun) -> None:
    """Asked when it is requested, when its job is claimed, and when its rows are kept."""
    version = run.version
    require(actor=actor, permission=Permission.RUN_START, model_slug=version.risk_model.slug)
    refuse_insider(actor=actor, version=version, act="re-perform its validation")
    if version.stage not in STARTABLE:
        stages = ", ".join(stage.replace("_", " ") for stage in STARTABLE)
        raise WrongStage(
            f"Cannot re-perform a run of {version.label}: the version is {version.stage.replace('_', ' ')}, not one of"
            f" {stages}."
        )
    if run.completed_at is None:
        raise WrongStage(
            f"Cannot re-perform this run of {version.label}: it is not completed. Wait for its results."
        )


@unit_of_work
def request_reperformance(*, actor: User, run: ValidationRun) -> Job:
    """Queue the job. Refuses insiders, a wrong stage, a run without results, and a second one beside one that is
    going."""
    require(actor=actor, permission=Permission.RUN_START, model_slug=run.version.risk_model.slug)
    held = _locked(run)
    require_reperformable(actor=actor, run=held)
    if job_in_progress(held) is not None:
        raise Conflict(
            f"A re-performance of this run of {held.version.label} is going already. Wait for its end, or cancel its"
            " job."
        )
    subject = subjects.of_version(held.version)
    return request_job(actor=actor, kind=KIND, subject=subject, payload={"run": str(held.pk)})


@unit_of_work
def complete_reperformance(
    *, actor: User, run: ValidationRun, job_id: uuid.UUID, rows: Sequence[Row], tolerances: Tolerances
) -> Reperformance:
    """Keep the comparison. Where a number differs, one finding of high severity names the checks; the recorded results
    stay as they are."""
    require(actor=actor, permission=Permission.RUN_START, model_slug=run.version.risk_model.slug)
    held = _locked(run)
    require_reperformable(actor=actor, run=held)
    made = _kept(actor, held, job_id, rows, tolerances)
    made.save(force_insert=True)
    if made.differing:
        _open_finding(actor, made, rows)
    _record(actor, made)
    return made


def _locked(run: ValidationRun) -> ValidationRun:
    """The version first, as everywhere: what a signer is shown lists findings and what was performed again."""
    version: ModelVersion = lock_version(run.version)
    held = ValidationRun.objects.select_related("standard").get(pk=run.pk)
    held.version = version
    return held


def _kept(
    actor: User, run: ValidationRun, job_id: uuid.UUID, rows: Sequence[Row], tolerances: Tolerances
) -> Reperformance:
    counts = {outcome: sum(row.outcome is outcome for row in rows) for outcome in Outcome}
    return Reperformance(
        run=run,
        job_id=job_id,
        performed_by=actor,
        at=clock.now(),
        evidence_digest=run.evidence_digest,
        tolerances_digest=tolerances.digest,
        rows=[row.plain() for row in rows],
        rows_digest=digest_of(rows),
        agreeing=counts[Outcome.AGREES],
        differing=counts[Outcome.DIFFERS],
        not_reperformed=counts[Outcome.NOT_REPERFORMED],
    )


def _open_finding(actor: User, made: Reperformance, rows: Sequence[Row]) -> None:
    run = made.run
    apart = [row for row in rows if row.outcome is Outcome.DIFFERS]
    checks = {row.check for row in apart} - {INPUTS}
    named = ", ".join(f"{row.check}: {row.measure}" for row in apart[:_MOST_NAMED])
    more = f", and {len(apart) - _MOST_NAMED} more" if len(apart) > _MOST_NAMED else ""
    raised = Raised(
        title=f"Performed again, the run gives other numbers: {len(apart)}",
        text=f"{named}{more}. Evidence {run.evidence_digest}; comparison {made.rows_digest}. Say which of both is"
        " right, and restore or repeat the run.",
        severity=Severity.HIGH,
        due_on=clock.now().date() + dt.timedelta(days=standards.load(run.standard.content).due_days),
    )
    # A finding stands beside one result at most.
    results = CheckResult.objects.filter(run=run, check_id__in=checks) if len(checks) == 1 else ()
    open_finding(actor=actor, version=run.version, raised=raised, result=next(iter(results), None))


def _record(actor: User, made: Reperformance) -> None:
    facts = {
        "run": str(made.run_id),
        "reperformance": str(made.pk),
        "evidence": made.evidence_digest,
        "tolerances": made.tolerances_digest,
        "comparison": made.rows_digest,
        "agreeing": made.agreeing,
        "differing": made.differing,
        "not_reperformed": made.not_reperformed,
    }
    subject = subjects.of_version(made.run.version)
    record(event=Event.RUN_REPERFORMED, actor=actor, subject=subject, facts=facts)
