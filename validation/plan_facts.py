"""Since when each fact that a plan may name is kept about a version; None where it is not."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from registry.models import ModelVersion
from validation.models import Assessment, CheckResult, Conclusion, Finding, FindingState, ValidationRun
from validation.plan import Fact
from validation.topics import Topic

Moment = dt.datetime | None


@dataclass(frozen=True)
class Seen:
    """What there is about a version now, read once: the newest completed run with its results (their deviations
    beside them), the findings, the newest conclusion, the newest assessment of each topic."""

    version: ModelVersion
    run: ValidationRun | None
    results: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    conclusion: Conclusion | None
    assessments: tuple[Assessment, ...]


# Which topic each of these facts is an assessment of.
TOPICS: Final[Mapping[Fact, Topic]] = {
    Fact.ASSESSED_SCOPE: Topic.SCOPE,
    Fact.ASSESSED_LIMITS: Topic.LIMITS,
    Fact.ASSESSED_SOUNDNESS: Topic.SOUNDNESS,
    Fact.ASSESSED_DEVELOPER_DOCUMENT: Topic.DEVELOPER_DOCUMENT,
    Fact.ASSESSED_OPINION: Topic.OPINION,
}
# What only a completed run lets say anything about.
OF_A_RUN = frozenset(
    {
        Fact.FROZEN_STANDARD,
        Fact.REPERFORMED,
        Fact.FINDINGS_ANSWERED,
        Fact.DEVIATIONS_SIGNED,
        Fact.CONCLUSION_SIGNED,
        Fact.ASSESSED_OPINION,
    }
)


def since(fact: Fact, seen: Seen) -> Moment:
    return _SINCE[fact](seen)


def _inventory_entry(seen: Seen) -> Moment:
    entry = seen.version.risk_model
    says_all = all((entry.purpose.strip(), entry.intended_use.strip(), entry.uses, entry.limitations))
    return entry.accepted_at if says_all else None


def _accepted_tier(seen: Seen) -> Moment:
    entry = seen.version.risk_model
    return entry.accepted_at if entry.tier is not None else None


def _quality_report(seen: Seen) -> Moment:
    snapshot = seen.version.snapshot
    return snapshot.imported_at if snapshot.quality else None


def _held_out_part(seen: Seen) -> Moment:
    snapshot = seen.version.snapshot
    return snapshot.imported_at if snapshot.held_out_rows else None


def _lineage(seen: Seen) -> Moment:
    snapshot = seen.version.snapshot
    return snapshot.imported_at if snapshot.lineage else None


def _recipe(seen: Seen) -> Moment:
    candidate = seen.version.candidate
    return candidate.trained_at if candidate.recipe else None


def _sealed_artefact(seen: Seen) -> Moment:
    """A version cannot be registered without one."""
    return seen.version.registered_at


def _reason_dictionary(seen: Seen) -> Moment:
    return seen.version.dictionary.proposed_at


def _decision_policy(seen: Seen) -> Moment:
    return seen.version.policy.proposed_at


def _frozen_standard(seen: Seen) -> Moment:
    run = seen.run
    return None if run is None or run.standard.frozen_at > run.started_at else run.standard.frozen_at


def _reperformed(seen: Seen) -> Moment:
    """That every number was looked at a second time; what differs is a finding."""
    if seen.run is None:
        return None
    return seen.run.reperformances.order_by("at").values_list("at", flat=True).first()


def _findings_answered(seen: Seen) -> Moment:
    """No finding waits for an answer. That there is none says little before somebody has concluded, which is another
    fact."""
    if seen.run is None or any(each.state == FindingState.OPEN for each in seen.findings):
        return None
    return max([_completed(seen.run), *(each.closed_at or each.opened_at for each in seen.findings)])


def _deviations_signed(seen: Seen) -> Moment:
    """Every failed blocking check was let stand in signed words, if any has failed."""
    if seen.run is None:
        return None
    signed = [list(result.deviations.all()) for result in seen.results if result.blocks]
    if not all(signed):
        return None
    return max([_completed(seen.run), *(each.at for rows in signed for each in rows)])


def _conclusion_signed(seen: Seen) -> Moment:
    conclusion, run = seen.conclusion, seen.run
    if conclusion is None or run is None or conclusion.evidence_digest != run.evidence_digest:
        return None
    return conclusion.at


def _assessed(topic: Topic, seen: Seen) -> Moment:
    """What is said about a version holds for its next run too; the opinion on the whole is about one run."""
    found = next((each for each in seen.assessments if each.topic == topic), None)
    is_of_another_run = (
        found is not None and topic is Topic.OPINION and found.run_id != getattr(seen.run, "pk", None)
    )
    return None if found is None or is_of_another_run else found.at


def _developer_document(seen: Seen) -> Moment:
    newest = seen.version.documents.order_by("-revision").first()
    return None if newest is None else newest.written_at


def _monitoring_plan(seen: Seen) -> Moment:
    newest = seen.version.monitoring_plans.order_by("-revision").first()
    return None if newest is None else newest.written_at


def _completed(run: ValidationRun) -> dt.datetime:
    assert run.completed_at is not None  # noqa: S101 (only a completed run is seen)
    return run.completed_at


_SINCE: Final[Mapping[Fact, Callable[[Seen], Moment]]] = {
    Fact.INVENTORY_ENTRY: _inventory_entry,
    Fact.ACCEPTED_TIER: _accepted_tier,
    Fact.QUALITY_REPORT: _quality_report,
    Fact.HELD_OUT_PART: _held_out_part,
    Fact.LINEAGE: _lineage,
    Fact.RECIPE: _recipe,
    Fact.SEALED_ARTEFACT: _sealed_artefact,
    Fact.REASON_DICTIONARY: _reason_dictionary,
    Fact.DECISION_POLICY: _decision_policy,
    Fact.FROZEN_STANDARD: _frozen_standard,
    Fact.REPERFORMED: _reperformed,
    Fact.FINDINGS_ANSWERED: _findings_answered,
    Fact.DEVIATIONS_SIGNED: _deviations_signed,
    Fact.CONCLUSION_SIGNED: _conclusion_signed,
    Fact.DEVELOPER_DOCUMENT: _developer_document,
    Fact.MONITORING_PLAN: _monitoring_plan,
    **{fact: functools.partial(_assessed, topic) for fact, topic in TOPICS.items()},
}
