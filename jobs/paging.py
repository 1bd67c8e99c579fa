"""Keyset pages of jobs, the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.paging import cursor_at, place_of
from jobs.models import Job

PAGE = 50


@dataclass(frozen=True)
class JobPage:
    """`after` is the cursor of the next page, empty at the end."""

    jobs: tuple[Job, ...]
    after: str


def page_of(rows: QuerySet[Job], cursor: str) -> JobPage:
    if cursor:
        at, row = place_of(cursor)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__gt=row))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return JobPage(tuple(shown), cursor_at(shown[-1].created_at, shown[-1].pk) if len(found) > PAGE else "")
