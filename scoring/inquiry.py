"""A second look at one explanation: a straight line through the score around this applicant, and how well it fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mrm.lib.errors import Refusal
from quant.reasons import group_sums
from registry import serving, vault
from scoring.payloads import Payload
from scoring.selectors import DecisionFile

if TYPE_CHECKING:
    from quant.attribution.surrogate import Surrogate
    from registry.serving.served import Served


# What rounds to no points at one decimal, as the page shows them, has no direction.
_FEWEST_POINTS = 0.05


class Direction(StrEnum):
    """How the two move the score: alike, against each other, or one of them not at all."""

    SAME = "same"
    OPPOSED = "opposed"
    NONE = "none"


@dataclass(frozen=True)
class GroupLine:
    """One reason group in points, as they rise when risk falls: what the decision says, and what the line says."""

    group: str
    exact: float
    straight: float

    @property
    def direction(self) -> Direction:
        if min(abs(self.exact), abs(self.straight)) < _FEWEST_POINTS:
            return Direction.NONE
        return Direction.SAME if self.exact * self.straight > 0 else Direction.OPPOSED


@dataclass(frozen=True)
class Inquiry:
    """`lines` by the exact loss, the largest first. `start` and `furthest` in points; `share` is the weighted R², None
    where the score never moved."""

    lines: tuple[GroupLine, ...]
    start: float
    share: float | None
    furthest: float
    cases: int
    is_whole: bool

    @property
    def opposed(self) -> int:
        return sum(line.direction is Direction.OPPOSED for line in self.lines)

    @property
    def is_first_the_same(self) -> bool:
        """The group that weighs most against the applicant."""
        return self.lines[0] is min(self.lines, key=lambda line: line.straight)


def inquired(file: DecisionFile) -> Inquiry | None:
    """None where the payload was erased, and where the sealed version cannot be trusted now or no longer takes the
    stored inputs."""
    if file.payload is None:
        return None
    try:
        served = serving.load(vault.artifacts(), file.decision.version.artifact_id)
        return inquire(served=served, payload=file.payload, record=file.record_digest)
    except Refusal:
        return None


def inquire(*, served: Served, payload: Payload, record: str) -> Inquiry:
    """`record` is the digest of the decision: it seeds the patterns where not all can be tried. Raises Invalid where
    the stored inputs no longer pass the sealed schema."""
    from quant.attribution.surrogate import local_line

    row = served.row(served.parse(dict(payload.inputs)))
    seed = int(record[:16], 16)
    line = local_line(row, served.parts.medians, served.group_places, served.margins, seed=seed)
    return _told(served, payload, line)


def _told(served: Served, payload: Payload, line: Surrogate) -> Inquiry:
    scale = served.parts.scale
    exact = group_sums([payload.contributions[name] for name in served.feature_names], served.group_places)
    pairs = zip(served.group_keys, exact, line.effects, strict=True)
    lines = [GroupLine(key, scale.slope * one, scale.slope * float(other)) for key, one, other in pairs]
    return Inquiry(
        lines=tuple(sorted(lines, key=lambda each: (each.exact, each.group))),
        start=scale.points(line.start),
        share=line.share,
        furthest=abs(scale.slope) * line.furthest,
        cases=line.cases,
        is_whole=line.is_whole,
    )
