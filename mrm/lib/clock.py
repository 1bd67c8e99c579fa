"""The only source of the time, so that a test can hold it and no naive datetime is ever stored."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(tz=dt.UTC)  # noqa: TID251 (this is the one place)


def stamp(moment: dt.datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`: the form that enters digests and answers."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be stamped.")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
