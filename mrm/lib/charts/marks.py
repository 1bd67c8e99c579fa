"""A chart as data: marks at places. One renderer per medium turns a drawing into SVG or PDF."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Ink(StrEnum):
    """What a mark means; each medium gives it a colour and a width."""

    AXIS = "axis"
    GRID = "grid"
    REFERENCE = "reference"
    THRESHOLD = "threshold"
    MAIN = "main"
    HOLLOW = "hollow"
    BAND = "band"
    WHISKER = "whisker"
    HALO = "halo"
    GAIN = "gain"
    LOSS = "loss"
    BEYOND = "beyond"


class Voice(StrEnum):
    """How a text speaks."""

    PLAIN = "plain"
    SOFT = "soft"
    STRONG = "strong"
    LIMIT = "limit"
    MAIN = "main"


class Anchor(StrEnum):
    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    start: Point
    end: Point
    ink: Ink


@dataclass(frozen=True)
class Curve:
    points: tuple[Point, ...]
    ink: Ink


@dataclass(frozen=True)
class Area:
    points: tuple[Point, ...]
    ink: Ink


@dataclass(frozen=True)
class Bar:
    corner: Point
    width: float
    height: float
    ink: Ink


@dataclass(frozen=True)
class Dot:
    at: Point
    radius: float
    ink: Ink


@dataclass(frozen=True)
class Diamond:
    at: Point
    radius: float
    ink: Ink


@dataclass(frozen=True)
class Text:
    at: Point
    words: str
    anchor: Anchor = Anchor.START
    voice: Voice = Voice.PLAIN


Mark: TypeAlias = Line | Curve | Area | Bar | Dot | Diamond | Text


@dataclass(frozen=True)
class About:
    """What a chart is: `key` is unique on its page, `summary` is the sentence for who cannot see it."""

    key: str
    title: str
    summary: str


@dataclass(frozen=True)
class Drawing:
    about: About
    width: float
    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Table:
    """The chart's twin in words and numbers; the first column names the row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
