"""Estimates with their intervals, against a limit where there is one: adverse impact ratio by group, AUC by segment."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from . import numerals
from .frame import GAP, WIDTH, Axis, Frame, bottom_axis, label_width, row_label, vertical_limit
from .marks import About, Anchor, Diamond, Dot, Drawing, Ink, Line, Mark, Point, Table, Text
from .scales import Scale, decimals_for, padded, ticks, width_of

ROW_HEIGHT = 32.0
TOP = 36.0


class Standing(StrEnum):
    """Where an estimate stands to its limit: told by shape, so that it survives without colour."""

    CLEAR = "clear"
    BEYOND = "beyond"
    OPEN = "open"


@dataclass(frozen=True)
class Estimate:
    """`note` is the word for the standing (passes, fails, inconclusive), written beside the number."""

    label: str
    value: float
    low: float
    high: float
    standing: Standing = Standing.CLEAR
    note: str = ""


@dataclass(frozen=True)
class IntervalChart:
    about: About
    rows: tuple[Estimate, ...]
    axis_label: str
    limit: float | None = None
    limit_label: str = ""
    reference: float | None = None
    reference_label: str = ""
    decimals: int = 2
    # What a row is of, where it is no group.
    subject: str = ""

    def drawing(self) -> Drawing:
        bottom = TOP + ROW_HEIGHT * len(self.rows)
        widest = max((width_of(_written(row, self.decimals)) for row in self.rows), default=0.0)
        left = label_width(tuple(row.label for row in self.rows))
        frame = Frame(left, TOP, WIDTH - widest - 2 * GAP, bottom)
        scale = frame.across(*padded(self._values()))
        marks = self._lines(frame, scale)
        for index, row in enumerate(self.rows):
            marks += self._row(row, frame, scale, TOP + ROW_HEIGHT * (index + 0.5))
        return Drawing(self.about, WIDTH, bottom + 48, tuple(marks))

    def table(self) -> Table:
        heads = (
            self.subject or gettext("Group"),
            self.axis_label,
            gettext("Interval (95 %)"),
            gettext("Result"),
        )
        rows = tuple(
            (row.label, numerals.fixed(row.value, self.decimals), _interval(row, self.decimals), row.note)
            for row in self.rows
        )
        return Table(heads, rows)

    def _values(self) -> list[float]:
        bounds = [bound for row in self.rows for bound in (row.low, row.value, row.high)]
        return bounds + [line for line in (self.limit, self.reference) if line is not None]

    def _lines(self, frame: Frame, scale: Scale) -> list[Mark]:
        places = decimals_for(ticks(scale.low, scale.high))
        axis = Axis(scale, self.axis_label, lambda value: numerals.fixed(value, places))
        marks = bottom_axis(frame, axis)
        if self.reference is not None:
            marks += vertical_limit(frame, scale.at(self.reference), self.reference_label, Ink.REFERENCE)
        if self.limit is not None:
            marks += vertical_limit(frame, scale.at(self.limit), self.limit_label)
        return marks

    def _row(self, row: Estimate, frame: Frame, scale: Scale, y: float) -> list[Mark]:
        words = Text(Point(WIDTH, y + 4), _written(row, self.decimals), Anchor.END)
        whisker = Line(Point(scale.at(row.low), y), Point(scale.at(row.high), y), Ink.WHISKER)
        estimate = _estimate(row, Point(scale.at(row.value), y))
        return [*row_label(row.label, y, frame.left), whisker, estimate, words]


def _estimate(row: Estimate, at: Point) -> Mark:
    if row.standing is Standing.BEYOND:
        return Diamond(at, 6.5, Ink.BEYOND)
    return Dot(at, 5, Ink.MAIN if row.standing is Standing.CLEAR else Ink.HOLLOW)


def _interval(row: Estimate, decimals: int) -> str:
    return numerals.interval(numerals.fixed(row.low, decimals), numerals.fixed(row.high, decimals))


def _written(row: Estimate, decimals: int) -> str:
    value = f"{numerals.fixed(row.value, decimals)} ({_interval(row, decimals)})"
    return f"{value} {row.note}".rstrip()
