"""A document as PDF. The same document gives the same bytes: reportlab without time or chance, fonts it carries."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from reports.build.content import Document, State
from reports.render import blocks, theme
from reports.render.attach import attached
from reports.render.cover import cover
from reports.render.glyphs import shown

AUTHOR = "Countersign"


@dataclass(frozen=True)
class Unsigned:
    """`content` is what the seal is put on; it stays the prefix of the signed file."""

    content: bytes
    pages: int


def render(document: Document) -> Unsigned:
    """Two passes: the first counts the pages that every footer and the contents name. In the document's
    language, whatever that of who asks."""
    with translation.override(document.edition.language):
        seen = _Seen()
        _written(document, seen, _Seen())
        again = _Seen()
        drawn = _written(document, again, seen)
        return Unsigned(attached(drawn, document), again.pages)


class _Seen:
    """What a pass met: how many pages, and on which each section begins."""

    def __init__(self) -> None:
        self.pages = 0
        self.place: dict[str, int] = {}


def _written(document: Document, seen: _Seen, before: _Seen) -> bytes:
    from reportlab.platypus import NextPageTemplate, PageBreak

    target = io.BytesIO()
    template = _template(document, target, seen, before)
    story: list[Any] = [
        *cover(document, before.place),
        NextPageTemplate("inner"),
        PageBreak(),
        *(part for section in document.sections for part in blocks.section(section)),
    ]
    template.build(story)
    seen.pages = template.page
    return target.getvalue()


def _template(document: Document, target: io.BytesIO, seen: _Seen, before: _Seen) -> Any:
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    class Template(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
        """Puts headings into the outline and notes where they stand."""

        def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 (the framework's name)
            found = getattr(flowable, "outline", None)
            if found is None:
                return
            key, title, level = found
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(title, key, level=level, closed=level == 0)
            seen.place[key] = self.page

    sheet = theme.SHEETS[document.edition.paper]
    made = Template(
        target,
        pagesize=(sheet.width, sheet.height),
        title=shown(document.title),
        author=AUTHOR,
        subject=f"{document.stands_on.capitalize()} {document.evidence_digest}",
        creator=AUTHOR,
        keywords=[*document.keywords, shown(document.label)],
        lang=document.edition.tag,
        invariant=1,
        displayDocTitle=True,
        initialFontName=theme.SANS,
    )
    theme.register_fonts()

    def frame(bottom: float) -> Any:
        height = sheet.height - theme.MARGIN_TOP - bottom
        return Frame(sheet.margin, bottom, theme.WIDTH, height, 0, 0, 0, 0)

    # What flows on the cover stays above the place that is kept for the seal.
    front, inner = frame(sheet.seal_box[3] + 12), frame(theme.MARGIN_BOTTOM)
    made.addPageTemplates(
        [
            PageTemplate("cover", [front], onPage=_footer(document, before.pages)),
            PageTemplate("inner", [inner], onPage=_head_and_foot(document, before.pages)),
        ]
    )
    return made


def _head_and_foot(document: Document, pages: int) -> Callable[[Any, Any], None]:
    foot, sheet = _footer(document, pages), theme.SHEETS[document.edition.paper]

    def draw(canvas: Any, template: Any) -> None:
        foot(canvas, template)
        top = sheet.height - 44
        canvas.saveState()
        canvas.setFont(theme.SANS, 7)
        canvas.setFillColor(theme.SOFT)
        canvas.drawString(sheet.margin, top, shown(document.title))
        _hairline(canvas, sheet, top - 7)
        canvas.restoreState()

    return draw


def _footer(document: Document, pages: int) -> Callable[[Any, Any], None]:
    sheet = theme.SHEETS[document.edition.paper]

    def draw(canvas: Any, template: Any) -> None:
        canvas.saveState()
        _hairline(canvas, sheet, 46)
        canvas.setFillColor(theme.SOFT)
        canvas.setFont(theme.SANS, 7)
        # Named by a word of the catalog; in the metadata it stays the one that programs look for.
        stands_on = shown(_(document.stands_on))
        canvas.drawString(sheet.margin, 34, stands_on)
        canvas.saveState()
        canvas.setFillColor(theme.STATES[State.WAITING])
        canvas.drawCentredString((sheet.margin + sheet.right) / 2, 34, shown(document.warning))
        canvas.restoreState()
        place = {"page": template.page, "pages": pages}
        canvas.drawRightString(sheet.right, 34, shown(_("page %(page)s of %(pages)s") % place))
        room = max(40.0, canvas.stringWidth(stands_on, theme.SANS, 7) + 6)
        canvas.setFont(theme.MONO, 7.4)
        canvas.drawString(sheet.margin + room, 34, document.evidence_digest[:16])
        canvas.restoreState()

    return draw


def _hairline(canvas: Any, sheet: theme.Sheet, y: float) -> None:
    canvas.setStrokeColor(theme.HAIRLINE)
    canvas.setLineWidth(0.5)
    canvas.line(sheet.margin, y, sheet.right, y)
