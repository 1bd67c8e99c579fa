"""Typed blocks as what a template lays out: the same words and numbers as on paper."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from mrm.lib import charts
from reports.build.content import (
    Align,
    Block,
    Cell,
    Digest,
    Document,
    Facts,
    Figure,
    Heading,
    Linked,
    NotAssessed,
    Noted,
    Paragraph,
    Section,
    SignatureBlock,
    State,
    Table,
    Word,
)

Laid = dict[str, Any]  # Any: what a template reads
# A state of content as the page's badges know it; the word beside it is the content's own.
_STATES = {State.GOOD: "passed", State.WAITING: "amber", State.BAD: "failed", State.QUIET: "reported"}


def sections(document: Document) -> list[Laid]:
    """In the document's language, whatever the reader's."""
    with translation.override(document.edition.language):
        return [section(each) for each in document.sections]


def section(each: Section) -> Laid:
    return {
        "key": f"section-{each.number}",
        "title": f"{each.number}  {each.title}",
        "blocks": [laid(block) for block in each.blocks],
    }


@singledispatch
def laid(block: Block) -> Laid:
    message = f"Nothing is laid out of {type(block).__name__}."
    raise TypeError(message)


@laid.register
def _(block: Paragraph) -> Laid:
    return {"kind": "paragraph", "text": block.text, "is_soft": block.is_soft}


@laid.register
def _(block: Heading) -> Laid:
    return {"kind": "heading", "text": block.text, "key": block.key, "word": word_of(block.word)}


@laid.register
def _(block: Facts) -> Laid:
    rows = [{"term": label, "cell": cell_of(cell)} for label, cell in block.rows]
    return {"kind": "facts", "rows": rows, "number": block.number}


@laid.register
def _(block: Table) -> Laid:
    numbers = [column.align is Align.RIGHT for column in block.columns]
    evidence = gettext("Evidence %(number)s") % {"number": block.number}
    return {
        "kind": "table",
        "caption": block.caption or evidence,
        "columns": [
            {"label": column.head, "is_number": is_number}
            for column, is_number in zip(block.columns, numbers, strict=True)
        ],
        "rows": [
            [cell_of(cell) | {"is_number": is_number} for cell, is_number in zip(row, numbers, strict=True)]
            for row in block.rows
        ],
        # Said once: where nothing else names the table, its evidence does.
        "number": block.number if block.caption else "",
    }


@laid.register
def _(block: Figure) -> Laid:
    return {
        "kind": "figure",
        "figure": charts.figure(block.chart),
        "note": gettext("Drawn from %(source)s.") % {"source": block.source},
        "number": block.number,
    }


@laid.register
def _(block: NotAssessed) -> Laid:
    return {"kind": "not_assessed", "text": block.why}


@laid.register
def _(block: SignatureBlock) -> Laid:
    return {"kind": "signature", "signed": block}


def cell_of(cell: Cell) -> Laid:
    if isinstance(cell, Word):
        return {"word": word_of(cell)}
    if isinstance(cell, Digest):
        return {"digest": cell.value}
    if isinstance(cell, Noted):
        return {"text": cell.text, "note": cell.note}
    if isinstance(cell, Linked):
        return {"lines": [{"text": text, "url": f"#{key}" if key else ""} for text, key in cell.lines]}
    return {"text": cell}


def word_of(word: Word | None) -> Laid | None:
    return None if word is None or not word.text else {"state": _STATES[word.state], "text": word.text}
