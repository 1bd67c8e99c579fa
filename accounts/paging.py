"""Places in a list that is read newest first, for pages: a time and an id, as opaque text that is read strictly."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mrm.lib import clock
from mrm.lib.errors import Malformed

PAGE = 50


@dataclass(frozen=True)
class Page:
    """`after` is the cursor of the next page, empty at the end."""

    rows: tuple[Any, ...]  # Any: of whatever the list is of
    after: str


def page_after(rows: QuerySet[Any], moment: str, cursor: str) -> Page:
    """The next rows of a list that is ordered by this moment, the newest first, then by id."""
    if cursor:
        at, row = place_of(cursor)
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__gt": row}))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    more = cursor_at(getattr(shown[-1], moment), shown[-1].pk) if len(found) > PAGE else ""
    return Page(tuple(shown), more)


def cursor_at(at: dt.datetime, row: uuid.UUID) -> str:
    """The place of the row that was made at this time."""
    text = f"{clock.stamp(at)}|{row}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    """The time and id a cursor stands for. Malformed for one that no page gave."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, row = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("|")
        return _aware(dt.datetime.fromisoformat(at)), uuid.UUID(row)
    except (binascii.Error, ValueError):
        raise Malformed(_("This cursor was given by no page. Open the list anew.")) from None


def _aware(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("A place has a time zone.")
    return moment
