"""Cells, facts and tables: hairlines instead of boxes, numbers to the right, heads repeated on every page."""

from __future__ import annotations

from functools import singledispatch
from itertools import pairwise
from typing import Any

from reports.build.content import Align, Cell, Column, Digest, Facts, Linked, Noted, Table, Word
from reports.render import theme
from reports.render.glyphs import markup
from reports.render.styles import styles

_LABEL_SHARE = 0.27
_PAD = 3.4
_CAPTION_ROOM = 72


def facts(block: Facts, width: float = theme.WIDTH) -> Any:  # Any: reportlab has no types
    rows = [[_paragraph(markup(label), "label"), _value(cell)] for label, cell in block.rows]
    widths = [width * _LABEL_SHARE, width * (1 - _LABEL_SHARE)]
    return _ruled(rows, widths, heads=0, space=_below(block.number))


def table(block: Table, width: float = theme.WIDTH) -> list[Any]:
    from reportlab.platypus import CondPageBreak

    heads = [_paragraph(markup(column.head), _head_style(column)) for column in block.columns]
    rows = [
        [_cell(cell, column) for cell, column in zip(row, block.columns, strict=True)] for row in block.rows
    ]
    whole = sum(column.share for column in block.columns)
    widths = [width * column.share / whole for column in block.columns]
    caption = (
        [CondPageBreak(_CAPTION_ROOM), _paragraph(markup(block.caption), "caption")] if block.caption else []
    )
    made = _ruled([heads, *rows], widths, heads=1, space=_below(block.number))
    _part_words_from_numbers(made, block.columns)
    return [*caption, made]


def coloured(word: Word) -> str:
    """A state as markup: the word itself, in bold and in its ink."""
    return f'<font name="{theme.BOLD}" color="{theme.STATES[word.state]}">{markup(word.text)}</font>'


def _below(number: str) -> int:
    """The line with the evidence id stands close."""
    return 2 if number else 8


def _small(word: Word) -> str:
    return f'<font size="6.9">{coloured(word)}</font>'


def _ruled(rows: list[list[Any]], widths: list[float], *, heads: int, space: int = 8) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable, TableStyle

    hairline = HexColor(theme.HAIRLINE)
    commands = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), _PAD),
        ("BOTTOMPADDING", (0, 0), (-1, -1), _PAD),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, hairline),
    ]
    if heads:
        commands.append(("LINEBELOW", (0, 0), (-1, 0), 0.7, HexColor("#858279")))
        commands.append(("VALIGN", (0, 0), (-1, 0), "BOTTOM"))
    made = LongTable(
        rows, colWidths=widths, repeatRows=heads, hAlign="LEFT", spaceAfter=space, splitInRow=1 - heads
    )
    made.setStyle(TableStyle(commands))
    return made


def _part_words_from_numbers(made: Any, columns: tuple[Column, ...]) -> None:
    """A left column that follows a right one would touch it."""
    from reportlab.platypus import TableStyle

    touching = [
        at
        for at, (before, column) in enumerate(pairwise(columns), start=1)
        if before.align is Align.RIGHT and column.align is Align.LEFT
    ]
    made.setStyle(TableStyle([("LEFTPADDING", (at, 0), (at, -1), 10) for at in touching]))


def _value(cell: Cell) -> Any:
    return _paragraph(coloured(cell) if isinstance(cell, Word) else _markup(cell), "value")


def _cell(cell: Cell, column: Column) -> Any:
    return _paragraph(_markup(cell), "cell_right" if column.align is Align.RIGHT else "cell")


def _head_style(column: Column) -> str:
    return "head_right" if column.align is Align.RIGHT else "head"


@singledispatch
def _markup(cell: object) -> str:
    return markup(str(cell))


@_markup.register
def _(cell: Word) -> str:
    return _small(cell)


@_markup.register
def _(cell: Digest) -> str:
    return f'<font name="{theme.MONO}" size="7.6">{markup(cell.value[: cell.length])}</font>'


@_markup.register
def _(cell: Noted) -> str:
    return f'{markup(cell.text)}<br/><font size="6.6" color="{theme.SOFT}">{markup(cell.note)}</font>'


@_markup.register
def _(cell: Linked) -> str:
    return "<br/>".join(_line(text, key) for text, key in cell.lines)


def _line(text: str, key: str) -> str:
    return f'<link href="#{key}" color="{theme.INK}"><u>{markup(text)}</u></link>' if key else markup(text)


def _paragraph(text: str, style: str) -> Any:
    from reportlab.platypus import Paragraph

    return Paragraph(text, styles()[style])
