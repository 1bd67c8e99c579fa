"""A table of an audit report under a heading with its count, or the words that there was nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.content import Block, Cell, Column, Heading, Paragraph, Table


def counted(
    title: str, key: str, columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]
) -> tuple[Block, ...]:
    heading = Heading(f"{title}: {words.count(len(rows))}", key)
    if not rows:
        return (heading, Paragraph(_("Nothing in the period.")))
    return (heading, Table(tuple(columns), tuple(rows)))


def minute(at: dt.datetime | None) -> str:
    """To the minute, in UTC, as every time of an audit report."""
    return words.NONE if at is None else at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")


def columns(*told: tuple[str, float]) -> tuple[Column, ...]:
    return tuple(Column(head, share) for head, share in told)
