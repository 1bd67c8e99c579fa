"""The card of those who read decisions and explain them: what it decides, what it looks at, how far to trust it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.card_facts import CardFacts
from reports.build.card_parts import bounds, cut_offs, tested, unsettled
from reports.build.content import Block, Column, Facts, Paragraph, Table
from reports.build.use import use


def told(facts: CardFacts) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    return (
        (_("What it decides, and for whom"), _decides(facts)),
        (_("What it looks at"), _looks_at(facts)),
        (_("How a decision is read"), _read(facts)),
        (_("How far it can be trusted"), (*tested(facts), *unsettled(facts))),
        (_("What binds its use"), bounds(facts)),
        (_("When you doubt a decision"), _doubt()),
    )


def _decides(facts: CardFacts) -> tuple[Block, ...]:
    entry = facts.version.risk_model
    rows = (
        (_("Purpose"), entry.purpose or words.NONE),
        (_("Intended use"), entry.intended_use or words.NONE),
    )
    return (Facts(rows), *use(facts.version))


def _looks_at(facts: CardFacts) -> tuple[Block, ...]:
    declared = facts.version.candidate.recipe["schema"]["inputs"]
    rows = tuple((_label(each), _missing(each)) for each in declared)
    columns = (
        Column(_("What is asked of the applicant or looked up"), 0.65),
        Column(_("If it is missing"), 0.35),
    )
    return (Table(columns, rows), Paragraph(_protected(facts)))


def _label(declared: dict[str, str]) -> str:
    return words.in_language({"en": declared["label_en"], "pt-br": declared.get("label_pt_br", "")})


def _missing(declared: dict[str, object]) -> str:
    return _("it may be left out") if declared.get("nullable") else _("the application is not scored")


def _protected(facts: CardFacts) -> str:
    named = facts.version.snapshot.declaration.get("protected", [])
    listed = ", ".join(words.spelled(str(each)) for each in named)
    if not listed:
        return _("The data declare no protected attribute, so how groups of people fare was not compared.")
    return _(
        "It is not given, and may not use: %(names)s. They serve to compare how groups of people fare."
    ) % {"names": listed}


def _read(facts: CardFacts) -> tuple[Block, ...]:
    listed = facts.version.dictionary.reasons.get("reasons", [])
    rows = tuple((str(each.get("code", "")), words.in_language(each.get("texts", {}))) for each in listed)
    columns = (Column(_("Code"), 0.12), Column(_("Reason, as the applicant reads it"), 0.88))
    told = _(
        "More points mean less risk. A decision that is no approval names up to four reasons, those that cost the most"
        " points first; a rule that decided before the score is its own reason."
    )
    return (Paragraph(told), *cut_offs(facts), *((Table(columns, rows),) if rows else ()))


def _doubt() -> tuple[Block, ...]:
    said = (
        _(
            "Open the decision by its number: what was sent, its points and its reasons stand there as they were."
        ),
        _("What was sent and is wrong is corrected and sent again: a decision is never changed."),
        _("A validator, an operator or audit computes it again from the sealed bytes, bit for bit."),
        _("What looks wrong about the model itself goes to the owner, who is named on the cover."),
    )
    return tuple(Paragraph(each) for each in said)
