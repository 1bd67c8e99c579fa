"""How many applicants stand at which score, with the cut-offs among them."""

from dataclasses import dataclass

from django.utils.translation import gettext

from . import numerals
from .frame import WIDTH, Axis, Frame, bottom_axis, left_axis, vertical_limit
from .marks import About, Bar, Drawing, Ink, Point, Table

FRAME = Frame(56, 56, WIDTH - 24, 272)


@dataclass(frozen=True)
class ScoreBin:
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class ScoreHistogram:
    """`cutoff` and its label are drawn where given; `score_label` names the axis."""

    about: About
    bins: tuple[ScoreBin, ...]
    score_label: str
    cutoff: float | None = None
    cutoff_label: str = ""
    score_decimals: int = 0

    def drawing(self) -> Drawing:
        x = FRAME.across(self.bins[0].low, self.bins[-1].high)
        y = FRAME.upward(0, 1.05 * max(1, *(each.count for each in self.bins)))
        marks = left_axis(FRAME, Axis(y, gettext("Applicants"), numerals.fixed))
        for each in self.bins:
            left, right, top = x.at(each.low), x.at(each.high), y.at(each.count)
            marks.append(Bar(Point(left + 0.5, top), right - left - 1, FRAME.bottom - top, Ink.MAIN))
        marks += bottom_axis(FRAME, Axis(x, self.score_label, self._score))
        if self.cutoff is not None:
            marks += vertical_limit(FRAME, x.at(self.cutoff), self.cutoff_label)
        return Drawing(self.about, WIDTH, FRAME.bottom + 48, tuple(marks))

    def table(self) -> Table:
        rows = tuple(
            (numerals.interval(self._score(each.low), self._score(each.high)), numerals.fixed(each.count))
            for each in self.bins
        )
        return Table((self.score_label, gettext("Applicants")), rows)

    def _score(self, value: float) -> str:
        return numerals.fixed(value, self.score_decimals)
