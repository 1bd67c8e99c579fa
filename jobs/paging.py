"""Keyset pages of jobs, the newest first."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jobs.models import Job
from mrm.lib import clock
from mrm.lib.errors import Malformed

PAGE = 50


@dataclass(frozen=True)
class JobPage:
    """`after` is the cursor of the next page, empty at the end."""

    jobs: tuple[Job, ...]
    after: str


def page_of(rows: QuerySet[Job], cursor: str) -> JobPage:
    if cursor:
        at, row = _read(cursor)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__gt=row))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return JobPage(tuple(shown), _cursor(shown[-1]) if len(found) > PAGE else "")


def _cursor(job: Job) -> str:
    text = f"{clock.stamp(job.created_at)}|{job.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, row = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("|")
        moment = dt.datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return moment, uuid.UUID(row)
    except (binascii.Error, ValueError):
        raise Malformed(_("This cursor was given by no page. Open the list anew.")) from None
