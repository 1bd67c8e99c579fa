"""Predicted against observed default rate: a calibrated version lies on the diagonal."""

from dataclasses import dataclass

from django.utils.translation import gettext

from . import numerals
from .frame import Axis, Frame, bottom_axis, left_axis
from .marks import About, Anchor, Curve, Dot, Drawing, Ink, Line, Mark, Point, Table, Text, Voice
from .scales import Scale, decimals_for, ticks

SIDE = 440.0
FRAME = Frame(56, 36, SIDE - 24, SIDE - 48)


@dataclass(frozen=True)
class CalibrationBin:
    predicted: float
    observed: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class CalibrationCurve:
    about: About
    bins: tuple[CalibrationBin, ...]

    def drawing(self) -> Drawing:
        top = min(1.0, 1.05 * max((max(each.high, each.predicted) for each in self.bins), default=1.0))
        x, y = FRAME.across(0, top), FRAME.upward(0, top)
        places = max(0, decimals_for(ticks(0, top)) - 2)

        def written(share: float) -> str:
            return numerals.percent(share, places)

        marks = left_axis(FRAME, Axis(y, gettext("Observed"), written))
        marks += bottom_axis(FRAME, Axis(x, gettext("Predicted"), written))
        marks += _diagonal(x, y, top)
        for each in self.bins:
            at = x.at(each.predicted)
            marks.append(Line(Point(at, y.at(each.low)), Point(at, y.at(each.high)), Ink.WHISKER))
        points = tuple(Point(x.at(each.predicted), y.at(each.observed)) for each in self.bins)
        marks += [Curve(points, Ink.MAIN), *(Dot(point, 4, Ink.MAIN) for point in points)]
        return Drawing(self.about, SIDE, SIDE, tuple(marks))

    def table(self) -> Table:
        heads = (gettext("Predicted"), gettext("Observed"), gettext("Interval (95 %)"), gettext("Applicants"))
        rows = tuple(
            (
                numerals.percent(each.predicted),
                numerals.percent(each.observed),
                numerals.interval(numerals.fixed(each.low * 100, 1), numerals.percent(each.high)),
                numerals.fixed(each.count),
            )
            for each in self.bins
        )
        return Table(heads, rows)


def _diagonal(x: Scale, y: Scale, top: float) -> list[Mark]:
    words = Text(Point(x.at(top * 0.97), y.at(top * 0.7)), gettext("calibrated"), Anchor.END, Voice.SOFT)
    return [Line(Point(x.at(0), y.at(0)), Point(x.at(top), y.at(top)), Ink.REFERENCE), words]
