"""Section 3: the frozen data, its quality, and how often the held-out part was read. Counts and names only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals.models import SnapshotException
from audit.events import Event
from registry.declarations import BY_TIME
from registry.quality import failed_rules
from reports.build import words
from reports.build.checks import result_blocks
from reports.build.content import Block, Column, Digest, Facts, Heading, Paragraph, Section, Table
from reports.build.facts import DossierFacts
from reports.build.ledger import facts_of
from validation.sample import Section as Part


def data(facts: DossierFacts) -> Section:
    checked = [block for each in facts.results_in(Part.DATA) for block in result_blocks(each, facts.marks)]
    return Section(3, _("Data"), (_snapshot(facts), *_rules(facts), *_readings(facts), *checked))


def _snapshot(facts: DossierFacts) -> Facts:
    snapshot, split = facts.version.snapshot, facts.version.snapshot.split
    total = snapshot.development_rows + snapshot.held_out_rows
    inner_digest = "  " + _("its digest")
    return Facts(
        (
            (_("Snapshot"), snapshot.name),
            (_("Digest"), Digest(snapshot.digest)),
            (_("Development part"), _part(snapshot.development_rows, total)),
            (inner_digest, Digest(snapshot.development_digest)),
            (_("Held-out part"), _part(snapshot.held_out_rows, total)),
            (inner_digest, Digest(snapshot.held_out_digest)),
            (_("How it was split"), _split_words(split)),
            (_("Default rate, whole"), words.number(snapshot.quality.get("target_rate"))),
            *_roles(facts),
            (_("Frozen"), words.done(snapshot.imported_at, snapshot.imported_by.name)),
            (_("Source"), snapshot.attribution or _("No attribution was declared.")),
        )
    )


def _part(rows: int, total: int) -> str:
    return _("%(rows)s rows of %(total)s") % {"rows": words.count(rows), "total": words.count(total)}


def _split_words(split: Mapping[str, Any]) -> str:
    """A draw says nothing of later times, and that has to be said."""
    if split.get("method") != BY_TIME:
        told = {"method": split.get("method", words.NONE), "key": split.get("key_fingerprint", "")}
        drawn = _("%(method)s; key %(key)s") % told
        return _("At random, not by time: %(drawn)s") % {"drawn": drawn}
    return _(
        "Out of time: held out is what was decided from %(first_day)s on (column %(column)s); %(gap_days)s days before"
        " it are in no part (%(left_out)s rows), because their outcome was not known yet"
    ) % {
        "first_day": split["first_day"],
        "column": split["by"],
        "gap_days": split["gap_days"],
        "left_out": words.count(split["left_out"]),
    }


def _roles(facts: DossierFacts) -> list[tuple[str, str]]:
    declared = facts.version.snapshot.declaration
    said = [
        (_("Target"), declared.get("target")),
        (_("Identifier, kept as a token"), declared.get("id")),
        (_("Protected, kept apart from training"), declared.get("protected")),
        (_("Declared proxies, kept apart from training"), declared.get("proxies")),
        (_("Exposure"), declared.get("exposure")),
    ]
    return [(label, value if isinstance(value, str) else ", ".join(value)) for label, value in said if value]


def _rules(facts: DossierFacts) -> tuple[Block, ...]:
    """What the data broke and was let stand when the model was trained: later exceptions change nothing of that."""
    heading = Heading(_("Rules of data quality"), "data-quality")
    failed = failed_rules(facts.version.snapshot)
    if not failed:
        return heading, Paragraph(_("The data broke no rule that stops training."))
    trained = facts.version.candidate.trained_at
    stood = {each.rule: each for each in facts.let_stand if each.granted_at <= trained < each.until}
    rows = tuple((each.key, each.text, *_stood(stood.get(each.key))) for each in failed)
    columns = (
        Column(_("Rule"), 0.18),
        Column(_("What broke it"), 0.34),
        Column(_("Let stand until"), 0.18),
        Column(_("Reason"), 0.3),
    )
    return heading, Table(columns, rows)


def _stood(exception: SnapshotException | None) -> tuple[str, str]:
    if exception is None:
        return words.NONE, _("Not let stand when it was trained.")
    return words.moment(exception.until), str(exception.request.content["why"])


def _readings(facts: DossierFacts) -> tuple[Block, ...]:
    """A part that is read too often is no longer held out: the count belongs in the file."""
    read = [row for row in facts.ledger.rows if row.event == Event.HELD_OUT_READ]
    told = ngettext(
        "The held-out part of this snapshot had been read %(count)s time by entry %(entry)s of the ledger.",
        "The held-out part of this snapshot had been read %(count)s times by entry %(entry)s of the ledger.",
        len(read),
    ) % {"count": len(read), "entry": facts.ledger.sequence}
    rows = tuple(
        (str(row.sequence), words.written(row.at), row.actor_name, str(facts_of(row).get("why", "")))
        for row in read
    )
    columns = (
        Column(_("Entry"), 0.1),
        Column(_("Time (UTC)"), 0.22),
        Column(_("Who"), 0.24),
        Column(pgettext("reason of a reading", "For"), 0.44),
    )
    listed = (Table(columns, rows),) if rows else ()
    return (Heading(_("Readings of the held-out part"), "readings"), Paragraph(told), *listed)
