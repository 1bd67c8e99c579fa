"""Finding entries: narrowed, newest first, page by page along the sequence. Permissions are asked above."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from audit import chain
from audit.models import Entry

# A sequence is a BIGINT in the database; a larger number in an address finds nothing.
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Wanted:
    """Empty members do not narrow. Dates are days in UTC, both included."""

    event: str = ""
    subject_type: str = ""
    subject_id: str = ""
    actor_id: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Line:
    """One entry as a list shows it."""

    sequence: int
    at: dt.datetime
    event: str
    actor_name: str
    subject_type: str
    subject_id: str
    leaf: str


@dataclass(frozen=True)
class Whole:
    """One entry with the exact bytes that were hashed, and what the chain says of them."""

    line: Line
    body: bytes
    content: dict[str, Any]
    previous: str
    recomputed: str

    @property
    def is_its_own_hash(self) -> bool:
        return self.recomputed == self.line.leaf


def lines(wanted: Wanted, *, before: int | None, limit: int) -> list[Line]:
    """At most `limit` entries below the sequence `before`, the newest first."""
    rows = Entry.objects.defer("body").order_by("-sequence")
    exact = {
        "event": wanted.event,
        "subject_type": wanted.subject_type,
        "subject_id": wanted.subject_id,
        "actor_id": wanted.actor_id,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if before is not None:
        rows = rows.filter(sequence__lt=min(before, LARGEST))
    # A day is found by walking the sequence: governance acts are few beside the decisions, which are no entries.
    if wanted.since:
        rows = rows.filter(at__gte=_midnight(wanted.since))
    if wanted.until and wanted.until < dt.date.max:
        rows = rows.filter(at__lt=_midnight(wanted.until + dt.timedelta(days=1)))
    return [_line(entry) for entry in rows[:limit]]


def whole(sequence: int) -> Whole | None:
    entry = Entry.objects.filter(sequence=sequence).first() if sequence <= LARGEST else None
    if entry is None:
        return None
    body = bytes(entry.body)
    content = _content(body)
    return Whole(_line(entry), body, content, str(content.get("previous", "")), chain.leaf_of(body).hex())


def _content(body: bytes) -> dict[str, Any]:
    """A body that was tampered with may be anything; the page shows its bytes all the same."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _line(entry: Entry) -> Line:
    return Line(
        sequence=entry.sequence,
        at=entry.at,
        event=entry.event,
        actor_name=entry.actor_name,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        leaf=bytes(entry.leaf).hex(),
    )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
