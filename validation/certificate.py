"""The reason certificate of a version: may its reasons be told to applicants? It measures nothing again: each line
cites the result of a check by its digest, and the dictionary by its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from mrm.lib import canonical, clock
from registry.reason_dictionaries import complete_languages

FORMAT = "countersign-certificate/1"


class Line(StrEnum):
    ADDITIVITY = "additivity"
    DELETION_FIDELITY = "deletion_fidelity"
    STABILITY = "stability"
    SIGN = "sign"
    DICTIONARY = "dictionary"
    COUNTERFACTUALS = "counterfactuals"


class LineState(StrEnum):
    """Undecided is what was measured without a clear answer: the standard gives no verdict, the sample is too small
    for one, or a milder bar of a blocking check was missed."""

    HOLDS = "holds"
    FAILS = "fails"
    LET_STAND = "let_stand"
    UNDECIDED = "undecided"
    NOT_MEASURED = "not_measured"


class Because(StrEnum):
    """Why a line was not measured, or why its failure cannot be let stand."""

    NO_RUN = "no_run"
    NOT_PLANNED = "not_planned"
    INSUFFICIENT_DATA = "insufficient_data"
    ERROR = "error"
    UNPROVEN = "unproven"
    ONLY_WARNS = "only_warns"


CHECK_OF: Final[Mapping[Line, str]] = {
    Line.ADDITIVITY: "additivity",
    Line.DELETION_FIDELITY: "reason_deletion",
    Line.STABILITY: "reason_stability",
    Line.SIGN: "direction",
    Line.COUNTERFACTUALS: "counterfactuals",
}
# Without these nothing is known about the reasons; the others may have nothing to measure on (no declared direction, no
# input that applicants can change).
REQUIRED: Final = frozenset({Line.ADDITIVITY, Line.DELETION_FIDELITY, Line.DICTIONARY})
_UNMEASURED = {"insufficient_data": Because.INSUFFICIENT_DATA, "error": Because.ERROR}


@dataclass(frozen=True)
class LetStand:
    """The signature on a failed check."""

    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Cited:
    """One result of the newest run, as far as the certificate reads it."""

    check: str
    verdict: str
    is_blocking: bool
    headline: str
    digest: str
    deviation: LetStand | None = None


@dataclass(frozen=True)
class Words:
    """A dictionary as it is stored, the reasons that must have words in it, and the languages of the product. `wanted`
    is None where they are not proven to be the sealed ones."""

    digest: str
    reasons: Mapping[str, Any]
    wanted: tuple[str, ...] | None
    languages: tuple[str, ...]

    @property
    def lacking(self) -> tuple[tuple[str, str], ...]:
        """Reason and language of each text that is not there."""
        complete = complete_languages(self.reasons)
        wanted = self.wanted or ()
        return tuple((k, each) for k in wanted for each in self.languages if each not in complete.get(k, ()))


@dataclass(frozen=True)
class Certified:
    """A line with what it rests on: `rests_on` is the digest of a result or of the dictionary, empty for nothing."""

    line: Line
    state: LineState
    rests_on: str = ""
    cited: Cited | None = None
    because: Because | None = None
    lacking: tuple[tuple[str, str], ...] = ()

    @property
    def stops(self) -> bool:
        """A failure that nobody let stand, or no measurement where one is required."""
        return self.state is LineState.FAILS or (
            self.state is LineState.NOT_MEASURED and self.line in REQUIRED
        )

    def plain(self) -> dict[str, Any]:
        deviation = None if self.cited is None else self.cited.deviation
        return {
            "line": str(self.line),
            "state": str(self.state),
            "because": "" if self.because is None else str(self.because),
            "check": CHECK_OF.get(self.line, ""),
            "verdict": "" if self.cited is None else self.cited.verdict,
            "rests_on": self.rests_on,
            "deviation": None if deviation is None else {"by": deviation.by, "at": clock.stamp(deviation.at)},
            "lacking": [{"reason": reason, "language": language} for reason, language in self.lacking],
        }


@dataclass(frozen=True)
class Certificate:
    """All lines in the order of `Line`."""

    version: str
    artifact: str
    dictionary: str
    languages: tuple[str, ...]
    lines: tuple[Certified, ...]

    @property
    def stopping(self) -> tuple[Certified, ...]:
        return tuple(each for each in self.lines if each.stops)

    @property
    def failing(self) -> tuple[Certified, ...]:
        return tuple(each for each in self.lines if each.state is LineState.FAILS)

    @property
    def holds(self) -> bool:
        return not self.stopping

    @property
    def open(self) -> tuple[Certified, ...]:
        """Lines that stop nothing and yet do not hold: let stand, undecided, or not measured where none is required."""
        return tuple(each for each in self.lines if each.state is not LineState.HOLDS and not each.stops)

    @property
    def state(self) -> str:
        if not self.holds:
            return "certificate_not_held"
        return "certificate_open" if self.open else "certificate_holds"

    @property
    def document(self) -> dict[str, Any]:
        """No run id and no time of its own: the same facts have the same digest."""
        return {
            "format": FORMAT,
            "version": self.version,
            "artifact": self.artifact,
            "dictionary": self.dictionary,
            "languages": list(self.languages),
            "holds": self.holds,
            "lines": [each.plain() for each in self.lines],
        }

    @property
    def digest(self) -> str:
        return canonical.digest(self.document)


def lines_of(results: Sequence[Cited] | None, words: Words) -> tuple[Certified, ...]:
    """`results` are those of the newest completed run; None while there is none."""
    found = None if results is None else {each.check: each for each in results}
    return tuple(_dictionary(words) if line is Line.DICTIONARY else _of_check(line, found) for line in Line)


def _of_check(line: Line, found: Mapping[str, Cited] | None) -> Certified:
    if found is None:
        return Certified(line, LineState.NOT_MEASURED, because=Because.NO_RUN)
    cited = found.get(CHECK_OF[line])
    if cited is None:
        return Certified(line, LineState.NOT_MEASURED, because=Because.NOT_PLANNED)
    if cited.verdict in _UNMEASURED:
        return Certified(line, LineState.NOT_MEASURED, cited.digest, cited, _UNMEASURED[cited.verdict])
    because = Because.ONLY_WARNS if _failed_mildly(cited) else None
    return Certified(line, _state_of(cited), cited.digest, cited, because)


def _state_of(cited: Cited) -> LineState:
    if cited.verdict == "passed":
        return LineState.HOLDS
    if cited.verdict == "failed" and cited.deviation is not None:
        return LineState.LET_STAND
    if cited.verdict == "failed" or _failed_mildly(cited):
        return LineState.FAILS
    return LineState.UNDECIDED


def _failed_mildly(cited: Cited) -> bool:
    """A standard may plan a check as a warning, and its failure then reads amber whatever its gravity. A reason that is
    not the true one is no milder for that. Amber of a blocking check is the check's own word for a lesser bar."""
    return cited.verdict == "amber" and not cited.is_blocking


def _dictionary(words: Words) -> Certified:
    if words.wanted is None:
        return Certified(Line.DICTIONARY, LineState.NOT_MEASURED, words.digest, because=Because.UNPROVEN)
    state = LineState.FAILS if words.lacking else LineState.HOLDS
    return Certified(Line.DICTIONARY, state, words.digest, lacking=words.lacking)
