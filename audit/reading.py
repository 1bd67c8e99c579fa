"""The entries as they are stored, in plain SQL: a verification reads a million of them, and model instances would cost
more than the hashes. Needs no models, so that a partner starts in no time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from audit import chain, walk

# So many rows at once stay in the processor's cache.
_ROWS = 1_000
# SQLite leaves a fraction of zero out.
_WHOLE_SECONDS = len("2026-01-31 09:00:00")
_AT = {
    # As text, whatever type the column names.
    "sqlite": "at || ''",
    "postgresql": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}


def rows(after: int = 0, until: int | None = None) -> Iterator[chain.Row]:
    """Entries with a sequence above `after`, up to and with `until`, in their order."""
    statement = (
        f"SELECT sequence, body, leaf, {_AT[connection.vendor]}, event, actor_id, actor_name, subject_type,"  # noqa: S608 (constants)
        " subject_id FROM audit_entry WHERE sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s"
    )
    last, end = after, 2**63 - 1 if until is None else until
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, end, _ROWS])
            found = cursor.fetchall()
        # Each by its name: gathering the rest into a list costs more than reading it. psycopg2 gives views of bytes.
        for sequence, body, leaf, at, event, actor_id, name, subject_type, subject_id in found:
            stamp = at.replace(" ", "T", 1) + ("Z" if len(at) > _WHOLE_SECONDS else ".000000Z")
            yield chain.Row(
                sequence, bytes(body), bytes(leaf), stamp, event, actor_id, name, subject_type, subject_id
            )
        if len(found) < _ROWS:
            return
        last = found[-1][0]


def walked(after: int, until: int) -> walk.Part:
    """What a walk over these entries finds, beginning behind whatever entry stands before them."""
    return walk.walked(rows(after, until), _place_behind(after))


def _place_behind(after: int) -> walk.Place:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf, sequence FROM audit_entry WHERE sequence > 0 AND sequence <= %s"
            " ORDER BY sequence DESC LIMIT 1",
            [after],
        )
        found = cursor.fetchone()
    return walk.Place(bytes(found[0]).hex(), found[1] + 1) if found else walk.Place()


def has_no_gap(until: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM audit_entry WHERE sequence > 0 AND sequence <= %s", [until])
        return bool(cursor.fetchone()[0] == until)


def database() -> dict[str, Any]:
    """Where another process finds the same; Any: the settings of a database."""
    return dict(connection.settings_dict)
