"""May this version be used now? The one question that other apps ask, and one query that answers it: stage, dates,
conditions, exceptions and break-glass grants are read together, and whatever has expired has closed by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery

from approvals.models import Condition, Emergency, RequestState, ValidationException
from mrm.lib import clock
from registry.lifecycle import Stage
from registry.models import ModelVersion


@dataclass(frozen=True)
class VersionStanding:
    """What stands about a version at `at`."""

    label: str
    stage: str
    expires_at: dt.datetime | None
    overdue_since: dt.datetime | None  # the earliest condition that is overdue
    lapsed_check: str | None  # a check whose exception has lapsed
    emergency_until: dt.datetime | None
    at: dt.datetime

    @property
    def why_not_in_force(self) -> str | None:
        """None: it may be deployed and score."""
        if self.stage != Stage.APPROVED and self.emergency_until is None:
            return (
                f"{self.label} is {self.stage.replace('_', ' ')}, not approved. Only an approved version may be"
                " deployed and score."
            )
        if self.expires_at is None or self.expires_at <= self.at:
            return (
                f"The approval of {self.label} has expired. Validate it again, or deploy an approved version."
            )
        if self.overdue_since is not None:
            return (
                f"A condition of the approval of {self.label} is overdue since {self.overdue_since:%Y-%m-%d}."
                " A validator signs that it is met, or another version is deployed."
            )
        if self.lapsed_check is not None:
            return (
                f"The exception for the check {self.lapsed_check} of {self.label} has lapsed. Ask for another"
                " one, or deploy another version."
            )
        return None


def standing_of(version: ModelVersion) -> VersionStanding:
    """Read anew from the database, in one query."""
    moment = clock.now()
    row = (
        ModelVersion.objects.filter(pk=version.pk)
        .annotate(
            overdue_since=_overdue(moment),
            lapsed_check=_lapsed(moment),
            emergency_until=_emergencies(moment),
        )
        .values("stage", "expires_at", "overdue_since", "lapsed_check", "emergency_until")
        .get()
    )
    if row["stage"] != Stage.SUSPENDED:
        row["emergency_until"] = None
    return VersionStanding(label=version.label, at=moment, **row)


def _overdue(moment: dt.datetime) -> Subquery:
    rows = Condition.objects.filter(version=OuterRef("pk"), due_at__lte=moment, fulfilment=None)
    granted = rows.filter(request__state=RequestState.GRANTED)
    return Subquery(granted.order_by("due_at").values("due_at")[:1])


def _lapsed(moment: dt.datetime) -> Subquery:
    later = ValidationException.objects.filter(
        version=OuterRef("version"), check_id=OuterRef("check_id"), until__gt=moment
    )
    rows = ValidationException.objects.filter(version=OuterRef("pk"), until__lte=moment)
    return Subquery(rows.filter(~Exists(later)).order_by("until").values("check_id")[:1])


def _emergencies(moment: dt.datetime) -> Subquery:
    """One that began after the version was suspended this time."""
    rows = Emergency.objects.filter(version=OuterRef("pk"), until__gt=moment)
    since = rows.filter(begins_at__gte=OuterRef("stage_since"))
    return Subquery(since.order_by("-until").values("until")[:1])
