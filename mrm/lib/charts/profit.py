"""Profit over the cut-offs that could be chosen, with the one proposed and the best one named."""

from dataclasses import dataclass

from django.utils.translation import gettext

from . import numerals
from .frame import WIDTH, Axis, Frame, bottom_axis, left_axis, vertical_limit
from .marks import About, Anchor, Area, Curve, Dot, Drawing, Ink, Line, Mark, Point, Table, Text, Voice
from .scales import Scale, padded

FRAME = Frame(88, 56, WIDTH - 24, 292)


@dataclass(frozen=True)
class Profit:
    """At one cut-off: the amount and its band, in `unit` of the chart."""

    cutoff: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ProfitCurve:
    """`basis` says what the amounts rest on, for example "assumed cost matrix"; it is drawn too."""

    about: About
    points: tuple[Profit, ...]
    proposed: float
    proposed_label: str
    unit: str
    basis: str

    def drawing(self) -> Drawing:
        x = FRAME.across(self.points[0].cutoff, self.points[-1].cutoff)
        y = FRAME.upward(*padded([bound for each in self.points for bound in (each.low, each.high, 0.0)]))
        marks = left_axis(FRAME, Axis(y, f"{self.unit} · {self.basis}", numerals.fixed))
        marks += bottom_axis(FRAME, Axis(x, gettext("Cut-off: approve below this PD"), _whole_percent))
        zero = Line(Point(FRAME.left, y.at(0)), Point(FRAME.right, y.at(0)), Ink.REFERENCE)
        marks += [self._band(x, y), zero]
        marks.append(Curve(tuple(Point(x.at(p.cutoff), y.at(p.value)) for p in self.points), Ink.MAIN))
        marks += vertical_limit(FRAME, x.at(self.proposed), self.proposed_label)
        return Drawing(self.about, WIDTH, FRAME.bottom + 48, (*marks, *self._best(x, y)))

    def table(self) -> Table:
        heads = (gettext("Cut-off"), self.unit, gettext("Band"))
        rows = tuple(
            (
                numerals.percent(each.cutoff),
                numerals.fixed(each.value),
                numerals.interval(numerals.fixed(each.low), numerals.fixed(each.high)),
            )
            for each in self.points
        )
        return Table(heads, rows)

    def _band(self, x: Scale, y: Scale) -> Area:
        upper = [Point(x.at(each.cutoff), y.at(each.high)) for each in self.points]
        lower = [Point(x.at(each.cutoff), y.at(each.low)) for each in reversed(self.points)]
        return Area((*upper, *lower), Ink.BAND)

    def _best(self, x: Scale, y: Scale) -> list[Mark]:
        best = max(self.points, key=lambda each: each.value)
        at = Point(x.at(best.cutoff), y.at(best.value))
        words = gettext("highest at %(cutoff)s") % {"cutoff": numerals.percent(best.cutoff, 0)}
        # Away from the proposed cut-off, whose line would cross the words.
        anchor = Anchor.END if best.cutoff < self.proposed else Anchor.START
        place = Point(at.x, y.at(best.high) - 8)
        return [Dot(at, 4, Ink.MAIN), Text(place, words, anchor, Voice.MAIN)]


def _whole_percent(share: float) -> str:
    return numerals.percent(share, 0)
