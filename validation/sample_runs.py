"""Runs on scored samples: started by a validator who did not bring the sample, completed all at once. Nothing is
concluded on them: a scored sample belongs to no version."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.models import OPEN_STATES, Job
from jobs.services import request_job
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed
from registry import subjects
from registry.models import RiskModel, ScoredSample
from validation import standards
from validation.catalog import plan_of
from validation.evidence import outcome_of
from validation.models import SampleResult, SampleRun, ValidationStandard
from validation.runner import Outcome

KIND = "validate-sample"
FORMAT = "countersign-sample-evidence/1"


def require_startable(*, actor: User, sample: ScoredSample) -> None:
    """Asked when a run is requested, and again when its job is claimed and ends."""
    require(actor=actor, permission=Permission.RUN_START, model_slug=sample.risk_model.slug)
    if actor.person_id == sample.brought_by.person_id:
        raise NotAllowed(
            f"{actor.name} brought this sample and cannot validate by it. People are counted, not accounts: ask a"
            " colleague who had no part in it."
        )


def require_applicable(*, sample: ScoredSample, standard: ValidationStandard) -> None:
    """Asked when a run is requested and again when its job is claimed: thresholds of another tier judge nothing."""
    entry, tiers = sample.risk_model, standards.load(standard.content).tiers
    if entry.tier in tiers:
        return
    said = " and ".join(map(str, tiers))
    detail = f"It applies to models of tier {said}; {entry.slug} is of tier {entry.tier}."
    raise Invalid(
        f"{standard.slug} cannot judge this sample. {detail} Choose a standard that applies to its tier.",
        [FieldError("/standard", "tier", detail)],
    )


@unit_of_work
def start_sample_run(*, actor: User, sample: ScoredSample, standard: ValidationStandard) -> SampleRun:
    """Queue a run of the standard's plan. Refuses whoever brought the sample, a standard for other tiers, and a second
    run beside one that is going."""
    require_startable(actor=actor, sample=sample)
    # Samples are append-only and never locked; two starts in the same second meet at their model.
    RiskModel.objects.select_for_update().get(pk=sample.risk_model_id)
    if run_in_progress(sample) is not None:
        raise Conflict("A run of this sample is going already. Wait for its end, or cancel its job.")
    require_applicable(sample=sample, standard=standard)
    run = _queued(actor, sample, standard)
    facts = {"run": str(run.pk), "standard": standard.digest, "plan": run.plan_digest, "job": str(run.job_id)}
    record(event=Event.SAMPLE_RUN_STARTED, actor=actor, subject=subjects.of_sample(sample), facts=facts)
    return run


def run_in_progress(sample: ScoredSample) -> SampleRun | None:
    """A run whose job is queued or running. One whose job ended without results is nobody's hindrance."""
    for run in SampleRun.objects.filter(sample=sample, completed_at=None):
        if Job.objects.filter(pk=run.job_id, state__in=OPEN_STATES).exists():
            return run
    return None


@unit_of_work
def complete_sample_run(*, actor: User, run: SampleRun, outcomes: Sequence[Outcome]) -> SampleRun:
    """Write all results and the evidence digest at once. Refuses a second completion and results of another plan."""
    require_startable(actor=actor, sample=run.sample)
    held = SampleRun.objects.select_for_update(of=("self",)).select_related("standard").get(pk=run.pk)
    held.sample = run.sample
    if held.completed_at is not None:
        raise Conflict("This run was completed already; its results do not change.")
    if [outcome.check_id for outcome in outcomes] != held.plan:
        raise Conflict("These are not the results of this run's plan; nothing was written.")
    SampleResult.objects.bulk_create(_result(held, at, outcome) for at, outcome in enumerate(outcomes))
    held.evidence_digest = canonical.digest(document_of(held, outcomes))
    held.completed_at = clock.now()
    held.save(update_fields=["evidence_digest", "completed_at"])
    facts = {
        "run": str(held.pk),
        "evidence": held.evidence_digest,
        "standard": held.standard.digest,
        "plan": held.plan_digest,
        "verdicts": {outcome.check_id: outcome.verdict for outcome in outcomes},
    }
    record(
        event=Event.SAMPLE_RUN_COMPLETED, actor=actor, subject=subjects.of_sample(held.sample), facts=facts
    )
    return held


def document_of(run: SampleRun, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Sample, standard, plan and all results as canonical JSON; the same facts have the same digest."""
    sample = run.sample
    return {
        "format": FORMAT,
        "sample": {
            "digest": sample.digest,
            "model": sample.risk_model.slug,
            "kind": sample.kind,
            "lives": {"vendor": sample.vendor, "system": sample.system, "version": sample.system_version},
            "sealed_here": False,
        },
        "standard": {"slug": run.standard.slug, "digest": run.standard.digest},
        "plan": {"checks": list(run.plan), "digest": run.plan_digest},
        "results": [{**outcome.plain(), "digest": outcome.digest()} for outcome in outcomes],
    }


def evidence_of(run: SampleRun) -> dict[str, Any]:
    """Written anew from the stored results, so that an altered result no longer gives the digest of the run."""
    return document_of(run, [outcome_of(result) for result in run.results.order_by("ordinal")])


def _queued(actor: User, sample: ScoredSample, standard: ValidationStandard) -> SampleRun:
    plan = [check.id for check in plan_of(standards.load(standard.content))]
    run_id = uuid.uuid4()
    subject = subjects.of_sample(sample)
    job = request_job(actor=actor, kind=KIND, subject=subject, payload={"run": str(run_id)})
    run = SampleRun(
        id=run_id,
        sample=sample,
        standard=standard,
        plan=plan,
        plan_digest=canonical.digest(plan),
        job_id=job.pk,
        started_by=actor,
        started_at=clock.now(),
    )
    run.save(force_insert=True)
    return run


def _result(run: SampleRun, ordinal: int, outcome: Outcome) -> SampleResult:
    return SampleResult(
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
