"""What the board of findings lists, and which acts a reader is offered on one."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib import clock
from mrm.lib.errors import Malformed
from validation import selectors
from validation.models import Finding, FindingState, Severity
from validation.plan_words import title_of
from validation.signing import insider_role

PAGE = 50
# What waits for its owner, then what waits for a validator, then what is being done; closed ones come last.
_ORDER = (FindingState.OPEN, FindingState.REBUTTED, FindingState.PLANNED, FindingState.CLOSED)


@dataclass(frozen=True)
class BoardPage:
    """One page of findings; `after` is the cursor of the next one, empty at the end."""

    findings: tuple[Finding, ...]
    after: str


def board_page(*, actor: User, asked: dict[str, Any]) -> BoardPage:
    """State by state, within each the earliest due date first; by keyset."""
    rows = _narrowed(selectors.findings(actor=actor), asked)
    place = _read(asked["after"]) if asked["after"] else None
    found: list[Finding] = []
    for rank, state in enumerate(_ORDER):
        if len(found) > PAGE or (place and rank < place[0]):
            continue
        part = rows.filter(state=state)
        if place and rank == place[0]:
            part = part.filter(Q(due_on__gt=place[1]) | Q(due_on=place[1], pk__gt=place[2]))
        found += part.order_by("due_on", "id")[: PAGE + 1 - len(found)]
    shown = found[:PAGE]
    return BoardPage(tuple(shown), _cursor(shown[-1]) if len(found) > PAGE else "")


# Days since a finding was opened: from, and to at most.
AGES = ((0, 30), (31, 60), (61, 90), (91, None))


@dataclass(frozen=True)
class Age:
    """How many unsettled findings of one severity are how old; `overdue` are past their day."""

    severity: str
    counts: tuple[int, ...]
    overdue: int


def ageing(*, actor: User, at: dt.datetime) -> list[Age]:
    """The gravest first; severities of which nothing is unsettled are left out."""
    rows = selectors.findings(actor=actor).filter(state__in=selectors.UNSETTLED).order_by()
    counted = {f"age{place}": Count("id", filter=_aged(at, *age)) for place, age in enumerate(AGES)}
    # Any: rows by names that are known at run time only.
    counts: Any = rows.values("severity").annotate(
        **counted, overdue=Count("id", filter=Q(due_on__lt=at.date()))
    )
    found = {each["severity"]: each for each in counts}
    return [
        Age(severity, tuple(found[severity][name] for name in counted), found[severity]["overdue"])
        for severity in reversed(Severity.values)
        if severity in found
    ]


def _aged(at: dt.datetime, first: int, last: int | None) -> Q:
    """Opened so many days ago, by full days of 24 hours."""
    youngest = Q(opened_at__lte=at - dt.timedelta(days=first)) if first else Q()
    return youngest if last is None else youngest & Q(opened_at__gt=at - dt.timedelta(days=last + 1))


def days_open(finding: Finding, at: dt.datetime) -> int:
    return ((finding.closed_at or at) - finding.opened_at).days


def closing_results(actor: User, finding: Finding) -> list[tuple[str, str]]:
    """The results of the newest evidence of the version, as a closure may name them."""
    results = selectors.latest_results(actor=actor, version=finding.version)
    return [(str(each.pk), f"{title_of(each.check_id)}: {each.headline}"[:120]) for each in results]


def may_rebut(actor: User, finding: Finding) -> bool:
    slug = finding.version.risk_model.slug
    is_theirs = finding.owner.person_id == actor.person_id and finding.state != FindingState.CLOSED
    return is_theirs and allows(actor=actor, permission=Permission.FINDING_REBUT, model_slug=slug)


def may_close(actor: User, finding: Finding) -> bool:
    slug = finding.version.risk_model.slug
    if finding.state == FindingState.CLOSED or finding.owner.person_id == actor.person_id:
        return False
    if insider_role(finding.version, actor.person_id) is not None:
        return False
    return allows(actor=actor, permission=Permission.FINDING_CLOSE, model_slug=slug)


def _narrowed(rows: QuerySet[Finding], asked: dict[str, Any]) -> QuerySet[Finding]:
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    if asked["severity"]:
        rows = rows.filter(severity=asked["severity"])
    if asked["overdue"]:
        rows = rows.filter(state__in=selectors.UNSETTLED, due_on__lt=clock.now().date())
    return rows


def _cursor(finding: Finding) -> str:
    rank = _ORDER.index(FindingState(finding.state))
    text = f"{rank}|{finding.due_on.isoformat()}|{finding.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, dt.date, uuid.UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        rank, due_on, row = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("|")
        return int(rank), dt.date.fromisoformat(due_on), uuid.UUID(row)
    except (binascii.Error, ValueError):
        raise Malformed(_("This cursor was given by no page. Open the board anew.")) from None
