"""Pairs of bars, row by row: the reference in grey, what was found in ink, with its interval."""

from dataclasses import dataclass

from django.utils.translation import gettext

from . import numerals
from .frame import GAP, WIDTH, label_width, row_label
from .marks import About, Bar, Drawing, Ink, Line, Mark, Point, Table, Text, Voice
from .scales import Scale, width_of

ROW_HEIGHT = 40.0
BAR_HEIGHT = 12.0
TOP = 4.0


@dataclass(frozen=True)
class Found:
    """One side of a pair: a share, its interval where there is one, and how it is written."""

    share: float
    low: float | None = None
    high: float | None = None

    def written(self) -> str:
        value = numerals.percent(self.share)
        return value if self.low is None or self.high is None else f"{value} ({self.interval()})"

    def interval(self) -> str:
        if self.low is None or self.high is None:
            return numerals.NOT_AVAILABLE
        return numerals.interval(numerals.fixed(self.low * 100, 1), numerals.percent(self.high))

    @property
    def reach(self) -> float:
        return self.share if self.high is None else max(self.share, self.high)


@dataclass(frozen=True)
class Pair:
    label: str
    reference: float
    found: Found
    count: int | None = None
    note: str = ""


@dataclass(frozen=True)
class GradeBars:
    """Expected against observed default rate per grade (or per `head`), with the interval of the observed one."""

    about: About
    grades: tuple[Pair, ...]
    head: str = ""

    def drawing(self) -> Drawing:
        return _rows(self.about, self.grades, gettext("expected"), gettext("observed"))

    def table(self) -> Table:
        first = self.head or gettext("Grade")
        heads = (first, gettext("Applicants"), gettext("Expected"), gettext("Observed"))
        rows = tuple(
            (
                grade.label,
                numerals.NOT_AVAILABLE if grade.count is None else numerals.fixed(grade.count),
                numerals.percent(grade.reference),
                numerals.percent(grade.found.share),
                grade.found.interval(),
                grade.note,
            )
            for grade in self.grades
        )
        return Table((*heads, gettext("Interval (95 %)"), gettext("Result")), rows)


@dataclass(frozen=True)
class ShiftBars:
    """Shares per bin in the reference sample and now: what a stability index sums up."""

    about: About
    bins: tuple[Pair, ...]

    def drawing(self) -> Drawing:
        return _rows(self.about, self.bins, gettext("reference"), gettext("current"))

    def table(self) -> Table:
        heads = (gettext("Bin"), gettext("Reference"), gettext("Current"), gettext("Difference"))
        rows = tuple(
            (
                each.label,
                numerals.percent(each.reference),
                numerals.percent(each.found.share),
                gettext("%(points)s points")
                % {"points": numerals.signed((each.found.share - each.reference) * 100, 1)},
            )
            for each in self.bins
        )
        return Table(heads, rows)


def _rows(about: About, pairs: tuple[Pair, ...], grey: str, ink: str) -> Drawing:
    left = label_width(tuple(pair.label for pair in pairs))
    scale = _scale(pairs, left, width_of(f"{ink} "))
    marks: list[Mark] = []
    for index, pair in enumerate(pairs):
        # Only the first row says which bar is which: the others look the same.
        names = (f"{grey} ", f"{ink} ") if index == 0 else ("", "")
        marks += _row(pair, scale, TOP + ROW_HEIGHT * index, names)
    bottom = TOP + ROW_HEIGHT * len(pairs)
    marks.append(Line(Point(left, TOP), Point(left, bottom), Ink.AXIS))
    return Drawing(about, WIDTH, bottom + 4, tuple(marks))


def _scale(pairs: tuple[Pair, ...], left: float, name_width: float) -> Scale:
    highest = max((max(pair.reference, pair.found.reach) for pair in pairs), default=0.0) or 1.0
    widest = max((width_of(pair.found.written()) for pair in pairs), default=0.0)
    return Scale(0, highest, left, WIDTH - widest - name_width - GAP)


def _row(pair: Pair, scale: Scale, top: float, names: tuple[str, str]) -> list[Mark]:
    middle = top + ROW_HEIGHT / 2
    found = pair.found
    marks = row_label(pair.label, middle, scale.start)
    marks += _bar(scale, pair.reference, middle - BAR_HEIGHT - 1, Ink.REFERENCE)
    marks += _bar(scale, found.share, middle + 1, Ink.MAIN)
    if found.low is not None and found.high is not None:
        y = middle + 1 + BAR_HEIGHT / 2
        ends = (Point(scale.at(found.low), y), Point(scale.at(found.high), y))
        # On a bar of ink a whisker is seen only with paper around it.
        marks += [Line(*ends, Ink.HALO), Line(*ends, Ink.WHISKER)]
    grey = Point(scale.at(pair.reference) + GAP, middle - 3)
    ink = Point(scale.at(found.reach) + GAP, middle + BAR_HEIGHT)
    marks.append(Text(grey, names[0] + numerals.percent(pair.reference), voice=Voice.SOFT))
    marks.append(Text(ink, names[1] + found.written(), voice=Voice.MAIN))
    return marks


def _bar(scale: Scale, share: float, y: float, ink: Ink) -> list[Mark]:
    return [Bar(Point(scale.start, y), scale.at(share) - scale.start, BAR_HEIGHT, ink)]
