"""Charts as data: each knows its drawing and its table; `figure` makes both ready for a page."""

from dataclasses import dataclass
from typing import Protocol

from django.utils.safestring import SafeString

from .calibration import CalibrationBin, CalibrationCurve
from .contributions import Contribution, Contributions
from .discrimination import KsCurve, KsPoint, RocCurve, RocPoint
from .intervals import Estimate, IntervalChart, Standing
from .marks import About, Drawing, Table
from .pairs import Found, GradeBars, Pair, ShiftBars
from .profit import Profit, ProfitCurve
from .ranking import Ranked, Ranking
from .scores import ScoreBin, ScoreHistogram
from .svg import svg

__all__ = [
    "About",
    "CalibrationBin",
    "CalibrationCurve",
    "Chart",
    "Contribution",
    "Contributions",
    "Drawing",
    "Estimate",
    "Figure",
    "Found",
    "GradeBars",
    "IntervalChart",
    "KsCurve",
    "KsPoint",
    "Pair",
    "Profit",
    "ProfitCurve",
    "Ranked",
    "Ranking",
    "RocCurve",
    "RocPoint",
    "ScoreBin",
    "ScoreHistogram",
    "ShiftBars",
    "Standing",
    "Table",
    "figure",
    "svg",
]


class Chart(Protocol):
    """What every chart of this package can do; another medium draws from the same two answers."""

    @property
    def about(self) -> About: ...

    def drawing(self) -> Drawing: ...

    def table(self) -> Table: ...


@dataclass(frozen=True)
class Figure:
    about: About
    svg: SafeString
    table: Table


def figure(chart: Chart) -> Figure:
    """A chart ready for `components/_figure.html`."""
    return Figure(about=chart.about, svg=svg(chart.drawing()), table=chart.table())
