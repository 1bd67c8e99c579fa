"""Standards and runs: frozen before, started by a validator, completed all at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.services import request_job
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, WrongStage
from registry import subjects
from registry.lifecycle import Stage
from registry.models import ModelVersion
from registry.services import advance, lock_version
from validation import standards
from validation.applicable import why_not_applicable
from validation.catalog import plan_of
from validation.evidence import assessments_of, document_of, plain_assessment
from validation.findings import Raised, open_finding
from validation.models import CheckResult, Severity, ValidationRun, ValidationStandard
from validation.pack_selectors import why_weaker_than_named
from validation.runner import Outcome
from validation.selectors import STARTABLE, run_in_progress
from validation.signing import refuse_insider
from validation.standard import Standard

KIND = "validate"
REOPENED = (Stage.VALIDATED, Stage.IN_REVIEW)


@unit_of_work
def freeze_standard(*, actor: User, slug: str) -> ValidationStandard:
    """Freeze a standard that ships with the product. What is frozen already is returned and leaves no
    second entry."""
    return freeze_content(actor=actor, content=standards.committed(slug))


@unit_of_work
def freeze_content(*, actor: User, content: dict[str, object]) -> ValidationStandard:
    """Freeze thresholds, before any run under them. Refuses a standard that cannot be read, plans unknown checks, or
    asks for less than a policy pack it names."""
    # Whoever may test may say by which measure: the same permission, and the author of a version never
    # holds it there.
    require(actor=actor, permission=Permission.RUN_START)
    standard = standards.load(content)
    plan_of(standard)
    _refuse_weaker_than_named(standard)
    frozen = ValidationStandard.objects.filter(digest=standard.digest).first()
    if frozen is not None:
        return frozen
    row = ValidationStandard(
        slug=standard.slug,
        digest=standard.digest,
        content=content,
        tiers=",".join(map(str, sorted(standard.tiers))),
        uses=",".join(sorted(standard.uses)),
        frozen_at=clock.now(),
    )
    row.save(force_insert=True)
    facts = {"slug": row.slug, "digest": row.digest}
    record(event=Event.STANDARD_FROZEN, actor=actor, subject=Subject("standard", str(row.pk)), facts=facts)
    return row


def _refuse_weaker_than_named(standard: Standard) -> None:
    weaker = why_weaker_than_named(standard)
    if weaker is None:
        return
    raise Invalid(
        f"{standard.slug} cannot be frozen. {weaker} Raise its limit, let its checks of the ratio block, or take the"
        " pack out of applies.",
        [FieldError("/content/fairness/air_limit", "weaker", weaker)],
    )


def require_startable(*, actor: User, version: ModelVersion) -> None:
    """Asked when a run is requested and again when its job is claimed."""
    require(actor=actor, permission=Permission.RUN_START, model_slug=version.risk_model.slug)
    refuse_insider(actor=actor, version=version, act="validate it")
    if version.stage not in STARTABLE:
        stages = ", ".join(stage.replace("_", " ") for stage in STARTABLE)
        raise WrongStage(
            f"Cannot validate {version.label}: it is {version.stage.replace('_', ' ')}, not one of {stages}."
        )


def require_applicable(*, version: ModelVersion, standard: ValidationStandard) -> None:
    """Asked when a run is requested and again when its job is claimed: thresholds of another tier or for other uses
    judge nothing."""
    found = why_not_applicable(version, standards.load(standard.content))
    if found is None:
        return
    raise Invalid(
        f"{standard.slug} cannot judge {version.label}. {found.detail} Choose a standard that applies.",
        [found],
    )


@unit_of_work
def start_run(*, actor: User, version: ModelVersion, standard: ValidationStandard) -> ValidationRun:
    """Queue a run of the standard's plan. Refuses insiders, a wrong stage, a standard for other tiers, and a second
    run beside one that is going."""
    require(actor=actor, permission=Permission.RUN_START, model_slug=version.risk_model.slug)
    held = lock_version(version)
    require_startable(actor=actor, version=held)
    if run_in_progress(held) is not None:
        raise Conflict(
            f"A validation run of {held.label} is going already. Wait for its end, or cancel its job."
        )
    require_applicable(version=held, standard=standard)
    plan = [check.id for check in plan_of(standards.load(standard.content))]
    run_id = uuid.uuid4()
    job = request_job(actor=actor, kind=KIND, subject=subjects.of_version(held), payload={"run": str(run_id)})
    run = ValidationRun(
        id=run_id,
        version=held,
        standard=standard,
        plan=plan,
        plan_digest=canonical.digest(plan),
        job_id=job.pk,
        started_by=actor,
        started_at=clock.now(),
    )
    run.save(force_insert=True)
    facts = {"run": str(run.pk), "standard": standard.digest, "plan": run.plan_digest, "job": str(job.pk)}
    record(event=Event.RUN_STARTED, actor=actor, subject=subjects.of_version(held), facts=facts)
    return run


@unit_of_work
def complete_run(*, actor: User, run: ValidationRun, outcomes: Sequence[Outcome]) -> ValidationRun:
    """Write all results and the evidence digest at once. New evidence reopens a validated or reviewed
    version; on an
    approved one a failed blocking check opens a finding, and the version stays in force."""
    version = lock_version(run.version)
    require_startable(actor=actor, version=version)
    held = ValidationRun.objects.select_for_update(of=("self",)).select_related("standard").get(pk=run.pk)
    if held.completed_at is not None:
        raise Conflict("This run was completed already; its results do not change.")
    if [outcome.check_id for outcome in outcomes] != held.plan:
        raise Conflict("These are not the results of this run's plan; nothing was written.")
    held.version = version
    results = [_result(held, at, outcome) for at, outcome in enumerate(outcomes)]
    CheckResult.objects.bulk_create(results)
    said = [plain_assessment(each) for each in assessments_of(version, held)]
    held.evidence_digest = canonical.digest(document_of(held, outcomes, said))
    held.completed_at = clock.now()
    held.save(update_fields=["evidence_digest", "completed_at"])
    if version.stage in REOPENED:
        version = advance(
            actor=actor, version=version, move="reopen", why=f"New evidence {held.evidence_digest}"
        )
    if version.stage == Stage.APPROVED:
        _open_findings(actor, version, held, results)
    _record_completion(actor, version, held, outcomes)
    return held


def _result(run: ValidationRun, ordinal: int, outcome: Outcome) -> CheckResult:
    return CheckResult(
        run=run,
        check_id=outcome.check_id,
        ordinal=ordinal,
        verdict=outcome.verdict,
        is_blocking=outcome.is_blocking,
        headline=outcome.headline,
        measurements=outcome.measurements,
        tables=outcome.tables,
        digest=outcome.digest(),
    )


def _open_findings(
    actor: User, version: ModelVersion, run: ValidationRun, results: list[CheckResult]
) -> None:
    due_on = clock.now().date() + dt.timedelta(days=standards.load(run.standard.content).due_days)
    for result in results:
        if result.blocks:
            raised = Raised(
                title=f"Approved version fails {result.check_id.replace('_', ' ')}",
                text=f"{result.headline} Evidence {run.evidence_digest}.",
                severity=Severity.HIGH,
                due_on=due_on,
            )
            open_finding(actor=actor, version=version, raised=raised, result=result)


def _record_completion(
    actor: User, version: ModelVersion, run: ValidationRun, outcomes: Sequence[Outcome]
) -> None:
    facts = {
        "run": str(run.pk),
        "evidence": run.evidence_digest,
        "standard": run.standard.digest,
        "plan": run.plan_digest,
        "verdicts": {outcome.check_id: outcome.verdict for outcome in outcomes},
    }
    record(event=Event.RUN_COMPLETED, actor=actor, subject=subjects.of_version(version), facts=facts)
