"""Section 15: what is put on top of what the version says, and that overrides are not kept."""

from __future__ import annotations

from reports.build import words
from reports.build.content import Block, Column, NotAssessed, Paragraph, Section, Table
from reports.build.facts import DossierFacts

NUMBER = 15
_TITLE = "Overrides and overlays"
_COLUMNS = (
    Column("Overlay and size", 0.2),
    Column("For whom", 0.2),
    Column("Reason", 0.26),
    Column("Signed by", 0.16),
    Column("Counts until", 0.18),
)
_NO_OVERRIDES = NotAssessed("Overrides of single decisions are not kept as objects in this release.")


def overlays(facts: DossierFacts) -> Section:
    """Whether one has lapsed is the clock's, and its end says it: a file that is built again has no other moment."""
    if not facts.overlays:
        said: tuple[Block, ...] = (Paragraph("No overlay was granted on this version."),)
        return Section(NUMBER, _TITLE, (*said, _NO_OVERRIDES))
    note = Paragraph(
        "An overlay is a record: no score of the version changes by it. It is applied outside, and lapses by itself at "
        "the end that is printed."
    )
    rows = tuple(
        (
            f"{each.get_kind_display()} {each.size}",
            each.segment,
            each.why,
            ", ".join(each.signed_by),
            f"{words.moment(each.until)} (granted {words.moment(each.granted_at)})",
        )
        for each in facts.overlays
    )
    return Section(NUMBER, _TITLE, (note, Table(_COLUMNS, rows), _NO_OVERRIDES))
