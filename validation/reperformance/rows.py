"""What a re-performance says, as frozen dataclasses: a reading of one path, a row of the comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from mrm.lib import canonical


class Way(StrEnum):
    """How a number came about the second time."""

    INDEPENDENT = "independent"
    REPEATED = "repeated"
    VERIFIED = "verified"


class Outcome(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_REPERFORMED = "not_reperformed"


# Rows about what went in, which belong to no check.
INPUTS: Final = "inputs"
# Of a repeated measurement every figure is compared, whichever is printed.
WHOLE: Final = "whole"


@dataclass(frozen=True)
class Reading:
    """One figure by an independent path; without a value `why` says what was missing."""

    check: str
    measure: str
    value: float | None
    path: str
    figure: str = "value"
    why: str = ""


@dataclass(frozen=True)
class Again:
    """What the child process found: repeated outcomes and readings as plain values, and what it read."""

    outcomes: Sequence[Mapping[str, Any]]  # Any: validation.runner.Outcome.plain()
    readings: Sequence[Reading]
    held_out_digest: str
    held_out_rows: int
    artifact: str


@dataclass(frozen=True)
class Row:
    """One number, recorded and again. Numbers are text, as in a CheckResult; `why` says why it was not performed again
    or what did not agree, and never quotes a row of an applicant."""

    check: str
    measure: str
    label: str
    figure: str
    developer: str | None
    developer_part: str
    recorded: str | None
    again: str | None
    tolerance: str
    way: Way
    path: str
    outcome: Outcome
    why: str = ""

    def plain(self) -> dict[str, Any]:
        return {
            name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(self).items()
        }


def read(plain: Mapping[str, Any]) -> Row:
    """A row as it was kept."""
    return Row(**{**plain, "way": Way(plain["way"]), "outcome": Outcome(plain["outcome"])})


def digest_of(rows: Sequence[Row]) -> str:
    return canonical.digest([row.plain() for row in rows])
