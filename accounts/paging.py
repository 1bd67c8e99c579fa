"""Places in a list that is read newest or largest first, for pages: a time or a number and an id, as opaque text that
is read strictly."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mrm.lib import clock
from mrm.lib.errors import Malformed

PAGE = 50
Value = TypeVar("Value")


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


def page_below(rows: QuerySet[Any], measure: str, cursor: str) -> Page:
    """The next rows of a list that is ordered by this number, the largest first, then by id."""
    if cursor:
        value, row = _place(cursor, _finite)
        rows = rows.filter(Q(**{f"{measure}__lt": value}) | Q(**{measure: value, "pk__gt": row}))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    more = _cursor(repr(getattr(shown[-1], measure)), shown[-1].pk) if len(found) > PAGE else ""
    return Page(tuple(shown), more)


def cursor_at(at: dt.datetime, row: uuid.UUID) -> str:
    """The place of the row that was made at this time."""
    return _cursor(clock.stamp(at), row)


def place_of(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    """The time and id a cursor stands for. Malformed for one that no page gave."""
    return _place(cursor, _moment)


def _cursor(place: str, row: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(f"{place}|{row}".encode()).decode().rstrip("=")


def _place(cursor: str, read: Callable[[str], Value]) -> tuple[Value, uuid.UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place, row = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("|")
        return read(place), uuid.UUID(row)
    except (binascii.Error, ValueError):
        raise Malformed(_("This cursor was given by no page. Open the list anew.")) from None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("A place is finite.")
    return value


def _moment(text: str) -> dt.datetime:
    return _aware(dt.datetime.fromisoformat(text))


def _aware(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("A place has a time zone.")
    return moment
