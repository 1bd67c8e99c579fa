"""The inventory of a moment as one table: the same lines on a page, as CSV and in a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.use_page import use_words
from reports.as_of.then import EntryThen, InventoryThen, VersionThen
from reports.build.words import stage_words

Line = tuple[str, ...]
# The one column that holds a digest.
STANDARD = 11


def heads() -> Line:
    return (
        _("Model"),
        _("Name"),
        _("State"),
        _("Tier"),
        _("Owner"),
        _("Version"),
        _("Stage"),
        _("Since"),
        _("Approved until"),
        _("Slots"),
        _("Uses"),
        _("Standard of its evidence"),
        _("Open findings"),
        _("Conditions open"),
    )


def lines(inventory: InventoryThen) -> Iterator[Line]:
    """One line a version; an entry without a version has one of its own."""
    for entry in inventory.entries:
        for version in entry.versions:
            yield (*_of_entry(entry), *_of_version(version))
        if not entry.versions:
            yield (*_of_entry(entry), *("",) * 9)


def _of_entry(entry: EntryThen) -> Line:
    tier = _("not kept") if not entry.tier_is_kept else str(entry.tier or "")
    # Its words may have been amended since, as long as nobody had accepted it.
    name = entry.name if entry.words_are_kept else f"{entry.name} {_('(as it is called now)')}"
    return entry.slug, name, _("Accepted") if entry.is_accepted else _("Proposed"), tier, entry.owner


def _of_version(version: VersionThen) -> Line:
    until = "" if version.expires_at is None else day(version.expires_at)
    return (
        str(version.number),
        stage_words(version.stage),
        day(version.stage_since),
        f"{until} {_('(had run out)')}" if version.has_expired else until,
        ", ".join(version.slots),
        ", ".join(use_words(each) for each in version.uses),
        version.standard,
        _findings(version),
        str(version.conditions_open + version.conditions_overdue),
    )


def _findings(version: VersionThen) -> str:
    """ "" where the reader may not read findings."""
    if version.findings is None:
        return ""
    return ", ".join(f"{severity} {count}" for severity, count in sorted(version.findings.items())) or "0"


def day(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d")
