"""The first page, and the contents on the second."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from reports.build.content import Document
from reports.build.content import Table as Signed
from reports.render import cells, theme
from reports.render.blocks import said
from reports.render.glyphs import markup


def cover(document: Document, place: dict[str, int]) -> list[Any]:  # Any: reportlab has no types
    from reportlab.platypus import PageBreak, Spacer

    front = document.cover
    return [
        said(markup(front.kicker), "kicker"),
        said(markup(front.title), "title"),
        said(markup(front.subtitle), "subtitle"),
        said(cells.coloured(front.outcome), "outcome"),
        Spacer(0, 8),
        cells.facts(front.facts),
        said(markup(_("What this file stands for")), "caption"),
        cells.facts(front.digests),
        *_signatures(front.signatures),
        said(markup(_("How to verify")), "caption"),
        *(said(f"{at}. {markup(line)}", "soft") for at, line in enumerate(front.verify, start=1)),
        said(markup(front.key_notice), "notice"),
        PageBreak(),
        *_contents(document, place),
    ]


def _signatures(table: Signed | None) -> list[Any]:
    return [] if table is None else [said(markup(_("Signatures")), "caption"), *cells.table(table)]


def _contents(document: Document, place: dict[str, int]) -> list[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table, TableStyle

    rows = []
    for section in document.sections:
        key = f"section-{section.number}"
        link = f'<link href="#{key}" color="{theme.INK}">{markup(section.title)}</link>'
        page = str(place.get(key, 0))
        rows.append([said(str(section.number), "contents"), said(link, "contents"), said(page, "cell_right")])
    made = Table(rows, colWidths=[28, theme.WIDTH - 68, 40], hAlign="LEFT")
    made.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(theme.HAIRLINE)),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    return [said(markup(_("Contents")), "section"), made]
