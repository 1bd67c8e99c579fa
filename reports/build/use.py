"""What a version was submitted for, and how its tier was reached: the tables of sections 1 and 2."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from registry import questionnaires, tier_selectors
from registry.models import ModelVersion, TierAssessment
from registry.tier_words import answers_of, steps_of
from registry.use_page import uses_told
from registry.uses import Limitation, limitations_of
from reports.build import words
from reports.build.content import Block, Column, Facts, Heading, Paragraph, Table


def use(version: ModelVersion) -> tuple[Block, ...]:
    """As it was frozen when the version was submitted; of one that has not been, as its entry says now."""
    entry = version.risk_model
    frozen = version.use or {"uses": entry.uses, "limitations": entry.limitations}
    uses, limitations = uses_told(frozen["uses"]), limitations_of(frozen["limitations"])
    return (
        Heading(_("Uses"), "uses"),
        _uses(uses),
        Heading(_("Limitations"), "limitations"),
        _limitations(limitations),
        Facts(((_("What was frozen at submission (digest)"), version.use_digest or words.NONE),)),
    )


def _uses(told: Sequence[tuple[str, ...]]) -> Block:
    if not told:
        return Paragraph(_("No uses were asked for when this version was submitted."))
    columns = (
        Column(_("Use"), 0.22),
        Column(_("Products"), 0.28),
        Column(_("Segments"), 0.3),
        Column(_("Countries"), 0.2),
    )
    return Table(columns, tuple(told))


def _limitations(found: Sequence[Limitation]) -> Block:
    if not found:
        return Paragraph(_("No limitation is written down."))
    columns = (
        Column(_("Limitation"), 0.36),
        Column(_("What follows"), 0.32),
        Column(_("Control"), 0.32),
    )
    return Table(columns, tuple(tuple(each.plain().values()) for each in found))


def reached(version: ModelVersion) -> tuple[Block, ...]:
    """The assessment whose tier holds: its answers, each step, who proposed and who accepted it."""
    found = tier_selectors.accepted_assessment(version.risk_model)
    if found is None:
        said = _("The tier was accepted before there was a questionnaire: no answers are kept.")
        return (Paragraph(said),)
    accepted = found.acceptance
    rows = (
        *steps_of(found),
        (_("Assessment"), str(found.number)),
        (_("Tier proposed by"), f"{found.proposed_by.name}, {words.moment(found.proposed_at)}"),
        (_("Tier accepted by"), f"{accepted.accepted_by.name}, {words.moment(accepted.accepted_at)}"),
        (_("Questionnaire (digest)"), found.questionnaire),
    )
    columns = (Column(_("Question"), 0.46), Column(_("Answer"), 0.34), Column(_("Band"), 0.2))
    answers = tuple((each.question, each.answer, each.band) for each in answers_of(found))
    return (
        Facts(rows),
        Heading(_("Answers to the tiering questionnaire"), "tier-answers"),
        *_source(found),
        Table(columns, answers),
    )


def _source(found: TierAssessment) -> tuple[Block, ...]:
    questionnaire = questionnaires.by_digest(found.questionnaire)
    if questionnaire is None:
        return (
            Paragraph(
                _("This installation does not have the questionnaire any more; keys stand for its words.")
            ),
        )
    return (Paragraph(questionnaire.source.here), Paragraph(questionnaire.materiality_why.here))
