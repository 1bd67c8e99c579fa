"""Typed blocks to what flows over the pages."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from django.utils.translation import gettext

from reports.build.content import (
    Block,
    Digest,
    Facts,
    Figure,
    Heading,
    NotAssessed,
    Paragraph,
    Section,
    SignatureBlock,
    Table,
)
from reports.render import cells, chart, theme
from reports.render.glyphs import markup, shown
from reports.render.styles import styles

_HEADING_ROOM = 130
_SECTION_ROOM = 200
Flowables = list[Any]  # reportlab has no types


def section(each: Section) -> Flowables:
    from reportlab.platypus import CondPageBreak, Spacer

    title = f"{each.number}  {each.title}"
    head = bookmarked(markup(title), "section", f"section-{each.number}", shown(title), 0)
    body = [part for block in each.blocks for part in flow(block)]
    return [CondPageBreak(_SECTION_ROOM), Spacer(0, 10), head, *body]


@singledispatch
def flow(block: Block) -> Flowables:
    message = f"Nothing flows from {type(block).__name__}."
    raise TypeError(message)


@flow.register
def _(block: Paragraph) -> Flowables:
    return [said(markup(block.text), "soft" if block.is_soft else "body")]


@flow.register
def _(block: Heading) -> Flowables:
    from reportlab.platypus import CondPageBreak

    word = "" if block.word is None else f'  <font size="8">{cells.coloured(block.word)}</font>'
    made = bookmarked(f"{markup(block.text)}{word}", "heading", block.key, shown(block.text), 1)
    # A heading with one line under it, at the foot of a page, reads as a mistake.
    return [CondPageBreak(_HEADING_ROOM), made]


@flow.register
def _(block: Facts) -> Flowables:
    return [cells.facts(block), *_numbered(block.number)]


@flow.register
def _(block: Table) -> Flowables:
    return [*cells.table(block), *_numbered(block.number)]


@flow.register
def _(block: Figure) -> Flowables:
    """Title, picture and source stay on one page."""
    from reportlab.platypus import KeepTogether

    about = block.chart.about
    picture = chart.flowable(block.chart.drawing(), theme.WIDTH)
    number = " " + gettext("Evidence %(number)s.") % {"number": block.number} if block.number else ""
    source = f"{about.summary} {gettext('Drawn from %(source)s.') % {'source': block.source}}{number}"
    return [KeepTogether([said(markup(about.title), "caption"), picture, said(markup(source), "soft")])]


@flow.register
def _(block: NotAssessed) -> Flowables:
    word = f'<font name="{theme.BOLD}" color="{theme.SOFT}">{markup(gettext("Not assessed"))}.</font>'
    return [said(f"{word} {markup(block.why)}", "body")]


@flow.register
def _(block: SignatureBlock) -> Flowables:
    """A signature is never torn over two pages unless its words are long."""
    from reportlab.platypus import KeepTogether

    rows = (
        (gettext("Signed by"), block.printed_name),
        (gettext("Meaning"), block.meaning),
        (gettext("Time"), block.at),
        (gettext("Rationale"), block.rationale),
        (gettext("Evidence"), Digest(block.evidence_digest)),
        (gettext("What was shown"), Digest(block.shown_digest)),
        (gettext("Governance rules"), Digest(block.governance_digest)),
        *(((gettext("Note"), block.note),) if block.note else ()),
    )
    return [KeepTogether([cells.facts(Facts(rows))])]


def _numbered(number: str) -> Flowables:
    """The id under which the index says what the numbers above rest on."""
    return [said(markup(gettext("Evidence %(number)s") % {"number": number}), "evidence")] if number else []


def said(text: str, style: str) -> Any:
    from reportlab.platypus import Paragraph as Text

    return Text(text, styles()[style])


def bookmarked(text: str, style: str, key: str, outline: str, level: int) -> Any:
    """A heading with its place in the outline; the document template reads what is hung on it."""
    made = said(text, style)
    made.outline = (key, outline, level)
    return made
