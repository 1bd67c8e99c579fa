"""The tokens of the web, on paper: inks, sizes in points, a grid of 4."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mrm.lib.charts.marks import Ink, Voice
from reports.build.content import State
from reports.edition import Paper

MARGIN_TOP, MARGIN_BOTTOM = 68.0, 60.0


@dataclass(frozen=True)
class Sheet:
    """A page in points, and the margin on either side of it."""

    width: float
    height: float
    margin: float

    @property
    def right(self) -> float:
        return self.width - self.margin

    @property
    def seal_box(self) -> tuple[int, int, int, int]:
        """Left free at the foot of the first page for the visible part of the seal (left, bottom, right, top)."""
        return (int(self.margin), 56, int(self.right), 100)


# One text width on both papers: a table or chart that fits one fits the other, and Letter has the wider margins.
SHEETS = {Paper.A4: Sheet(595.28, 841.89, 56.0), Paper.LETTER: Sheet(612.0, 792.0, 64.36)}
WIDTH = SHEETS[Paper.A4].width - 2 * SHEETS[Paper.A4].margin

SANS, BOLD, ITALIC = "Dossier", "Dossier-Bold", "Dossier-Italic"
# One of the fonts every PDF reader has. Digests are ASCII, and stand in the file as they are read.
MONO = "Courier"

INK, SOFT, HAIRLINE, SHADE = "#1c1f26", "#585c66", "#dfdcd2", "#f7f5ef"
ACT, ACT_WASH, PAPER = "#1f3f8f", "#e9edf8", "#ffffff"
STATES = {State.GOOD: "#1a6a3c", State.WAITING: "#855000", State.BAD: "#a1221b", State.QUIET: "#585c66"}


@dataclass(frozen=True)
class Stroke:
    colour: str
    width: float
    dash: tuple[float, ...] = ()


STROKES = {
    Ink.AXIS: Stroke("#858279", 1.0),
    Ink.GRID: Stroke("#e7e4da", 1.0),
    Ink.REFERENCE: Stroke("#918e85", 1.4),
    Ink.THRESHOLD: Stroke("#a1221b", 1.4, (5, 3)),
    Ink.MAIN: Stroke("#2b5a8c", 2.0),
    Ink.HOLLOW: Stroke("#2b5a8c", 1.8),
    Ink.BAND: Stroke("#d5e0ec", 1.0),
    Ink.WHISKER: Stroke("#1c1f26", 1.4),
    Ink.HALO: Stroke("#ffffff", 3.6),
    Ink.GAIN: Stroke("#2b5a8c", 1.0),
    Ink.LOSS: Stroke("#b24f1c", 1.0),
    Ink.BEYOND: Stroke("#a1221b", 1.4),
}
VOICES = {
    Voice.PLAIN: (SANS, INK),
    Voice.SOFT: (SANS, SOFT),
    Voice.STRONG: (BOLD, INK),
    Voice.LIMIT: (SANS, "#a1221b"),
    Voice.MAIN: (SANS, "#2b5a8c"),
}


@cache
def register_fonts() -> None:
    """The fonts that come with reportlab itself: none of the system's, so that every machine writes the same bytes."""
    import reportlab
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in ((SANS, "Vera.ttf"), (BOLD, "VeraBd.ttf"), (ITALIC, "VeraIt.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    for is_bold, is_italic, name in ((0, 0, SANS), (1, 0, BOLD), (0, 1, ITALIC), (1, 1, BOLD)):
        addMapping(SANS, is_bold, is_italic, name)
