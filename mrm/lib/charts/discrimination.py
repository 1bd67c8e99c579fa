"""How well scores separate who defaults from who does not: the ROC curve and the KS distance."""

from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext

from . import numerals
from .frame import WIDTH, Axis, Frame, bottom_axis, left_axis
from .marks import About, Anchor, Curve, Drawing, Ink, Line, Mark, Point, Table, Text, Voice
from .scales import Scale

SIDE = 440.0
SQUARE = Frame(56, 36, SIDE - 24, SIDE - 48)
WIDE = Frame(56, 36, WIDTH - 24, 272)
TABLE_ROWS = 20

P = TypeVar("P")


@dataclass(frozen=True)
class RocPoint:
    false_positives: float
    true_positives: float


@dataclass(frozen=True)
class RocCurve:
    about: About
    points: tuple[RocPoint, ...]
    auc: float
    low: float
    high: float

    def drawing(self) -> Drawing:
        x, y = SQUARE.across(0, 1), SQUARE.upward(0, 1)
        marks = left_axis(SQUARE, Axis(y, gettext("Defaulters caught"), _whole_percent))
        marks += bottom_axis(SQUARE, Axis(x, gettext("Non-defaulters flagged"), _whole_percent))
        marks.append(Line(Point(x.at(0), y.at(0)), Point(x.at(1), y.at(1)), Ink.REFERENCE))
        marks.append(Text(Point(x.at(0.97), y.at(0.76)), gettext("by chance"), Anchor.END, Voice.SOFT))
        curve = tuple(Point(x.at(each.false_positives), y.at(each.true_positives)) for each in self.points)
        marks.append(Curve(curve, Ink.MAIN))
        marks.append(Text(Point(x.at(0.97), y.at(0.08)), self._area(), Anchor.END, Voice.MAIN))
        return Drawing(self.about, SIDE, SIDE, tuple(marks))

    def table(self) -> Table:
        rows = tuple(
            (numerals.percent(each.false_positives), numerals.percent(each.true_positives))
            for each in _thinned(self.points)
        )
        return Table((gettext("Non-defaulters flagged"), gettext("Defaulters caught")), rows)

    def _area(self) -> str:
        bounds = numerals.interval(numerals.fixed(self.low, 3), numerals.fixed(self.high, 3))
        return f"AUC {numerals.fixed(self.auc, 3)} ({bounds})"


@dataclass(frozen=True)
class KsPoint:
    """Shares of each group at or below `score`."""

    score: float
    defaulters: float
    others: float

    @property
    def distance(self) -> float:
        return abs(self.defaulters - self.others)


@dataclass(frozen=True)
class KsCurve:
    about: About
    points: tuple[KsPoint, ...]
    score_label: str
    score_decimals: int = 0

    def drawing(self) -> Drawing:
        x = WIDE.across(self.points[0].score, self.points[-1].score)
        y = WIDE.upward(0, 1)
        marks = left_axis(WIDE, Axis(y, gettext("Share at or below"), _whole_percent))
        marks += bottom_axis(WIDE, Axis(x, self.score_label, self._score))
        others = tuple(Point(x.at(each.score), y.at(each.others)) for each in self.points)
        defaulters = tuple(Point(x.at(each.score), y.at(each.defaulters)) for each in self.points)
        marks += [Curve(others, Ink.REFERENCE), Curve(defaulters, Ink.MAIN), *self._widest(x, y)]
        return Drawing(self.about, WIDTH, WIDE.bottom + 48, tuple(marks))

    def table(self) -> Table:
        heads = (self.score_label, gettext("Defaulters"), gettext("Others"), gettext("Distance"))
        rows = tuple(
            (
                self._score(each.score),
                numerals.percent(each.defaulters),
                numerals.percent(each.others),
                numerals.percent(each.distance),
            )
            for each in _thinned(self.points)
        )
        return Table(heads, rows)

    def _score(self, value: float) -> str:
        return numerals.fixed(value, self.score_decimals)

    def _widest(self, x: Scale, y: Scale) -> list[Mark]:
        widest = max(self.points, key=lambda each: each.distance)
        at = x.at(widest.score)
        shares = (widest.defaulters, widest.others)
        upper, lower = y.at(max(shares)), y.at(min(shares))
        names = (gettext("defaulters"), gettext("others"))
        above, below = names if widest.defaulters >= widest.others else names[::-1]
        voices = (Voice.MAIN, Voice.SOFT) if above == names[0] else (Voice.SOFT, Voice.MAIN)
        distance = f"KS {numerals.percent(widest.distance)}"
        return [
            Line(Point(at, upper), Point(at, lower), Ink.THRESHOLD),
            Text(Point(at + 8, (upper + lower) / 2 + 4), distance, voice=Voice.LIMIT),
            Text(Point(at - 8, upper - 4), above, Anchor.END, voices[0]),
            Text(Point(at + 8, lower + 16), below, Anchor.START, voices[1]),
        ]


def _whole_percent(share: float) -> str:
    return numerals.percent(share, 0)


def _thinned(points: tuple[P, ...]) -> tuple[P, ...]:
    """About twenty rows, ends included: a thousand rows are no table."""
    if len(points) <= TABLE_ROWS:
        return points
    last = len(points) - 1
    return tuple(points[round(index * last / (TABLE_ROWS - 1))] for index in range(TABLE_ROWS))
