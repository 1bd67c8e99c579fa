"""Reading validation: runs, results, evidence, findings, and what still stands between a version and its
next move."""

from __future__ import annotations

import uuid

from django.db.models import Prefetch, QuerySet

from accounts.access import allows, reach, require
from accounts.models import User
from accounts.permissions import Permission
from jobs.models import OPEN_STATES, Job
from mrm.lib.errors import NotFound
from registry.gatekeeper import ask_gates
from registry.lifecycle import MOVES, Stage
from registry.models import ModelVersion
from validation import evidence as proof
from validation.applicable import why_not_applicable
from validation.catalog import BY_ID
from validation.certificate import Certificate
from validation.certifying import certificate_of
from validation.competence import of_testers
from validation.evidence import Evidence, Shown
from validation.models import (
    CheckResult,
    Competence,
    Conclusion,
    Deviation,
    Finding,
    FindingNote,
    FindingState,
    Severity,
    ValidationRun,
    ValidationStandard,
)
from validation.plan_answers import AnsweredPlan, plan_answers
from validation.sample import Check
from validation.signing import insider_role
from validation.standards import committed, load, shipped

STARTABLE = (Stage.IN_VALIDATION, Stage.VALIDATED, Stage.IN_REVIEW, Stage.APPROVED)
UNSETTLED = (FindingState.OPEN, FindingState.REBUTTED, FindingState.PLANNED)


def latest_run(version: ModelVersion) -> ValidationRun | None:
    """The newest completed run, or None."""
    return proof.newest_run(version)


def evidence(version: ModelVersion) -> Evidence | None:
    """The newest evidence as one canonical document with its digest, recomputed from the stored results."""
    run = latest_run(version)
    return None if run is None else proof.evidence_of(run)


def shown(version: ModelVersion) -> Shown:
    """What a signer is shown now. NotFound while there is no evidence to sign."""
    run = latest_run(version)
    if run is None:
        raise NotFound(f"{version.label} has no evidence yet: no validation run has been completed.")
    return proof.shown_of(run)


def latest_conclusion(version: ModelVersion) -> Conclusion | None:
    return Conclusion.objects.filter(version=version).select_related("user__person").order_by("-at").first()


def blocking_failures(version: ModelVersion) -> list[CheckResult]:
    """Failed blocking checks of the newest evidence without a signed deviation."""
    run = latest_run(version)
    if run is None:
        return []
    return list(run.results.filter(is_blocking=True, verdict="failed", deviations=None).order_by("ordinal"))


def open_critical_findings(version: ModelVersion) -> list[Finding]:
    return list(Finding.objects.filter(version=version, severity=Severity.CRITICAL, state__in=UNSETTLED))


def run_in_progress(version: ModelVersion) -> ValidationRun | None:
    """A run whose job is queued or running. One whose job ended without results is nobody's hindrance."""
    for run in ValidationRun.objects.filter(version=version, completed_at=None):
        if Job.objects.filter(pk=run.job_id, state__in=OPEN_STATES).exists():
            return run
    return None


def check_card(check_id: str) -> Check | None:
    """What a check asks, needs and cannot say; None for a result of a check that no longer exists."""
    return BY_ID.get(check_id)


def run(*, actor: User, run_id: uuid.UUID) -> ValidationRun:
    rows = ValidationRun.objects.select_related("version__risk_model", "standard", "started_by__person")
    found = rows.filter(pk=run_id).first()
    if found is None or not _may_read(actor, found.version):
        raise NotFound("There is no such validation run that you may see.")
    return found


def runs_of(*, actor: User, version: ModelVersion) -> QuerySet[ValidationRun]:
    _require_read(actor, version)
    return version.runs.select_related("standard", "started_by__person").order_by("-started_at")


def results_of(*, actor: User, run: ValidationRun) -> list[CheckResult]:
    """All results in the order of the plan, with their deviations and findings."""
    _require_read(actor, run.version)
    return list(run.results.prefetch_related("deviations__user__person", "findings").order_by("ordinal"))


def result(*, actor: User, result_id: uuid.UUID) -> CheckResult:
    found = (
        CheckResult.objects.select_related(
            "run__version__risk_model", "run__version__policy", "run__standard"
        )
        .filter(pk=result_id)
        .first()
    )
    if found is None or not _may_read(actor, found.run.version):
        raise NotFound("There is no such result that you may see.")
    return found


def deviations_of(*, actor: User, version: ModelVersion) -> list[Deviation]:
    """Signed deviations on the newest evidence."""
    _require_read(actor, version)
    newest = latest_run(version)
    rows = Deviation.objects.filter(result__run=newest).select_related("result", "user__person")
    return [] if newest is None else list(rows.order_by("at"))


def findings(*, actor: User, version: ModelVersion | None = None) -> QuerySet[Finding]:
    """Findings the actor may read, the most urgent first."""
    require(actor=actor, permission=Permission.FINDING_READ)
    rows = Finding.objects.select_related(
        "version__risk_model", "owner__person", "opened_by__person", "result"
    )
    if version is not None:
        rows = rows.filter(version=version)
    slugs = reach(actor=actor, permission=Permission.FINDING_READ)
    seen = rows if slugs is None else rows.filter(version__risk_model__slug__in=slugs)
    return seen.order_by("state", "due_on", "id")


def open_findings(*, actor: User, version: ModelVersion) -> QuerySet[Finding]:
    return findings(actor=actor, version=version).filter(state__in=UNSETTLED)


def finding(*, actor: User, finding_id: uuid.UUID) -> Finding:
    notes = Prefetch(
        "notes",
        FindingNote.objects.select_related("author__person", "result")
        .prefetch_related("files")
        .order_by("at", "id"),
    )
    found = findings(actor=actor).filter(pk=finding_id).prefetch_related(notes).first()
    if found is None:
        raise NotFound("There is no such finding that you may see.")
    return found


def person_named(
    username: str, *, actor: User, permission: Permission, model_slug: str | None = None
) -> User:
    """Somebody whom an act names. Asks for the act's permission first: who exists is not told to the others."""
    require(actor=actor, permission=permission, model_slug=model_slug)
    found = User.objects.select_related("person").filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(f"There is no active account named {username[:64]}.")
    return found


def standard(slug: str) -> ValidationStandard:
    """The newest frozen standard of this name."""
    found = ValidationStandard.objects.filter(slug=slug).order_by("-frozen_at").first()
    if found is None:
        raise NotFound(f"No standard named {slug[:64]} has been frozen. Ask a validator to freeze it first.")
    return found


def standards(
    *, actor: User, tier: int | None = None, use: str | None = None
) -> QuerySet[ValidationStandard]:
    """Frozen standards; with a tier or a use only those that may judge a model of it."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    rows = ValidationStandard.objects.order_by("slug", "-frozen_at")
    rows = rows if tier is None else rows.filter(tiers__contains=str(tier))
    # No name of a use stands inside another one.
    return rows if use is None else rows.filter(uses__contains=use)


def what_is_missing(*, actor: User, version: ModelVersion) -> dict[str, list[str]]:
    """For every move that leads away from the present stage, what its gates say now; empty lists are ways
    open."""
    _require_read(actor, version)
    moves = [move.name for move in MOVES if move.source == version.stage]
    return {move: ask_gates(act=move, actor=actor, subject=version) for move in moves}


def why_no_deviation(*, actor: User, result: CheckResult) -> str | None:
    """What a page says instead of a button that would be refused; None shows the button."""
    version = result.run.version
    part = insider_role(version, actor.person_id)
    if not allows(actor=actor, permission=Permission.DEVIATION_SIGN, model_slug=version.risk_model.slug):
        return f"{actor.name} is no validator of {version.risk_model.slug}."
    if part is not None:
        return f"{actor.name} is the {part} of {version.label}."
    newest = latest_run(version)
    if version.stage != Stage.IN_VALIDATION or newest is None or newest.pk != result.run_id:
        return "Only a result of the newest evidence, of a version in validation, can be let stand."
    if not result.blocks:
        return "Only a failed blocking check needs a deviation."
    return "A deviation on this check was signed already." if result.deviations.exists() else None


def why_no_conclusion(*, actor: User, version: ModelVersion) -> str | None:
    """Why this person cannot conclude now, whatever the verdict; None where some verdict is open."""
    part = insider_role(version, actor.person_id)
    if not allows(actor=actor, permission=Permission.VERSION_CONCLUDE, model_slug=version.risk_model.slug):
        return f"{actor.name} is no validator of {version.risk_model.slug}."
    if part is not None:
        return f"{actor.name} is the {part} of {version.label}."
    if version.stage != Stage.IN_VALIDATION:
        return f"{version.label} is {version.stage.replace('_', ' ')}, not in validation."
    return None if latest_run(version) else f"{version.label} has no evidence. Start a validation run."


def why_no_run(*, actor: User, version: ModelVersion) -> str | None:
    """Why this person cannot start a run now."""
    part = insider_role(version, actor.person_id)
    if not allows(actor=actor, permission=Permission.RUN_START, model_slug=version.risk_model.slug):
        return f"{actor.name} is no validator of {version.risk_model.slug}."
    if part is not None:
        return f"{actor.name} is the {part} of {version.label}."
    if version.stage not in STARTABLE:
        return f"{version.label} is {version.stage.replace('_', ' ')}."
    return "A validation run is going already." if run_in_progress(version) else None


def latest_results(*, actor: User, version: ModelVersion) -> list[CheckResult]:
    """The results of the newest evidence in the order of the plan; none while there is no evidence."""
    _require_read(actor, version)
    newest = latest_run(version)
    return [] if newest is None else results_of(actor=actor, run=newest)


def answered_plan(*, actor: User, version: ModelVersion) -> AnsweredPlan:
    """The plan of the version's tier, each component with what answers it in the newest evidence, or why nothing
    does."""
    _require_read(actor, version)
    run = latest_run(version)
    return plan_answers(proof.seen_of(version if run is None else run.version, run))


def testers_of(*, actor: User, version: ModelVersion) -> list[tuple[str, tuple[Competence, ...]]]:
    """Who validates the version on its newest evidence, with their competence on record."""
    _require_read(actor, version)
    run = latest_run(version)
    if run is None:
        return []
    found = of_testers(run, proof.assessments_of(version, run))
    return [(person.name, held) for person, held in found.items()]


def reason_certificate(*, actor: User, version: ModelVersion) -> Certificate:
    """The reason certificate as it stands on the newest evidence."""
    _require_read(actor, version)
    return certificate_now(version)


def certificate_now(version: ModelVersion) -> Certificate:
    """The same for gates, which ask whoever acts."""
    run = latest_run(version)
    return certificate_of(proof.seen_of(version if run is None else run.version, run))


def successor_of(standard: ValidationStandard) -> ValidationStandard | None:
    """The newest other content that was frozen under the same name after this one; None while this one holds."""
    later = ValidationStandard.objects.filter(slug=standard.slug, frozen_at__gt=standard.frozen_at)
    return later.order_by("-frozen_at").first()


def choosable_standards(*, actor: User, version: ModelVersion) -> list[tuple[str, str]]:
    """Standards that ship with the product and apply to the version's tier and uses, by name: one is frozen before its
    first run."""
    _require_read(actor, version)
    found = [load(committed(slug)) for slug in shipped()]
    return [(each.slug, each.name) for each in found if why_not_applicable(version, each) is None]


def _may_read(actor: User, version: ModelVersion) -> bool:
    return allows(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)


def _require_read(actor: User, version: ModelVersion) -> None:
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
