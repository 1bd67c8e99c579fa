"""What weighed on one score, in points: losses point left, gains point right."""

from dataclasses import dataclass

from django.utils.translation import gettext

from . import numerals
from .frame import GAP, WIDTH, label_width, row_label
from .marks import About, Anchor, Bar, Drawing, Ink, Line, Mark, Point, Table, Text
from .scales import Scale

ROW_HEIGHT = 36.0
BAR_HEIGHT = 18.0
TOP = 8.0
NUMBER_WIDTH = 72.0


@dataclass(frozen=True)
class Contribution:
    label: str
    points: float


@dataclass(frozen=True)
class Contributions:
    """In the order given; the caller puts the largest loss first."""

    about: About
    terms: tuple[Contribution, ...]
    decimals: int = 0

    def drawing(self) -> Drawing:
        bottom = TOP + ROW_HEIGHT * len(self.terms)
        left = label_width(tuple(term.label for term in self.terms))
        scale = self._scale(left)
        zero = scale.at(0)
        marks: list[Mark] = []
        for index, term in enumerate(self.terms):
            y = TOP + ROW_HEIGHT * (index + 0.5)
            marks += [*row_label(term.label, y, left), *self._bar(term, scale, y)]
        marks.append(Line(Point(zero, TOP - 4), Point(zero, bottom + 4), Ink.AXIS))
        return Drawing(self.about, WIDTH, bottom + 8, tuple(marks))

    def table(self) -> Table:
        rows = tuple((term.label, numerals.signed(term.points, self.decimals)) for term in self.terms)
        return Table((gettext("What weighed"), gettext("Points")), rows)

    def _scale(self, left: float) -> Scale:
        """Room for the numbers is kept only on the sides that carry bars."""
        values = [term.points for term in self.terms]
        low, high = min([0.0, *values]), max([0.0, *values])
        start = left + (NUMBER_WIDTH if low < 0 else GAP)
        end = WIDTH - (NUMBER_WIDTH if high > 0 else GAP)
        return Scale(low, high if high > low else low + 1, start, end)

    def _bar(self, term: Contribution, scale: Scale, y: float) -> list[Mark]:
        zero, tip = scale.at(0), scale.at(term.points)
        is_loss = term.points < 0
        corner = Point(min(zero, tip), y - BAR_HEIGHT / 2)
        bar = Bar(corner, abs(tip - zero), BAR_HEIGHT, Ink.LOSS if is_loss else Ink.GAIN)
        words = gettext("%(points)s pts") % {"points": numerals.signed(term.points, self.decimals)}
        place = Point(tip + (-GAP if is_loss else GAP), y + 4)
        return [bar, Text(place, words, Anchor.END if is_loss else Anchor.START)]
