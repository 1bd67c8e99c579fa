"""Section 15: what is put on top of what the version says, and that overrides are not kept."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from approvals.models import Overlay
from reports.build import words
from reports.build.content import Block, Column, NotAssessed, Paragraph, Section, Table
from reports.build.facts import DossierFacts

NUMBER = 15


def overlays(facts: DossierFacts) -> Section:
    """Whether one has lapsed is the clock's, and its end says it: a file that is built again has no other moment."""
    no_overrides = NotAssessed(_("Overrides of single decisions are not kept as objects in this release."))
    return Section(NUMBER, _("Overrides and overlays"), (*_listed(facts.overlays), no_overrides))


def _listed(granted: Sequence[Overlay]) -> tuple[Block, ...]:
    if not granted:
        return (Paragraph(_("No overlay was granted on this version.")),)
    note = Paragraph(
        _(
            "An overlay is a record: no score of the version changes by it. It is applied outside, and lapses by itself"
            " at the end that is printed."
        )
    )
    columns = (
        Column(_("Overlay and size"), 0.2),
        Column(_("For whom"), 0.2),
        Column(_("Reason"), 0.26),
        Column(_("Signed by"), 0.16),
        Column(_("Counts until"), 0.18),
    )
    return (note, Table(columns, tuple(map(_row, granted))))


def _row(each: Overlay) -> tuple[str, ...]:
    ends = {"until": words.moment(each.until), "granted": words.moment(each.granted_at)}
    return (
        f"{each.get_kind_display()} {words.as_written(str(each.size))}",
        each.segment,
        each.why,
        ", ".join(each.signed_by),
        _("%(until)s (granted %(granted)s)") % ends,
    )
