"""Reminding: a sweep that may run twice at once and sends each reminder once."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import IntegrityError

from audit.services import unit_of_work
from mrm.lib import clock
from mrm.settings import governance
from notices.about import thing
from notices.due import Due, everything_due
from notices.models import Notice
from notices.recipients import recipients
from notices.selectors import endpoints_for
from notices.services import new_notice, tell_endpoints, tell_users

log = structlog.get_logger()


def sweep() -> int:
    """Remind of everything that is due and was not reminded of yet; how many reminders that were. Each is a transaction
    of its own, so that one that fails keeps none of the others back."""
    told = _told()
    reminded = 0
    for due in list(everything_due()):
        if (due.kind, due.id, due.at, due.days) in told:
            continue
        try:
            _remind(due=due)
        except IntegrityError:
            # Another sweep was faster: its row is the reminder.
            log.info("reminded_already", kind=due.kind, thing=due.id, days=due.days)
        else:
            reminded += 1
    return reminded


@unit_of_work
def _remind(*, due: Due) -> Notice:
    """The row comes first: where two sweeps meet, the database lets one of them through."""
    row, found = governance.REMINDERS[due.kind], thing(due.kind, due.id)
    notice = new_notice(due.event, found, actor=None)
    notice.due_at, notice.days = due.at, due.days
    notice.save(force_insert=True)
    tell_users(notice, recipients(row.who, found, None))
    tell_endpoints(notice, endpoints_for(due.event))
    return notice


def _told() -> set[tuple[str, str, dt.datetime, int]]:
    since = clock.now() - dt.timedelta(days=governance.REMINDED_DAYS_PAST)
    rows = Notice.objects.filter(days__isnull=False, due_at__gte=since)
    return {
        (about, about_id, due_at, days)
        for about, about_id, due_at, days in rows.values_list("about", "about_id", "due_at", "days")
        if due_at is not None and days is not None
    }
