"""What the inbox lists: requests one could sign, requests one opened, all of them; the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.paging import cursor_at, place_of
from approvals import selectors
from approvals.models import ApprovalRequest, RequestState
from approvals.policy import APPROVING

PAGE = 50


@dataclass(frozen=True)
class InboxPage:
    """One page, the oldest first; `after` is the cursor of the next one, empty at the end."""

    requests: tuple[ApprovalRequest, ...]
    after: str


def inbox_page(*, actor: User, asked: dict[str, Any]) -> InboxPage:
    rows = _shown(actor, asked["show"])
    if asked["after"]:
        at, pk = place_of(asked["after"])
        rows = rows.filter(Q(opened_at__gt=at) | Q(opened_at=at, pk__gt=pk))
    given = Count("signoffs", filter=Q(signoffs__verdict__in=APPROVING), distinct=True)
    rows = rows.select_related("version__risk_model", "opened_by__person", "claimed_by__person")
    found = list(rows.annotate(given=given).order_by("opened_at", "id")[: PAGE + 1])
    shown = found[:PAGE]
    more = cursor_at(shown[-1].opened_at, shown[-1].pk) if len(found) > PAGE else ""
    return InboxPage(tuple(shown), more)


def _shown(actor: User, which: str) -> QuerySet[ApprovalRequest]:
    if which == "asked":
        return _bare(actor).filter(opened_by__person=actor.person_id)
    if which == "open":
        return _bare(actor).filter(state=RequestState.OPEN)
    if which == "all":
        return _bare(actor)
    # Who reads no inventory is refused here as everywhere, not shown an empty list.
    return selectors.waiting_for(actor=actor).filter(pk__in=_bare(actor).values("pk"))


def _bare(actor: User) -> QuerySet[ApprovalRequest]:
    """What the actor may see, without what a list does not show."""
    return selectors.requests(actor=actor).prefetch_related(None)
