"""What the board of findings lists, and which acts a reader is offered on one."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib import clock
from mrm.lib.errors import Malformed
from validation import selectors
from validation.models import Finding, FindingState
from validation.signing import insider_role

PAGE = 50
# "rebutted" stands behind "open" and before nothing else that is unsettled; closed ones come last.
_ORDER = (FindingState.OPEN, FindingState.REBUTTED, FindingState.CLOSED)


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
