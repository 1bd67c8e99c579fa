"""A chart's marks on paper: the same drawing as on the page, with y pointing up."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from mrm.lib.charts.marks import Anchor, Area, Bar, Curve, Diamond, Dot, Drawing, Ink, Line, Mark, Text
from reports.render import theme
from reports.render.glyphs import shown

if TYPE_CHECKING:
    from reportlab.graphics import shapes

_TEXT_SIZE = 10.6  # the drawing's unit is a pixel of a 13 px text; the bundled font runs wide
_TALLEST = 300.0


def flowable(drawing: Drawing, width: float) -> shapes.Drawing:
    """At most `width` wide and as tall as a figure may be; never blown up beyond the size of its text."""
    from reportlab.graphics import shapes

    scale = min(width / drawing.width, 0.78, _TALLEST / drawing.height)
    paper = shapes.Drawing(drawing.width * scale, drawing.height * scale)
    group = shapes.Group(transform=(scale, 0, 0, -scale, 0, drawing.height * scale))
    for mark in drawing.marks:
        for shape in _shapes(mark):
            group.add(shape)
    paper.add(group)
    paper.hAlign = "LEFT"
    return paper


@singledispatch
def _shapes(mark: Mark) -> list[Any]:  # Any: reportlab has no types
    message = f"No shape for {type(mark).__name__}."
    raise TypeError(message)


@_shapes.register
def _(mark: Line) -> list[Any]:
    from reportlab.graphics import shapes

    return [shapes.Line(mark.start.x, mark.start.y, mark.end.x, mark.end.y, **_stroke(mark.ink))]


@_shapes.register
def _(mark: Curve) -> list[Any]:
    from reportlab.graphics import shapes

    points = [place for point in mark.points for place in (point.x, point.y)]
    return [shapes.PolyLine(points, **_stroke(mark.ink))]


@_shapes.register
def _(mark: Area) -> list[Any]:
    return [_polygon([place for point in mark.points for place in (point.x, point.y)], mark.ink)]


@_shapes.register
def _(mark: Bar) -> list[Any]:
    from reportlab.graphics import shapes

    return [shapes.Rect(mark.corner.x, mark.corner.y, mark.width, mark.height, **_fill(mark.ink))]


@_shapes.register
def _(mark: Dot) -> list[Any]:
    from reportlab.graphics import shapes

    if mark.ink is Ink.HOLLOW:
        return [
            shapes.Circle(
                mark.at.x, mark.at.y, mark.radius, fillColor=_colour(theme.PAPER), **_stroke(mark.ink)
            )
        ]
    return [shapes.Circle(mark.at.x, mark.at.y, mark.radius, **_fill(mark.ink))]


@_shapes.register
def _(mark: Diamond) -> list[Any]:
    x, y, reach = mark.at.x, mark.at.y, mark.radius
    return [_polygon([x, y - reach, x + reach, y, x, y + reach, x - reach, y], mark.ink)]


@_shapes.register
def _(mark: Text) -> list[Any]:
    """Letters would stand on their heads in a drawing whose y points down: each is turned back."""
    from reportlab.graphics import shapes

    font, colour = theme.VOICES[mark.voice]
    anchor = {Anchor.START: "start", Anchor.MIDDLE: "middle", Anchor.END: "end"}[mark.anchor]
    said = shapes.String(
        0,
        0,
        shown(mark.words),
        fontName=font,
        fontSize=_TEXT_SIZE,
        fillColor=_colour(colour),
        textAnchor=anchor,
    )
    return [shapes.Group(said, transform=(1, 0, 0, -1, mark.at.x, mark.at.y))]


def _polygon(points: list[float], ink: Ink) -> Any:
    from reportlab.graphics import shapes

    return shapes.Polygon(points, **_fill(ink))


def _stroke(ink: Ink) -> dict[str, Any]:
    stroke = theme.STROKES[ink]
    dash = list(stroke.dash) or None
    return {"strokeColor": _colour(stroke.colour), "strokeWidth": stroke.width, "strokeDashArray": dash}


def _fill(ink: Ink) -> dict[str, Any]:
    return {"fillColor": _colour(theme.STROKES[ink].colour), "strokeColor": None, "strokeWidth": 0}


def _colour(code: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(code)
