"""Texts that are dates: spelled in several ways, with two readings, on days that no calendar has, or still to come."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from registry.frames.quality.rules import READ, ColumnRule, Detail, Force

if TYPE_CHECKING:
    from registry.frames.quality.profile import Profile
    from registry.frames.spec import UploadSpec

_ROLES = READ | {"realised"}


def _mixed(seen: Profile, _: UploadSpec) -> Detail | None:
    found = seen.dates
    if found is None or len(found.spellings) < 2:
        return None
    return {"spellings": {each: found.spellings[each] for each in sorted(found.spellings)}}


def _ambiguous(seen: Profile, _: UploadSpec) -> Detail | None:
    found = seen.dates
    return {"rows": found.ambiguous} if found is not None and found.ambiguous else None


def _impossible(seen: Profile, _: UploadSpec) -> Detail | None:
    found = seen.dates
    return {"rows": found.impossible} if found is not None and found.impossible else None


def _future(seen: Profile, spec: UploadSpec) -> Detail | None:
    """After the day on which the table was read; 9999-12-31 in many rows is a sentinel and told as one."""
    found = seen.dates
    if found is None or not spec.today:
        return None
    rows = int(seen.counts[: len(found.days)][found.days > date.fromisoformat(spec.today).toordinal()].sum())
    return {"rows": rows} if rows else None


RULES = (
    ColumnRule("mixed_date_formats", Force.REPORTED, "columns with dates in several formats", _mixed, _ROLES),
    ColumnRule("ambiguous_dates", Force.REPORTED, "columns with dates of two readings", _ambiguous, _ROLES),
    ColumnRule(
        "impossible_dates", Force.REPORTED, "columns with days that do not exist", _impossible, _ROLES
    ),
    ColumnRule("future_dates", Force.REPORTED, "columns with dates still to come", _future, _ROLES),
)
