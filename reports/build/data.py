"""Section 3: the frozen data, its quality, and how often the held-out part was read. Counts and names only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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

_ROLES = (
    ("target", "Target"),
    ("id", "Identifier, kept as a token"),
    ("protected", "Protected, kept apart from training"),
    ("proxies", "Declared proxies, kept apart from training"),
    ("exposure", "Exposure"),
)


def data(facts: DossierFacts) -> Section:
    checked = [block for each in facts.results_in(Part.DATA) for block in result_blocks(each, facts.marks)]
    return Section(3, "Data", (_snapshot(facts), *_rules(facts), *_readings(facts), *checked))


def _snapshot(facts: DossierFacts) -> Facts:
    snapshot, split = facts.version.snapshot, facts.version.snapshot.split
    total = snapshot.development_rows + snapshot.held_out_rows
    return Facts(
        (
            ("Snapshot", snapshot.name),
            ("Digest", Digest(snapshot.digest)),
            ("Development part", f"{words.count(snapshot.development_rows)} rows of {words.count(total)}"),
            ("  its digest", Digest(snapshot.development_digest)),
            ("Held-out part", f"{words.count(snapshot.held_out_rows)} rows of {words.count(total)}"),
            ("  its digest", Digest(snapshot.held_out_digest)),
            ("How it was split", _split_words(split)),
            ("Default rate, whole", words.number(snapshot.quality.get("target_rate"))),
            *_roles(facts),
            ("Frozen", f"{words.moment(snapshot.imported_at)}, by {snapshot.imported_by.name}"),
            ("Source", snapshot.attribution or "No attribution was declared."),
        )
    )


def _split_words(split: Mapping[str, Any]) -> str:
    """A draw says nothing of later times, and that has to be said."""
    if split.get("method") != BY_TIME:
        drawn = f"{split.get('method', words.NONE)}; key {split.get('key_fingerprint', '')}"
        return f"At random, not by time: {drawn}"
    return (
        f"Out of time: held out is what was decided from {split['first_day']} on (column {split['by']});"
        f" {split['gap_days']} days before it are in no part ({words.count(split['left_out'])} rows), because their"
        " outcome was not known yet"
    )


def _roles(facts: DossierFacts) -> list[tuple[str, str]]:
    declared = facts.version.snapshot.declaration
    said = [(label, declared.get(key)) for key, label in _ROLES]
    return [(label, value if isinstance(value, str) else ", ".join(value)) for label, value in said if value]


def _rules(facts: DossierFacts) -> tuple[Block, ...]:
    """What the data broke and was let stand when the model was trained: later exceptions change nothing of that."""
    heading = Heading("Rules of data quality", "data-quality")
    failed = failed_rules(facts.version.snapshot)
    if not failed:
        return heading, Paragraph("The data broke no rule that stops training.")
    trained = facts.version.candidate.trained_at
    stood = {each.rule: each for each in facts.let_stand if each.granted_at <= trained < each.until}
    rows = tuple((each.key, each.text, *_stood(stood.get(each.key))) for each in failed)
    columns = (
        Column("Rule", 0.18),
        Column("What broke it", 0.34),
        Column("Let stand until", 0.18),
        Column("Reason", 0.3),
    )
    return heading, Table(columns, rows)


def _stood(exception: SnapshotException | None) -> tuple[str, str]:
    if exception is None:
        return words.NONE, "Not let stand when it was trained."
    return words.moment(exception.until), str(exception.request.content["why"])


def _readings(facts: DossierFacts) -> tuple[Block, ...]:
    """A part that is read too often is no longer held out: the count belongs in the file."""
    read = [row for row in facts.ledger.rows if row.event == Event.HELD_OUT_READ]
    count = len(read)
    times = "1 time" if count == 1 else f"{count} times"
    told = f"The held-out part of this snapshot had been read {times} by entry {facts.ledger.sequence} of the ledger."
    rows = tuple(
        (str(row.sequence), row.at[:19].replace("T", " "), row.actor_name, str(facts_of(row).get("why", "")))
        for row in read
    )
    columns = (Column("Entry", 0.1), Column("Time (UTC)", 0.22), Column("Who", 0.24), Column("For", 0.44))
    listed = (Table(columns, rows),) if rows else ()
    return (Heading("Readings of the held-out part", "readings"), Paragraph(told), *listed)
