"""Keyset pages of decisions, the newest first. A cursor is opaque text and is read strictly."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Q, QuerySet

from mrm.lib import clock
from mrm.lib.errors import FieldError, Invalid
from scoring.models import Decision

Row = TypeVar("Row")
MAX_LIMIT = 200
_OLDER, _NEWER = "o", "n"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows and the cursors of the neighbouring pages, empty where there is none."""

    results: tuple[Row, ...]
    next: str
    previous: str


@dataclass(frozen=True)
class _Place:
    direction: str
    at: dt.datetime
    id: uuid.UUID


def page(rows: QuerySet[Decision], *, cursor: str, limit: int) -> Page[Decision]:
    """At most `limit` rows beyond the cursor. Invalid for a cursor that no page gave."""
    limit = max(1, min(limit, MAX_LIMIT))
    place = _read(cursor) if cursor else None
    if place is not None and place.direction == _NEWER:
        # Towards the newer the order is turned round, and the page is turned back again.
        found = list(rows.filter(_newer(place)).order_by("at", "-id")[: limit + 1])
        shown = found[:limit][::-1]
        return Page(
            tuple(shown),
            _cursor(_OLDER, shown[-1:]),
            _cursor(_NEWER, shown[:1] if len(found) > limit else []),
        )
    narrowed = rows.filter(_older(place)) if place else rows
    found = list(narrowed.order_by("-at", "id")[: limit + 1])
    shown = found[:limit]
    more = shown[-1:] if len(found) > limit else []
    return Page(tuple(shown), _cursor(_OLDER, more), _cursor(_NEWER, shown[:1] if place else []))


def _older(place: _Place) -> Q:
    return Q(at__lt=place.at) | Q(at=place.at, id__gt=place.id)


def _newer(place: _Place) -> Q:
    return Q(at__gt=place.at) | Q(at=place.at, id__lt=place.id)


def _cursor(direction: str, edge: list[Decision]) -> str:
    if not edge:
        return ""
    text = f"{direction}|{clock.stamp(edge[0].at)}|{edge[0].pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> _Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, at, row = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("|")
        )
        place = _Place(direction, dt.datetime.fromisoformat(at), uuid.UUID(row))
    except (binascii.Error, ValueError):
        raise _given_by_no_page() from None
    if direction not in (_OLDER, _NEWER) or place.at.tzinfo is None or clock.stamp(place.at) != at:
        raise _given_by_no_page()
    return place


def _given_by_no_page() -> Invalid:
    told = "Use the address that a page gave as `next` or `previous`."
    return Invalid("This cursor was given by no page.", [FieldError("/cursor", "cursor", told)])
