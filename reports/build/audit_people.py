"""Roles that changed hands, and who was turned away."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from audit.chain import Row
from reports.build import words
from reports.build.audit_facts import PEOPLE, REFUSED, AuditFacts
from reports.build.audit_words import columns, counted
from reports.build.content import Block, NotAssessed, Paragraph
from reports.build.ledger import facts_of


def roles(facts: AuditFacts) -> tuple[Block, ...]:
    if not facts.is_of_every_model:
        return (_of_every_model_only(),)
    heads = columns(
        (_("Entry"), 0.1), (_("When (UTC)"), 0.18), (_("Event"), 0.24), (_("By"), 0.22), (_("About"), 0.26)
    )
    rows = [
        (str(row.sequence), _minute(row), row.event, row.actor_name, _about(row, facts))
        for row in facts.ledger.rows
        if row.event in PEOPLE
    ]
    return counted(_("Changes of people and roles"), "roles", heads, rows)


def denied(facts: AuditFacts) -> tuple[Block, ...]:
    if not facts.is_of_every_model:
        return (_of_every_model_only(),)
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in facts.ledger.rows:
        if row.event == REFUSED:
            found[row.actor_name, row.subject_id].append(row)
    rows = [
        (name, permission, words.count(len(each)), _minute(each[0]), _minute(each[-1]))
        for (name, permission), each in sorted(found.items())
    ]
    heads = columns(
        (_("Who"), 0.24),
        (_("Permission they lacked"), 0.32),
        (_("Entries"), 0.1),
        (_("First"), 0.17),
        (_("Last"), 0.17),
    )
    said = Paragraph(
        _(
            "The first refusal of a person and permission in a minute is an entry; further ones of that minute are "
            "counted beside it. Strangers who were turned away at a door have no name, and are in the access log."
        )
    )
    return (said, *counted(_("People who were denied something, by permission"), "denied", heads, rows))


def _about(row: Row, facts: AuditFacts) -> str:
    """Whose account, and which role where the entry says one; an id where no account bears it."""
    told = facts_of(row)
    name = facts.names.get(row.subject_id, row.subject_id[:13])
    return f"{name}: {words.spelled(str(told['role']))}" if told.get("role") else name


def _minute(row: Row) -> str:
    return row.at[:16].replace("T", " ")


def _of_every_model_only() -> NotAssessed:
    return NotAssessed(
        _(
            "People and their roles belong to no one model. Ask for a report of all models to have this section."
        )
    )
