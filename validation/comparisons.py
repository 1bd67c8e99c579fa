"""Comparisons of two versions: asked for by a validator who had no part in either, written down whole by their job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.models import OPEN_STATES, Job
from jobs.services import request_job
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, WrongStage
from registry import subjects, vault
from registry.lifecycle import Stage
from registry.models import DatasetSnapshot, ModelVersion
from registry.services import lock_version
from validation.models import Comparison, ToldBy, ValidationStandard
from validation.runner import Outcome
from validation.runs import require_applicable
from validation.signing import refuse_insider

KIND = "compare"
FORMAT = "countersign-comparison/1"


@dataclass(frozen=True)
class Asked:
    """Which two, and by which thresholds. The rows are those of the newer version's snapshot."""

    champion: ModelVersion
    challenger: ModelVersion
    standard: ValidationStandard

    @property
    def by_age(self) -> tuple[ModelVersion, ModelVersion]:
        """The newer one first."""
        pair = (self.champion, self.challenger)
        return pair if self.champion.number > self.challenger.number else (pair[1], pair[0])

    @property
    def snapshot(self) -> DatasetSnapshot:
        return self.by_age[0].snapshot


@dataclass(frozen=True)
class Found:
    """What the job brings back: on how many rows, how it is known that they are held out, results by whom they are
    about."""

    rows: int
    told_by: ToldBy
    outcomes: Mapping[str, Sequence[Outcome]]


def require_comparable(*, actor: User, asked: Asked) -> None:
    """Asked when a comparison is requested, when its job is claimed and when it is written down."""
    champion, challenger = asked.champion, asked.challenger
    require(actor=actor, permission=Permission.RUN_START, model_slug=challenger.risk_model.slug)
    if champion.risk_model_id != challenger.risk_model_id:
        raise _refused("They are of two models. Choose two versions of one.")
    if champion.pk == challenger.pk:
        raise _refused("It is the same version twice. Choose another one to compare with.")
    for version in (champion, challenger):
        refuse_insider(actor=actor, version=version, act="compare it")
        if version.stage == Stage.DRAFT:
            raise WrongStage(
                f"Cannot compare {version.label}: it is a draft. Its developer submits it first."
            )
    if champion.snapshot.declaration["target"] != challenger.snapshot.declaration["target"]:
        raise _refused("Their snapshots declare different targets, so they answer different questions.")
    require_applicable(version=challenger, standard=asked.standard)


def require_readable(asked: Asked) -> None:
    """Invalid where one of the two asks for a column that the rows do not have."""
    from registry import serving

    declared = asked.snapshot.declaration
    apart = {declared["id"], *declared["protected"], *declared["proxies"], *declared.get("realised", ())}
    kept = {each["name"] for each in declared["columns"]} - apart
    for version in asked.by_age:
        inputs = serving.load(vault.artifacts(), version.artifact_id).schema.inputs
        missing = [each.name for each in inputs if each.name not in kept]
        if missing:
            raise _refused(
                f"{version.label} reads {', '.join(missing)[:200]}, which the snapshot of {asked.by_age[0].label} does"
                " not have. Compare with a version that reads the same columns."
            )


@unit_of_work
def request_comparison(
    *, actor: User, champion: ModelVersion, challenger: ModelVersion, standard: ValidationStandard
) -> Job:
    """Queue the job that compares them. Refuses whoever had a part in either, drafts, versions of two models, rows that
    one of them cannot read, and the same comparison beside one that is going."""
    require(actor=actor, permission=Permission.RUN_START, model_slug=challenger.risk_model.slug)
    # Two requests in the same second meet at the challenger.
    asked = Asked(champion, lock_version(challenger), standard)
    require_comparable(actor=actor, asked=asked)
    require_readable(asked)
    payload = {
        "champion": str(champion.pk),
        "challenger": str(challenger.pk),
        "standard": str(standard.pk),
    }
    subject = subjects.of_version(asked.challenger)
    going = Job.objects.filter(kind=KIND, subject_id=subject.id, state__in=OPEN_STATES)
    if any(payload.items() <= each.payload.items() for each in going):
        raise Conflict("This comparison is going already. Wait for its end, or cancel its job.")
    return request_job(
        actor=actor, kind=KIND, subject=subject, payload={**payload, "comparison": str(uuid.uuid4())}
    )


def asked_of(job: Job) -> Asked:
    """What a job was asked to compare."""
    rows = ModelVersion.objects.select_related("risk_model__owner", "candidate", "policy", "snapshot")
    champion, challenger = (rows.get(pk=job.payload[name]) for name in ("champion", "challenger"))
    return Asked(champion, challenger, ValidationStandard.objects.get(pk=job.payload["standard"]))


@unit_of_work
def complete_comparison(*, actor: User, job: Job, asked: Asked, found: Found) -> Comparison:
    """Write the facts and their digest. Refuses what `request_comparison` refuses, and a second row of one job."""
    require_comparable(actor=actor, asked=asked)
    if Comparison.objects.filter(job_id=job.pk).exists():
        raise Conflict("This comparison was written down already; it does not change.")
    facts = facts_of(asked, found)
    row = Comparison(
        id=uuid.UUID(job.payload["comparison"]),
        champion=asked.champion,
        challenger=asked.challenger,
        snapshot=asked.snapshot,
        standard=asked.standard,
        job_id=job.pk,
        rows=found.rows,
        told_by=found.told_by,
        facts=facts,
        digest=canonical.digest(facts),
        compared_by=actor,
        completed_at=clock.now(),
    )
    row.save(force_insert=True)
    told = {
        "comparison": str(row.pk),
        "champion": str(asked.champion.pk),
        "snapshot": asked.snapshot.digest,
        "standard": asked.standard.digest,
        "digest": row.digest,
    }
    subject = subjects.of_version(asked.challenger)
    record(event=Event.COMPARISON_COMPLETED, actor=actor, subject=subject, facts=told)
    return row


def facts_of(asked: Asked, found: Found) -> dict[str, Any]:
    """The canonical document of a comparison: who was compared, on what, by which thresholds, and all results."""
    return {
        "format": FORMAT,
        "champion": _plain(asked.champion),
        "challenger": _plain(asked.challenger),
        "rows": {
            "snapshot": asked.snapshot.digest,
            "held_out": asked.snapshot.held_out_rows,
            "compared": found.rows,
            "told_by": str(found.told_by),
        },
        "standard": {"slug": asked.standard.slug, "digest": asked.standard.digest},
        "results": {whom: [_result(each) for each in made] for whom, made in found.outcomes.items()},
    }


def _plain(version: ModelVersion) -> dict[str, Any]:
    return {
        "label": version.label,
        "artifact": version.artifact_id,
        "policy": version.policy.digest,
        "approve_below": str(version.policy.rules["approve_below"]),
    }


def _result(outcome: Outcome) -> dict[str, Any]:
    """Nothing blocks here, so nothing says that it would."""
    return {name: value for name, value in outcome.plain().items() if name != "blocking"}


def _refused(detail: str) -> Invalid:
    return Invalid(f"These two cannot be compared. {detail}", [FieldError("/champion", "comparable", detail)])
