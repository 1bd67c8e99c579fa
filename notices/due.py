"""What falls due: everything with an end that has a row in governance.REMINDERS, and which of its days has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.access import in_force
from accounts.models import RoleGrant
from approvals.in_force import BEFORE_APPROVAL
from approvals.models import (
    ApprovalRequest,
    Cap,
    Condition,
    Overlay,
    RequestState,
    SnapshotException,
    ValidationException,
)
from mrm.lib import clock
from mrm.settings import governance
from registry.lifecycle import Stage
from registry.models import ModelVersion


@dataclass(frozen=True)
class Due:
    """One thing that ends at a moment, and the nearest of its days that has come."""

    kind: str
    id: str
    at: dt.datetime
    days: int

    @property
    def event(self) -> str:
        return f"{self.kind}:overdue" if self.days == 0 else f"{self.kind}:due"


def everything_due() -> Iterator[Due]:
    """Only the nearest day of each thing: a sweep that slept for a week reminds once, not of every day it missed."""
    moment = clock.now()
    earliest = moment - dt.timedelta(days=governance.REMINDED_DAYS_PAST)
    for kind, row in governance.REMINDERS.items():
        latest = moment + dt.timedelta(days=max(row.days))
        for row_id, at in ENDS[kind](earliest, latest):
            come = [days for days in row.days if moment >= at - dt.timedelta(days=days)]
            if come:
                yield Due(kind, str(row_id), at, min(come))


# The ids of what ends within a time, and when.
Ending = Iterator[tuple[object, dt.datetime]]


def _requests(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    rows = ApprovalRequest.objects.filter(state=RequestState.OPEN, due_at__range=(earliest, latest))
    yield from rows.values_list("pk", "due_at")


def _conditions(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    """Those that bind: of granted requests, and not met."""
    rows = Condition.objects.filter(request__state=RequestState.GRANTED, fulfilment=None)
    yield from rows.filter(due_at__range=(earliest, latest)).values_list("pk", "due_at")


def _exceptions(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    """The latest one of each check, while its version can still be used."""
    later = ValidationException.objects.filter(
        version=OuterRef("version"), check_id=OuterRef("check_id"), until__gt=OuterRef("until")
    )
    rows = ValidationException.objects.filter(until__range=(earliest, latest)).exclude(Exists(later))
    rows = rows.exclude(version__stage__in=[Stage.RETIRED, Stage.REJECTED])
    yield from rows.values_list("pk", "until")
    yield from _exceptions_of_data(earliest, latest)


def _exceptions_of_data(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    """The latest one of each quality rule of a snapshot."""
    later = SnapshotException.objects.filter(
        snapshot=OuterRef("snapshot"), rule=OuterRef("rule"), until__gt=OuterRef("until")
    )
    rows = SnapshotException.objects.filter(until__range=(earliest, latest)).exclude(Exists(later))
    yield from rows.values_list("pk", "until")


def _overlays(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    rows = Overlay.objects.filter(until__range=(earliest, latest))
    rows = rows.exclude(version__stage__in=[Stage.RETIRED, Stage.REJECTED])
    yield from rows.values_list("pk", "until")


def _caps(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    """The latest one of each version, while its validation goes on."""
    newer = Cap.objects.filter(version=OuterRef("version"), granted_at__gt=OuterRef("granted_at"))
    rows = Cap.objects.filter(until__range=(earliest, latest), version__stage__in=BEFORE_APPROVAL)
    yield from rows.exclude(Exists(newer)).values_list("pk", "until")


def _roles(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    """Those that were left to run out; one that was given anew ends the one before it."""
    again = in_force().filter(user=OuterRef("user"), role=OuterRef("role"), model_slug=OuterRef("model_slug"))
    again = again.exclude(pk=OuterRef("pk"))
    rows = RoleGrant.objects.filter(revoked_at=None, ends_at__range=(earliest, latest)).exclude(Exists(again))
    for pk, ends_at in rows.values_list("pk", "ends_at"):
        if ends_at is not None:
            yield pk, ends_at


def _approvals(earliest: dt.datetime, latest: dt.datetime) -> Ending:
    rows = ModelVersion.objects.filter(stage__in=[Stage.APPROVED, Stage.SUSPENDED])
    for pk, expires_at in rows.filter(expires_at__range=(earliest, latest)).values_list("pk", "expires_at"):
        if expires_at is not None:
            yield pk, expires_at


ENDS: Mapping[str, Callable[[dt.datetime, dt.datetime], Ending]] = {
    "request": _requests,
    "condition": _conditions,
    "exception": _exceptions,
    "overlay": _overlays,
    "cap": _caps,
    "role": _roles,
    "approval": _approvals,
}
