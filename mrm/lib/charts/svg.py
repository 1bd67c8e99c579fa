"""A drawing as inline SVG: classes and attributes only, so that it stands under a strict CSP."""

from functools import singledispatch

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .marks import Area, Bar, Curve, Diamond, Dot, Drawing, Line, Mark, Point, Text


def svg(drawing: Drawing) -> SafeString:
    """The picture with its title and description; every text is escaped on its way in."""
    key = f"chart-{drawing.about.key}"
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}"'
        ' aria-labelledby="{k}-title {k}-desc" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{k}-title">{title}</title><desc id="{k}-desc">{summary}</desc>{marks}</svg>',
        w=_place(drawing.width),
        h=_place(drawing.height),
        k=key,
        title=drawing.about.title,
        summary=drawing.about.summary,
        marks=format_html_join("", "{}", ((_element(mark),) for mark in drawing.marks)),
    )


@singledispatch
def _element(mark: Mark) -> SafeString:
    message = f"No SVG element for {type(mark).__name__}."
    raise TypeError(message)


@_element.register
def _(mark: Line) -> SafeString:
    return format_html(
        '<line class="ink-{}" x1="{}" y1="{}" x2="{}" y2="{}"/>',
        mark.ink,
        *(_place(each) for each in (mark.start.x, mark.start.y, mark.end.x, mark.end.y)),
    )


@_element.register
def _(mark: Curve) -> SafeString:
    return format_html('<polyline class="ink-{}" fill="none" points="{}"/>', mark.ink, _places(mark.points))


@_element.register
def _(mark: Area) -> SafeString:
    return format_html('<polygon class="fill-{}" points="{}"/>', mark.ink, _places(mark.points))


@_element.register
def _(mark: Bar) -> SafeString:
    return format_html(
        '<rect class="fill-{}" x="{}" y="{}" width="{}" height="{}"/>',
        mark.ink,
        *(_place(each) for each in (mark.corner.x, mark.corner.y, mark.width, mark.height)),
    )


@_element.register
def _(mark: Dot) -> SafeString:
    places = (_place(each) for each in (mark.at.x, mark.at.y, mark.radius))
    return format_html('<circle class="fill-{}" cx="{}" cy="{}" r="{}"/>', mark.ink, *places)


@_element.register
def _(mark: Diamond) -> SafeString:
    x, y, reach = mark.at.x, mark.at.y, mark.radius
    corners = (Point(x, y - reach), Point(x + reach, y), Point(x, y + reach), Point(x - reach, y))
    return format_html('<polygon class="fill-{}" points="{}"/>', mark.ink, _places(corners))


@_element.register
def _(mark: Text) -> SafeString:
    return format_html(
        '<text class="say-{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        mark.voice,
        _place(mark.at.x),
        _place(mark.at.y),
        mark.anchor,
        mark.words,
    )


def _places(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_place(point.x)},{_place(point.y)}" for point in points)


def _place(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
