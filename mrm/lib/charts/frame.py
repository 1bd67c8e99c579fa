"""The rectangle a chart is plotted in, with its axes, limits and row labels."""

from collections.abc import Callable
from dataclasses import dataclass

from .marks import Anchor, Ink, Line, Mark, Point, Text, Voice
from .scales import LINE_HEIGHT, Scale, ticks, width_of, wrapped

WIDTH = 640.0
LABEL_WIDTH = 216.0
GAP = 8.0


@dataclass(frozen=True)
class Frame:
    left: float
    top: float
    right: float
    bottom: float

    def across(self, low: float, high: float) -> Scale:
        return Scale(low, high, self.left, self.right)

    def upward(self, low: float, high: float) -> Scale:
        return Scale(low, high, self.bottom, self.top)


@dataclass(frozen=True)
class Axis:
    scale: Scale
    label: str
    written: Callable[[float], str]
    tick_count: int = 5

    def ticks(self) -> tuple[float, ...]:
        return ticks(self.scale.low, self.scale.high, self.tick_count)


def bottom_axis(frame: Frame, axis: Axis) -> list[Mark]:
    marks: list[Mark] = [_horizontal(frame, frame.bottom, Ink.AXIS)]
    for value in axis.ticks():
        x = axis.scale.at(value)
        marks.append(Line(Point(x, frame.bottom), Point(x, frame.bottom + 4), Ink.AXIS))
        marks.append(Text(Point(x, frame.bottom + 20), axis.written(value), Anchor.MIDDLE, Voice.SOFT))
    marks.append(Text(Point(frame.right, frame.bottom + 40), axis.label, Anchor.END, Voice.SOFT))
    return marks


def left_axis(frame: Frame, axis: Axis) -> list[Mark]:
    """Horizontal hairlines; the label stands above them, because turned text is hard to read."""
    marks: list[Mark] = []
    for value in axis.ticks():
        y = axis.scale.at(value)
        marks.append(_horizontal(frame, y, Ink.GRID))
        marks.append(Text(Point(frame.left - GAP, y + 4), axis.written(value), Anchor.END, Voice.SOFT))
    marks.append(Text(Point(0, 14), axis.label, Anchor.START, Voice.SOFT))
    return marks


def vertical_limit(frame: Frame, x: float, words: str, ink: Ink = Ink.THRESHOLD) -> list[Mark]:
    """A line from top to bottom with its words above it, on the side where there is room."""
    fits_right = x + width_of(words) / 2 <= WIDTH
    anchor = Anchor.MIDDLE if fits_right else Anchor.END
    voice = Voice.LIMIT if ink is Ink.THRESHOLD else Voice.SOFT
    return [
        Line(Point(x, frame.top - 4), Point(x, frame.bottom), ink),
        Text(Point(x if fits_right else WIDTH, frame.top - 12), words, anchor, voice),
    ]


def label_width(labels: tuple[str, ...]) -> float:
    """As wide as the longest label, within the share of the picture labels may take."""
    return min(LABEL_WIDTH, max((width_of(label) for label in labels), default=0.0)) + 2 * GAP


def row_label(words: str, middle: float, width: float) -> list[Mark]:
    """One or two lines, centred on the middle of the row."""
    lines = wrapped(words, width - GAP)
    first = middle + 4 - (len(lines) - 1) * LINE_HEIGHT / 2
    return [Text(Point(0, first + index * LINE_HEIGHT), line) for index, line in enumerate(lines)]


def _horizontal(frame: Frame, y: float, ink: Ink) -> Line:
    return Line(Point(frame.left, y), Point(frame.right, y), ink)
