"""Section 19: each clause of the policy packs the version falls under, with what answers it or why nothing does."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.content import (
    Block,
    Column,
    Heading,
    Linked,
    NotAssessed,
    Noted,
    Paragraph,
    Section,
    State,
    Table,
    Word,
)
from reports.build.facts import DossierFacts
from validation.pack_selectors import Reviewed
from validation.pack_words import (
    answer_words,
    dates_words,
    gap_words,
    known_words,
    nature_words,
    standing_words,
)
from validation.packs.crossing import Crossed, Evidence, Standing
from validation.packs.pack import Pack

NUMBER = 19
_STATES = {
    Standing.ANSWERED: State.GOOD,
    Standing.OPEN: State.WAITING,
    Standing.NOT_APPLICABLE: State.QUIET,
}


def clauses(facts: DossierFacts) -> Section:
    found = facts.clauses
    title = _("Clause cross-reference")
    if not found.packs:
        why = _(
            "No policy pack that was installed when the conclusion was signed applies to the uses of this version on"
            " %(day)s; no clause is claimed."
        )
        return Section(NUMBER, title, (NotAssessed(why % {"day": words.day(found.day)}),))
    said = _(
        "The policy packs that this version fell under on %(day)s, the day its run was started, as they were installed"
        " and signed when the conclusion was signed. The sentences are a paraphrase. Answered says that evidence stands"
        " here, not that it satisfies the text: that is for the people who sign."
    )
    blocks = (block for each in found.packs for block in _pack(each))
    return Section(NUMBER, title, (Paragraph(said % {"day": words.day(found.day)}), *blocks))


def _pack(told: Reviewed) -> tuple[Block, ...]:
    pack = told.crossing.pack
    columns = (
        Column(_("Clause"), 0.36),
        Column(_("Stands"), 0.12),
        Column(_("Answered by"), 0.28),
        Column(_("Not answered, because"), 0.24),
    )
    rows = tuple(_row(each) for each in told.crossing.clauses)
    heading = Heading(pack.title.here, f"pack-{pack.slug}", _review(told))
    return (heading, Paragraph(_about(pack, told), is_soft=True), Table(columns, rows, proof=pack.digest))


def _review(told: Reviewed) -> Word:
    return Word(_("reviewed"), State.GOOD) if told.reviews else Word(_("unreviewed"), State.WAITING)


def _about(pack: Pack, told: Reviewed) -> str:
    signed = ", ".join(f"{each.printed_name}, {words.moment(each.at)}" for each in told.reviews)
    named = _("%(pack)s states the texts as of %(day)s. SHA-256 of the pack: %(digest)s.") % {
        "pack": pack.label,
        "day": words.day(pack.stated_on),
        "digest": pack.digest,
    }
    by = _("Reviewed by %(signed)s.") % {"signed": signed} if signed else _("Nobody has reviewed it.")
    return f"{pack.printed.here} {named} {by}"


def _row(crossed: Crossed) -> tuple[Noted, Word, Linked, str]:
    clause = crossed.clause
    note = "; ".join(
        (clause.source, nature_words(clause.nature), known_words(clause.known), dates_words(clause))
    )
    lines = tuple(_line(each) for each in crossed.evidence)
    gaps = " ".join(gap_words(gap, clause) for gap in crossed.gaps)
    return (
        Noted(clause.words.here, note),
        Word(standing_words(crossed.standing), _STATES[crossed.standing]),
        Linked(lines or ((words.NONE, ""),)),
        gaps or words.NONE,
    )


def _line(each: Evidence) -> tuple[str, str]:
    named = answer_words(each.of)
    if each.result is None:
        return f"{named}, {words.day(each.at)}", ""
    return f"{named}: {words.verdict(each.result.verdict).text}", f"check-{each.of}"
