"""What stood at the end of the period, and what moved in it: inventory, changes, findings."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from registry.use_page import use_words
from reports.as_of.then import EntryThen, VersionThen
from reports.build import words
from reports.build.audit_facts import AuditFacts
from reports.build.audit_words import columns, counted, minute
from reports.build.content import Block, Cell, Facts, Noted, Paragraph, State, Word
from validation.models import Finding


def inventory(facts: AuditFacts) -> tuple[Block, ...]:
    entries = facts.inventory.entries
    in_force = sum(len(each.in_force) for each in entries)
    said = Paragraph(
        _(
            "As it stood at %(at)s UTC, read from rows that are never changed. Whatever was done later is left out. "
            "Models: %(models)s. Versions with an approval in force: %(versions)s."
        )
        % {"at": minute(facts.at), "models": words.count(len(entries)), "versions": words.count(in_force)}
    )
    heads = columns(
        (_("Model"), 0.2),
        (_("Tier, owner"), 0.16),
        (_("Version and stage"), 0.18),
        (_("Approved until"), 0.13),
        (_("Uses"), 0.17),
        (_("Open findings, conditions"), 0.16),
    )
    rows = [row for entry in entries for row in _entry_rows(entry)]
    return (said, *counted(_("Models and versions"), "inventory", heads, rows))


def _entry_rows(entry: EntryThen) -> list[tuple[Cell, ...]]:
    state = _("accepted") if entry.is_accepted else _("proposed")
    tier = str(entry.tier or words.NONE) if entry.tier_is_kept else _("not kept")
    about: tuple[Cell, ...] = (Noted(entry.name, f"{entry.slug}, {state}"), Noted(tier, entry.owner))
    if not entry.versions:
        return [(*about, words.NONE, words.NONE, words.NONE, words.NONE)]
    return [(*about, *_version_cells(each)) for each in entry.versions]


def _version_cells(version: VersionThen) -> tuple[Cell, ...]:
    stage = words.stage(version.stage).text
    held = ", ".join(version.slots)
    stands = _("v%(number)s, %(stage)s") % {"number": version.number, "stage": stage}
    ends = _("had run out") if version.has_expired else ""
    found = ", ".join(f"{severity} {count}" for severity, count in sorted((version.findings or {}).items()))
    waiting = version.conditions_open + version.conditions_overdue
    return (
        Noted(stands, held),
        Noted(words.day(version.expires_at), ends),
        ", ".join(use_words(each) for each in version.uses) or words.NONE,
        Noted(found or "0", _("conditions %(count)s") % {"count": waiting}),
    )


def changes(facts: AuditFacts) -> tuple[Block, ...]:
    heads = columns(
        (_("When (UTC)"), 0.18), (_("Version"), 0.22), (_("From"), 0.18), (_("To"), 0.18), (_("Who"), 0.24)
    )
    moves = [
        (
            minute(each.made_at),
            each.version.label,
            words.stage(each.source).text,
            words.stage(each.target).text,
            each.made_by.name,
        )
        for each in facts.moves
    ]
    return (
        *counted(
            _("Versions registered"),
            "registered",
            columns((_("When (UTC)"), 0.3), (_("Version"), 0.7)),
            [(minute(each.registered_at), each.label) for each in facts.versions],
        ),
        *counted(_("Moves from stage to stage"), "moves", heads, moves),
        *_deployments(facts),
        *_acts(facts),
    )


def _deployments(facts: AuditFacts) -> tuple[Block, ...]:
    heads = columns((_("Version"), 0.25), (_("Slot"), 0.15), (_("Began"), 0.3), (_("Ended"), 0.3))
    rows = []
    for each in facts.deployments:
        has_ended = each.ended_at is not None and each.ended_at <= facts.at
        ended = (
            Noted(minute(each.ended_at), each.ended_by.name) if has_ended and each.ended_by else words.NONE
        )
        rows.append(
            (each.version.label, each.slot, Noted(minute(each.started_at), each.started_by.name), ended)
        )
    return counted(_("Deployments begun or ended"), "deployments", heads, rows)


def _acts(facts: AuditFacts) -> tuple[Block, ...]:
    """Every kind of act that the attached extract holds, so that nothing it holds goes unsaid."""
    found = Counter(row.event for row in facts.ledger.rows)
    rows = [(event, words.count(number)) for event, number in sorted(found.items())]
    return counted(
        _("Kinds of acts in the ledger"), "acts", columns((_("Event"), 0.7), (_("Entries"), 0.3)), rows
    )


def findings(facts: AuditFacts) -> tuple[Block, ...]:
    opened = [each for each in facts.findings if each.opened_at >= facts.asked.begins_at]
    closed = [each for each in facts.findings if not _is_open(each, facts)]
    still = [each for each in facts.findings if _is_open(each, facts)]
    late = [each for each in still if each.due_on < facts.at.date()]
    ages = [_age(each, facts) for each in still]
    told = Facts(
        (
            (_("Opened in the period"), words.count(len(opened))),
            (_("Closed in the period"), words.count(len(closed))),
            (_("Open at its end"), words.count(len(still))),
            (_("Of these overdue"), words.count(len(late))),
            (_("Oldest open one, in days"), words.count(max(ages)) if ages else words.NONE),
        )
    )
    heads = columns(
        (_("Finding"), 0.32),
        (_("Severity"), 0.1),
        (_("Opened"), 0.14),
        (_("Due"), 0.12),
        (_("Days open"), 0.1),
        (_("State"), 0.22),
    )
    return (
        told,
        *counted(
            _("Findings open in the period"), "findings", heads, [_finding(e, facts) for e in facts.findings]
        ),
    )


def _finding(each: Finding, facts: AuditFacts) -> tuple[Cell, ...]:
    return (
        Noted(each.title, f"{each.version.label}, {each.owner.name}"),
        each.severity,
        words.day(each.opened_at),
        words.day(each.due_on),
        str(_age(each, facts)),
        _state(each, facts),
    )


def _state(each: Finding, facts: AuditFacts) -> Word:
    if not _is_open(each, facts):
        return Word(_("closed %(day)s") % {"day": words.day(each.closed_at)}, State.GOOD)
    if each.due_on < facts.at.date():
        return Word(_("open, overdue"), State.BAD)
    return Word(_("open"), State.WAITING)


def _is_open(each: Finding, facts: AuditFacts) -> bool:
    return each.closed_at is None or each.closed_at > facts.at


def _age(each: Finding, facts: AuditFacts) -> int:
    """Whole days from its opening to its closing, or to the end of the period."""
    until = facts.at if _is_open(each, facts) else each.closed_at
    assert until is not None  # noqa: S101 (a closed finding has its time)
    return (until - each.opened_at).days
