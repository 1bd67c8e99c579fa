"""What was let stand or put on top at a moment: exceptions, overlays, caps, break-glass. All of them are append-only
and end by the clock, so what held then is what was granted by then and had not ended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from approvals.in_force import BEFORE_APPROVAL
from approvals.models import Cap, Emergency, Overlay, SnapshotException, ValidationException
from registry.lifecycle import Stage
from registry.models import ModelVersion
from reports.as_of.then import Grant, Kind

Found = tuple[uuid.UUID, Grant]


def grants_then(
    versions: Sequence[ModelVersion], stages: Mapping[uuid.UUID, str], at: dt.datetime
) -> dict[uuid.UUID, list[Grant]]:
    """By version, the earliest end first. `stages` are the versions' own at that moment."""
    keys = [each.pk for each in versions]
    found: dict[uuid.UUID, list[Grant]] = defaultdict(list)
    for key, grant in (*_on_versions(keys, at), *_on_data(versions, at), *_by_stage(keys, stages, at)):
        found[key].append(grant)
    return {key: sorted(each, key=lambda one: (one.until, one.kind, one.what)) for key, each in found.items()}


def _on_versions(keys: Sequence[uuid.UUID], at: dt.datetime) -> Iterator[Found]:
    stands = {"version__in": keys, "granted_at__lte": at, "until__gt": at}
    for exception in ValidationException.objects.filter(**stands):
        yield (
            exception.version_id,
            Grant(Kind.CHECK_EXCEPTION, exception.check_id, exception.granted_at, exception.until),
        )
    for overlay in Overlay.objects.filter(**stands):
        what = f"{overlay.kind} {overlay.size}"
        yield overlay.version_id, Grant(Kind.OVERLAY, what, overlay.granted_at, overlay.until)


def _on_data(versions: Sequence[ModelVersion], at: dt.datetime) -> Iterator[Found]:
    rows = SnapshotException.objects.filter(
        snapshot__in={each.snapshot_id for each in versions}, granted_at__lte=at, until__gt=at
    )
    excepted = list(rows)
    for version in versions:
        for each in excepted:
            if each.snapshot_id == version.snapshot_id:
                yield version.pk, Grant(Kind.DATA_EXCEPTION, each.rule, each.granted_at, each.until)


def _by_stage(keys: Sequence[uuid.UUID], stages: Mapping[uuid.UUID, str], at: dt.datetime) -> Iterator[Found]:
    """A cap ends with the validation, break-glass with the suspension: the stage of that moment decides. How much of a
    cap was used by then is not kept and not told."""
    for cap in Cap.objects.filter(version__in=keys, granted_at__lte=at, until__gt=at):
        if stages[cap.version_id] in BEFORE_APPROVAL:
            yield cap.version_id, Grant(Kind.CAP, str(cap.most_decisions), cap.granted_at, cap.until)
    for each in Emergency.objects.filter(version__in=keys, begins_at__lte=at, until__gt=at):
        if stages[each.version_id] == Stage.SUSPENDED:
            yield each.version_id, Grant(Kind.EMERGENCY, "", each.begins_at, each.until)
