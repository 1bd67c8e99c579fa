"""Paragraph styles, built once reportlab is needed."""

from __future__ import annotations

from functools import cache
from typing import Any

from reports.render import theme


@cache
def styles() -> dict[str, Any]:  # Any: reportlab has no types
    """By name: body, soft, cell, cell_right, note, head, head_right, label, section, heading, title and so on."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    theme.register_fonts()

    def style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
        settled = {"fontName": theme.SANS, "textColor": HexColor(theme.INK), "splitLongWords": 1, **more}
        return ParagraphStyle(name, fontSize=size, leading=leading, **settled)

    soft, act = HexColor(theme.SOFT), HexColor(theme.ACT)
    made = (
        style("body", 8.6, 12.6, spaceAfter=6),
        style("soft", 7.6, 11, textColor=soft, spaceAfter=5, allowWidows=0, allowOrphans=0),
        style("cell", 7.4, 10.2),
        # A number never breaks over two lines.
        style("cell_right", 7.4, 10.2, alignment=TA_RIGHT, splitLongWords=0),
        style("evidence", 6.4, 8.6, textColor=soft, spaceAfter=7),
        style("head", 6.8, 9.2, textColor=soft),
        style("head_right", 6.8, 9.2, textColor=soft, alignment=TA_RIGHT),
        style("label", 7.6, 10.6, textColor=soft),
        style("value", 7.9, 11),
        style("caption", 7.6, 10.4, fontName=theme.BOLD, spaceBefore=6, spaceAfter=3),
        style("section", 13.2, 18, textColor=act, fontName=theme.BOLD, spaceAfter=8),
        style("heading", 9.8, 13.4, fontName=theme.BOLD, spaceBefore=12, spaceAfter=4),
        style("kicker", 8.4, 12, textColor=act, fontName=theme.BOLD),
        style("title", 23, 29),
        style("subtitle", 10.4, 15, textColor=soft, spaceAfter=6),
        style("outcome", 10, 14, fontName=theme.BOLD),
        style("notice", 7.2, 10, textColor=HexColor(theme.STATES[_waiting()])),
        style("contents", 8.4, 13.4),
    )
    return {each.name: each for each in made}


def _waiting() -> Any:
    from reports.build.content import State

    return State.WAITING
