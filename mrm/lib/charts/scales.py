"""From values to places, and the round values worth a tick."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
LETTER_WIDTH = 6.7
LINE_HEIGHT = 16.0


@dataclass(frozen=True)
class Scale:
    """A straight line from [low, high] to [start, end]; values outside are held at the edge."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        held = min(max(value, self.low), self.high)
        return self.start + (held - self.low) / (self.high - self.low) * (self.end - self.start)


def padded(values: Iterable[float], *, share: float = 0.08) -> tuple[float, float]:
    """The range of the finite values with air around it; never empty, so a scale can stand on it."""
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    air = (high - low) * share or max(abs(high), 1.0) * share
    return low - air, high + air


def ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """About `wanted` round values inside [low, high]."""
    rough = (high - low) / wanted
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(each * magnitude for each in ROUND_STEPS if each * magnitude >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(index * step, 12) for index in range(first, last + 1))


def decimals_for(values: tuple[float, ...]) -> int:
    """The decimals that tell neighbouring ticks apart."""
    gaps = [abs(right - left) for left, right in pairwise(values)]
    if not gaps:
        return 0
    return next((places for places in range(7) if math.isclose(round(gaps[0], places), gaps[0])), 6)


def width_of(words: str) -> float:
    """An estimate in pixels at 13 px: no font is measured on the server."""
    return len(words) * LETTER_WIDTH


def wrapped(words: str, width: float) -> tuple[str, ...]:
    """At most two lines of about `width`; what does not fit ends in an ellipsis and stands in the table."""
    if width_of(words) <= width:
        return (words,)
    room = int(width / LETTER_WIDTH)
    cut = words.rfind(" ", 0, room + 1)
    first = words[:cut] if cut > 0 else words[:room]
    rest = words[len(first) :].strip()
    return (first, rest if len(rest) <= room else f"{rest[: room - 1].rstrip()}…")
