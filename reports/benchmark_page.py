"""Typed blocks of a document as the components of a page take them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from mrm.lib.charts import Figure as Drawn
from mrm.lib.charts import figure
from reports.build.content import (
    Align,
    Block,
    Cell,
    Digest,
    Facts,
    Figure,
    NotAssessed,
    Noted,
    Paragraph,
    Section,
    Table,
    Word,
)

Shown = dict[str, Any]  # as components/_cell.html says


@dataclass(frozen=True)
class Part:
    """One block: the one member that is filled says what it is."""

    text: str = ""
    gap: str = ""
    is_soft: bool = False
    facts: tuple[Shown, ...] = ()
    table: Shown | None = None
    figure: Drawn | None = None


def parts_of(section: Section) -> tuple[Part, ...]:
    return tuple(_part(block, section.title) for block in section.blocks)


def facts_of(block: Facts) -> tuple[Shown, ...]:
    return tuple({"term": label, **_cell(cell)} for label, cell in block.rows)


@singledispatch
def _part(block: Block, title: str) -> Part:  # noqa: ARG001
    message = f"No part of a page is made of {type(block).__name__}."
    raise TypeError(message)


@_part.register
def _(block: Paragraph, title: str) -> Part:  # noqa: ARG001
    return Part(text=block.text, is_soft=block.is_soft)


@_part.register
def _(block: NotAssessed, title: str) -> Part:  # noqa: ARG001
    return Part(gap=block.why)


@_part.register
def _(block: Facts, title: str) -> Part:  # noqa: ARG001
    return Part(facts=facts_of(block))


@_part.register
def _(block: Figure, title: str) -> Part:  # noqa: ARG001
    return Part(figure=figure(block.chart))


@_part.register
def _(block: Table, title: str) -> Part:
    """A table without a caption of its own is called as its section."""
    heads = [{"label": each.head, "is_number": each.align is Align.RIGHT} for each in block.columns]
    rows = [
        [{**_cell(cell), "is_number": head["is_number"]} for cell, head in zip(row, heads, strict=True)]
        for row in block.rows
    ]
    return Part(table={"caption": block.caption or title, "columns": heads, "rows": rows})


@singledispatch
def _cell(cell: Cell) -> Shown:
    return {"text": str(cell)}


@_cell.register
def _(cell: Word) -> Shown:
    return {"text": cell.text}


@_cell.register
def _(cell: Digest) -> Shown:
    return {"digest": cell.value}


@_cell.register
def _(cell: Noted) -> Shown:
    return {"text": cell.text, "note": cell.note}
