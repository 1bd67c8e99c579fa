"""What a version was submitted for, and how its tier was reached: the tables of sections 1 and 2."""

from __future__ import annotations

from registry import questionnaires, tier_selectors
from registry.models import ModelVersion, TierAssessment
from registry.tier_words import answers_of, steps_of
from registry.use_page import uses_told
from registry.uses import limitations_of
from reports.build import words
from reports.build.content import Block, Column, Facts, Heading, Paragraph, Table

_USES = (Column("Use", 0.22), Column("Products", 0.28), Column("Segments", 0.3), Column("Countries", 0.2))
_LIMITATIONS = (Column("Limitation", 0.36), Column("What follows", 0.32), Column("Control", 0.32))
_ANSWERS = (Column("Question", 0.46), Column("Answer", 0.34), Column("Band", 0.2))


def use(version: ModelVersion) -> tuple[Block, ...]:
    """As it was frozen when the version was submitted; of one that has not been, as its entry says now."""
    entry = version.risk_model
    frozen = version.use or {"uses": entry.uses, "limitations": entry.limitations}
    uses, limitations = uses_told(frozen["uses"]), limitations_of(frozen["limitations"])
    return (
        Heading("Uses", "uses"),
        Table(_USES, tuple(uses))
        if uses
        else Paragraph("No uses were asked for when this version was submitted."),
        Heading("Limitations", "limitations"),
        Table(_LIMITATIONS, tuple(tuple(each.plain().values()) for each in limitations))
        if limitations
        else Paragraph("No limitation is written down."),
        Facts((("What was frozen at submission (digest)", version.use_digest or words.NONE),)),
    )


def reached(version: ModelVersion) -> tuple[Block, ...]:
    """The assessment whose tier holds: its answers, each step, who proposed and who accepted it."""
    found = tier_selectors.accepted_assessment(version.risk_model)
    if found is None:
        return (Paragraph("The tier was accepted before there was a questionnaire: no answers are kept."),)
    accepted = found.acceptance
    rows = (
        *steps_of(found),
        ("Assessment", str(found.number)),
        ("Tier proposed by", f"{found.proposed_by.name}, {words.moment(found.proposed_at)}"),
        ("Tier accepted by", f"{accepted.accepted_by.name}, {words.moment(accepted.accepted_at)}"),
        ("Questionnaire (digest)", found.questionnaire),
    )
    answers = tuple((each.question, each.answer, each.band) for each in answers_of(found))
    return (
        Facts(rows),
        Heading("Answers to the tiering questionnaire", "tier-answers"),
        *_source(found),
        Table(_ANSWERS, answers),
    )


def _source(found: TierAssessment) -> tuple[Block, ...]:
    questionnaire = questionnaires.by_digest(found.questionnaire)
    if questionnaire is None:
        return (
            Paragraph(
                "This installation does not have the questionnaire any more; keys stand for its words."
            ),
        )
    return (Paragraph(questionnaire.source.english), Paragraph(questionnaire.materiality_why.english))
