"""The versions of some models as they stood at a moment, by a fixed number of questions to the database."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from approvals.models import Condition, RequestState
from registry.lifecycle import Stage
from registry.models import ModelVersion, StageChange
from registry.uses import uses_of
from reports.as_of.grants import grants_then
from reports.as_of.then import Grant, VersionThen
from scoring.models import Deployment
from validation.models import Finding, ValidationRun

Keys = Collection[uuid.UUID]


@dataclass(frozen=True)
class _Around:
    """What stood about the versions, each by the version's key."""

    changes: Mapping[uuid.UUID, Sequence[StageChange]]
    slots: Mapping[uuid.UUID, Sequence[str]]
    findings: Mapping[uuid.UUID, Mapping[str, int]]
    conditions: Mapping[uuid.UUID, Sequence[Condition]]
    grants: Mapping[uuid.UUID, Sequence[Grant]]
    standards: Mapping[uuid.UUID, str]


def versions_then(
    *, models: Keys, read_findings_of: Keys, at: dt.datetime
) -> dict[uuid.UUID, tuple[VersionThen, ...]]:
    """By model, the newest version first. Findings are counted for the models in `read_findings_of` alone."""
    rows = ModelVersion.objects.filter(risk_model__in=models, registered_at__lte=at)
    versions = list(rows.select_related("snapshot").order_by("-number"))
    keys = [each.pk for each in versions]
    changes = StageChange.objects.filter(version__in=keys, made_at__lte=at)
    moved = _grouped(changes)
    stages = {each.pk: stage_after(moved[each.pk]) for each in versions}
    around = _Around(
        changes=moved,
        slots=_slots(keys, at),
        findings=_findings(keys, at),
        conditions=_conditions(keys, at),
        grants=grants_then(versions, stages, at),
        standards=_standards(keys, at),
    )
    found: dict[uuid.UUID, list[VersionThen]] = defaultdict(list)
    for version in versions:
        may_read = version.risk_model_id in read_findings_of
        found[version.risk_model_id].append(_then(version, around, at, is_told_findings=may_read))
    return {model: tuple(each) for model, each in found.items()}


def stage_after(changes: Iterable[StageChange]) -> str:
    """Where a version stands after these moves, whatever order they are read in: moves form one walk that begins at
    draft, so only its last stage was entered once more than it was left. Two moves of one moment need no order."""
    balance: Counter[str] = Counter()
    for change in changes:
        balance[change.target] += 1
        balance[change.source] -= 1
    return next((stage for stage, entered in balance.items() if entered > 0), Stage.DRAFT)


def _then(version: ModelVersion, around: _Around, at: dt.datetime, *, is_told_findings: bool) -> VersionThen:
    changes = around.changes[version.pk]
    # An approval is given once in the life of a version, so the end that is stored is the end of that one.
    expires_at = version.expires_at if any(each.target == Stage.APPROVED for each in changes) else None
    conditions = around.conditions[version.pk]
    return VersionThen(
        number=version.number,
        stage=stage_after(changes),
        stage_since=max((each.made_at for each in changes), default=version.registered_at),
        slots=tuple(around.slots[version.pk]),
        # Frozen when the draft was submitted, which is the first move of its life.
        uses=tuple(each.use for each in uses_of(version.use["uses"])) if changes and version.use else (),
        standard=around.standards.get(version.pk, ""),
        expires_at=expires_at,
        has_expired=expires_at is not None and expires_at <= at,
        findings=dict(around.findings[version.pk]) if is_told_findings else None,
        conditions_open=sum(each.due_at > at for each in conditions),
        conditions_overdue=sum(each.due_at <= at for each in conditions),
        grants=tuple(around.grants.get(version.pk, ())),
    )


def _grouped(changes: Iterable[StageChange]) -> dict[uuid.UUID, list[StageChange]]:
    found: dict[uuid.UUID, list[StageChange]] = defaultdict(list)
    for change in changes:
        found[change.version_id].append(change)
    return found


def _slots(versions: Keys, at: dt.datetime) -> dict[uuid.UUID, list[str]]:
    rows = Deployment.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), version__in=versions)
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for version, slot in rows.filter(started_at__lte=at).order_by("slot").values_list("version_id", "slot"):
        found[version].append(slot)
    return found


def _standards(versions: Keys, at: dt.datetime) -> dict[uuid.UUID, str]:
    """The digest of what the newest evidence of that moment was judged by."""
    rows = ValidationRun.objects.filter(version__in=versions, completed_at__lte=at).order_by(
        "completed_at", "id"
    )
    return dict(rows.values_list("version_id", "standard__digest"))


def _findings(versions: Keys, at: dt.datetime) -> dict[uuid.UUID, Counter[str]]:
    """A finding keeps its severity, its beginning and its end; what was said about it in between are notes."""
    rows = Finding.objects.filter(Q(closed_at=None) | Q(closed_at__gt=at), version__in=versions)
    found: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    for version, severity in rows.filter(opened_at__lte=at).values_list("version_id", "severity"):
        found[version][severity] += 1
    return found


def _conditions(versions: Keys, at: dt.datetime) -> dict[uuid.UUID, list[Condition]]:
    """Those that bound then: their request was granted, and nobody had signed that they are met."""
    rows = Condition.objects.filter(
        Q(fulfilment=None) | Q(fulfilment__at__gt=at),
        version__in=versions,
        request__state=RequestState.GRANTED,
        request__closed_at__lte=at,
    )
    found: dict[uuid.UUID, list[Condition]] = defaultdict(list)
    for condition in rows:
        found[condition.version_id].append(condition)
    return found
