"""Finding entries: narrowed, newest first, page by page and never counted. Permissions are asked above."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass
from operator import contains
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from audit import chain
from audit.models import Entry

# A sequence is a BIGINT in the database; a larger number in an address finds nothing.
LARGEST = 2**63 - 1
# How many of the next entries are looked through before a rare fact is looked for in its own index.
_NEAR = 2_000


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


def lines(wanted: Wanted, *, before: int | None, limit: int, within: Q | None = None) -> list[Line]:
    """At most `limit` entries, the newest first, behind the one with the sequence `before`. `within` is what the reader
    may see of all; None for everything.

    Newest is by sequence; where a day narrows, it is by time first. A clock may have been set back, so days are no
    ranges of sequences: ordered by time, a page is one piece of the index over (time, sequence), wherever the day lies
    and however large the ledger is, and it is right whatever the clock did.
    """
    rows = Entry.objects.defer("body") if within is None else Entry.objects.defer("body").filter(within)
    has_days = bool(wanted.since or wanted.until)
    rows = _of_days(rows, wanted, before) if has_days else _below(rows, before)
    exact = _exact(wanted)
    if exact and (has_days or _sorts(exact)):
        return [_line(entry) for entry in _near_or_rare(rows, exact, limit)]
    return [_line(entry) for entry in rows.filter(**exact)[:limit]]


def _exact(wanted: Wanted) -> dict[str, Any]:  # Any: one value, or several types
    exact: dict[str, Any] = {
        "event": wanted.event,
        "subject_type": wanted.subject_type,
        "subject_id": wanted.subject_id,
        "actor_id": wanted.actor_id,
    }
    exact = {name: value for name, value in exact.items() if value}
    if exact.keys() == {"subject_id"}:
        # The index over subjects begins with their type.
        exact["subject_type__in"] = _subject_types()
    return exact


def _sorts(exact: dict[str, Any]) -> bool:
    """Whether no index holds these entries in the order of their sequence."""
    return exact.keys() not in ({"event"}, {"actor_id"}, {"subject_type", "subject_id"})


def _near_or_rare(rows: QuerySet[Entry], exact: dict[str, Any], limit: int) -> list[Entry]:
    """What is common stands among the next entries; what does not is rare, and its own index holds few of it. Either
    way a page reads a small part of a large ledger."""
    names = [name.removesuffix("__in") for name in exact]
    wanted = [value if isinstance(value, list) else [value] for value in exact.values()]
    near = list(rows.values_list("pk", *names)[:_NEAR])
    # Looked through here: a database that is told both conditions may sort all entries of a common kind.
    found = [pk for pk, *said in near if all(map(contains, wanted, said))][:limit]
    if len(found) < limit and len(near) == _NEAR:
        return list(rows.filter(**exact)[:limit])
    return list(rows.filter(pk__in=found))


def _subject_types() -> list[str]:
    """Every type there is, each found by one step along the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE types(name) AS (SELECT MIN(subject_type) FROM audit_entry UNION ALL"
            " SELECT (SELECT MIN(subject_type) FROM audit_entry WHERE subject_type > name) FROM types"
            " WHERE name IS NOT NULL) SELECT name FROM types WHERE name IS NOT NULL"
        )
        return [name for (name,) in cursor.fetchall()]


def _below(rows: QuerySet[Entry], before: int | None) -> QuerySet[Entry]:
    if before is not None:
        rows = rows.filter(sequence__lt=min(before, LARGEST))
    return rows.order_by("-sequence")


def _of_days(rows: QuerySet[Entry], wanted: Wanted, before: int | None) -> QuerySet[Entry]:
    if wanted.since:
        rows = rows.filter(at__gte=_midnight(wanted.since))
    if wanted.until and wanted.until < dt.date.max:
        rows = rows.filter(at__lt=_midnight(wanted.until + dt.timedelta(days=1)))
    last = _time_of(before) if before is not None else None
    if last is not None:
        # The first condition says nothing more, but it is the one that an index understands as a place to begin.
        rows = rows.filter(Q(at__lte=last), Q(at__lt=last) | Q(sequence__lt=before))
    return rows.order_by("-at", "-sequence")


def _time_of(before: int) -> dt.datetime | None:
    """When the last entry shown was made. A page only names entries that are there, and nothing is ever deleted:
    where there is none, the address was made up, and the list begins at its beginning."""
    rows = Entry.objects.filter(sequence=min(before, LARGEST))
    return rows.values_list("at", flat=True).first()


def sequences(
    since: dt.datetime, until: dt.datetime, *, events: Collection[str], within: Q | None = None
) -> frozenset[int]:
    """Which entries of these events were made between two moments, both included, within what the reader may see."""
    rows = Entry.objects.filter(at__gte=since, at__lte=until, event__in=events)
    return frozenset((rows if within is None else rows.filter(within)).values_list("sequence", flat=True))


def whole(sequence: int, *, within: Q | None = None) -> Whole | None:
    """One entry; None where there is none, or none within what the reader may see."""
    rows = Entry.objects.filter(sequence=sequence) if within is None else Entry.objects.filter(within)
    entry = rows.filter(sequence=sequence).first() if sequence <= LARGEST else None
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
