"""Amounts in order, largest first: what moves the score most."""

from dataclasses import dataclass

from django.utils.translation import gettext

from . import numerals
from .frame import GAP, WIDTH, label_width, row_label
from .marks import About, Bar, Drawing, Ink, Line, Mark, Point, Table, Text
from .scales import Scale, width_of

ROW_HEIGHT = 32.0
BAR_HEIGHT = 16.0
TOP = 4.0


@dataclass(frozen=True)
class Ranked:
    """`note` says how steady the rank is."""

    label: str
    value: float
    note: str = ""


@dataclass(frozen=True)
class Ranking:
    """In the order given; `unit` names what is measured."""

    about: About
    rows: tuple[Ranked, ...]
    unit: str
    decimals: int = 3

    def drawing(self) -> Drawing:
        bottom = TOP + ROW_HEIGHT * len(self.rows)
        left = label_width(tuple(row.label for row in self.rows))
        room = max((width_of(self._written(row)) for row in self.rows), default=0.0) + 2 * GAP
        highest = max((row.value for row in self.rows), default=0.0) or 1.0
        scale = Scale(0, highest, left, WIDTH - room)
        marks: list[Mark] = []
        for index, row in enumerate(self.rows):
            marks += self._row(row, scale, TOP + ROW_HEIGHT * (index + 0.5))
        marks.append(Line(Point(left, TOP), Point(left, bottom), Ink.AXIS))
        return Drawing(self.about, WIDTH, bottom + 4, tuple(marks))

    def table(self) -> Table:
        rows = tuple((row.label, numerals.fixed(row.value, self.decimals), row.note) for row in self.rows)
        return Table((gettext("Group"), self.unit, gettext("Rank")), rows)

    def _row(self, row: Ranked, scale: Scale, middle: float) -> list[Mark]:
        end = scale.at(row.value)
        bar = Bar(Point(scale.start, middle - BAR_HEIGHT / 2), end - scale.start, BAR_HEIGHT, Ink.MAIN)
        words = Text(Point(end + GAP, middle + 4), self._written(row))
        return [*row_label(row.label, middle, scale.start), bar, words]

    def _written(self, row: Ranked) -> str:
        return f"{numerals.fixed(row.value, self.decimals)} {row.note}".rstrip()
