"""What a rule is, and what it says: key, force, whether it passed, a count, words, and the columns it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.frames.quality.profile import Profile
    from registry.frames.spec import UploadSpec

Detail = dict[str, object]  # JSON without floats: counts, names of columns, fractions as text

# A value or a label is told only when at least so many rows share it: fewer could be one applicant's.
SHARED_ROWS = 20
_NAMED = 10


class Force(StrEnum):
    """A broken blocking rule stops training on the snapshot; the others are reported."""

    BLOCKING = "blocking"
    REPORTED = "reported"


INPUTS = frozenset({"input", "exposure"})
READ = INPUTS | {"protected", "proxy"}


@dataclass(frozen=True)
class ColumnRule:
    """Asked of each column that has one of the roles; `find` answers None, or the counts of what it found."""

    key: str
    force: Force
    words: str
    find: Callable[[Profile, UploadSpec], Detail | None]
    roles: frozenset[str] = INPUTS


def judged(rule: ColumnRule, details: Sequence[Detail]) -> Detail:
    return ruled(rule.key, rule.force, len(details), named(details, rule.words), details)


def ruled(key: str, force: Force, count: int, text: str, details: Sequence[Detail] = ()) -> Detail:
    """One rule of the report."""
    return {
        "rule": key,
        "force": str(force),
        "passed": count == 0,
        "count": count,
        "text": text,
        "details": list(details),
    }


def named(details: Sequence[Detail], words: str) -> str:
    if not details:
        return f"no {words}"
    return f"{len(details)} {words}: {', '.join(str(each['column']) for each in details[:_NAMED])}"
