"""What a check says: measurements, the tables behind its charts, one judgement. Numbers become text once,
here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrm.lib import canonical
from quant.verdict import Judgement, Severity, Verdict

if TYPE_CHECKING:
    from quant.intervals import Interval, Proportion

# One word each, as CheckResult.verdict keeps them; an amber failure warns and never blocks.
AMBER = "amber"
ERROR = "error"
VERDICTS = (*(str(verdict) for verdict in Verdict), AMBER, ERROR)


@dataclass(frozen=True)
class Measurement:
    """One printed number. `p` is raw, `p_adjusted` after the family's correction."""

    name: str
    label: str
    value: float | None = None
    interval: Interval | None = None
    p: float | None = None
    p_adjusted: float | None = None
    n: int | None = None
    power: float | None = None
    limit: float | None = None
    judgement: Judgement | None = None
    note: str = ""

    def plain(self) -> dict[str, object]:
        return {
            "name": self.name,
            "label": self.label,
            "value": text_of(self.value),
            "low": None if self.interval is None else text_of(self.interval.low),
            "high": None if self.interval is None else text_of(self.interval.high),
            "p": text_of(self.p),
            "p_adjusted": text_of(self.p_adjusted),
            "n": self.n,
            "power": text_of(self.power),
            "limit": text_of(self.limit),
            "verdict": None if self.judgement is None else word_of(self.judgement),
            "why": self.note or ("" if self.judgement is None else self.judgement.why),
        }


def of_rate(name: str, label: str, rate: Proportion | None, *, n: int = 0) -> Measurement:
    """A share with its interval; where it is a share of nobody, only that."""
    if rate is None:
        return Measurement(name, label, n=n)
    return Measurement(name, label, rate.value, rate.interval, n=rate.n)


def ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


@dataclass(frozen=True)
class Table:
    """Rows behind a chart: numbers as text, names as they are."""

    columns: tuple[str, ...]
    rows: tuple[tuple[float | int | str | None, ...], ...]

    def plain(self) -> dict[str, object]:
        return {"columns": list(self.columns), "rows": [[_cell(cell) for cell in row] for row in self.rows]}


def thinned(points: Sequence[tuple[float, ...]], most: int) -> tuple[tuple[float, ...], ...]:
    """About `most` of the points of a curve, evenly by position, the last one always."""
    step = max(1, len(points) // most)
    kept = points[::step]
    return tuple(kept if kept[-1] == points[-1] else [*kept, points[-1]])


@dataclass(frozen=True)
class Measured:
    """What one check found. `judgement` is the check's own; the standard's force is applied by the runner."""

    headline: str
    judgement: Judgement
    measurements: tuple[Measurement, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)


def word_of(judgement: Judgement) -> str:
    return AMBER if judgement.severity is Severity.AMBER else str(judgement.verdict)


def text_of(value: float | None) -> str | None:
    return None if value is None else canonical.number(value)


def worst(measurements: Iterable[Measurement]) -> Judgement:
    """The gravest judgement among the judged measurements."""
    from quant.verdict import worst_of

    return worst_of(each.judgement for each in measurements if each.judgement is not None)


def _cell(cell: float | str | None) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return str(cell) if isinstance(cell, int) else canonical.number(cell)
