"""May this version be used now? The one question that other apps ask, and one query that answers it: stage, dates,
conditions, exceptions, break-glass grants and caps are read together, and whatever has expired has closed by itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from approvals.models import Cap, Condition, Emergency, RequestState, ValidationException
from mrm.lib import clock
from registry.lifecycle import Stage
from registry.models import ModelVersion, StageChange

# Where a validation has begun and not ended: only there a cap lets a version be used.
BEFORE_APPROVAL = (Stage.IN_VALIDATION, Stage.VALIDATED, Stage.IN_REVIEW)
_STANDING = ("stage", "expires_at", "overdue_since", "lapsed_check", "emergency_until", "cap")
_OF_CAP = (
    *("id", "until", "most_decisions", "amount_input", "most_each", "most_total"),
    *("segment_input", "segment_value", "used_decisions", "used_amount"),
)


@dataclass(frozen=True)
class VersionStanding:
    """What stands about a version at `at`."""

    label: str
    stage: str
    expires_at: dt.datetime | None
    overdue_since: dt.datetime | None  # the earliest condition that is overdue
    lapsed_check: str | None  # a check whose exception has lapsed
    emergency_until: dt.datetime | None
    cap: Cap | None  # under which it is used before its validation has ended
    at: dt.datetime

    @property
    def why_not_in_force(self) -> str | None:
        """None: it may be deployed and score."""
        is_granted = self.stage == Stage.APPROVED or self.emergency_until is not None
        said = self._why_approval_ended if is_granted else self._why_no_cap
        if said is not None:
            return said
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

    @property
    def _why_approval_ended(self) -> str | None:
        if self.expires_at is None or self.expires_at <= self.at:
            return (
                f"The approval of {self.label} has expired. Validate it again, or deploy an approved version."
            )
        return None

    @property
    def _why_no_cap(self) -> str | None:
        if self.cap is None:
            return (
                f"{self.label} is {self.stage.replace('_', ' ')}, not approved. Only an approved version may be"
                " deployed and score."
            )
        if self.cap.is_used_up:
            return (
                f"The cap under which {self.label} is used before validation is reached: all of its"
                f" {self.cap.most_decisions} decisions are made. Have it approved, or ask for another cap."
            )
        return None


def standing_of(version: ModelVersion) -> VersionStanding:
    """Read anew from the database, in one query."""
    moment = clock.now()
    row = _annotated(ModelVersion.objects.filter(pk=version.pk), moment).values(*_STANDING).get()
    return _standing(version.label, moment, row)


def keys_in_force(rows: QuerySet[ModelVersion]) -> list[uuid.UUID]:
    """Which of these versions may be used now, in one query for all of them."""
    moment = clock.now()
    hopeful = rows.filter(stage__in=[Stage.APPROVED, Stage.SUSPENDED, *BEFORE_APPROVAL])
    found = _annotated(hopeful, moment).values("pk", *_STANDING)
    return [row["pk"] for row in found if _standing("", moment, row).why_not_in_force is None]


def _annotated(rows: QuerySet[ModelVersion], moment: dt.datetime) -> QuerySet[ModelVersion]:
    return rows.annotate(
        overdue_since=_overdue(moment),
        lapsed_check=_lapsed(moment),
        emergency_until=_emergencies(moment),
        cap=live_cap("pk", moment),
    )


def _standing(label: str, moment: dt.datetime, row: Mapping[str, Any]) -> VersionStanding:
    found = {name: row[name] for name in _STANDING} | {"cap": cap_from(row["cap"])}
    if row["stage"] != Stage.SUSPENDED:
        found["emergency_until"] = None
    return VersionStanding(label=label, at=moment, **found)


def live_cap(version: str, moment: dt.datetime) -> Subquery:
    """The cap under which a version (its key is the outer query's `version`) is used at a moment, for `cap_from`: the
    newest one, until its end, as long as the version has not left validation since. A part of the query that asks."""
    left = StageChange.objects.filter(version=OuterRef("version"), made_at__gte=OuterRef("granted_at"))
    newer = Cap.objects.filter(version=OuterRef("version"), granted_at__gt=OuterRef("granted_at"))
    rows = Cap.objects.filter(version=OuterRef(version), version__stage__in=BEFORE_APPROVAL, until__gt=moment)
    rows = rows.filter(~Exists(left.exclude(target__in=BEFORE_APPROVAL)), ~Exists(newer))
    columns = JSONObject(**{name: name for name in _OF_CAP})
    return Subquery(rows.order_by("-granted_at").values(found=columns)[:1])


def cap_from(found: dict[str, Any] | None) -> Cap | None:
    """The row that `live_cap` found; the two databases write a moment and a key differently."""
    if found is None:
        return None
    until = dt.datetime.fromisoformat(found["until"])
    spelled = {"id": uuid.UUID(found["id"]), "until": until if until.tzinfo else until.replace(tzinfo=dt.UTC)}
    return Cap(**found | spelled)


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
