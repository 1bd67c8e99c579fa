"""The reason certificate: what the explanations rest on, before the results themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reports.build.content import Block, Column, Digest, Heading, Linked, Noted, Paragraph, State, Table, Word
from reports.build.words import NONE
from validation.certificate import CHECK_OF, Certificate, Certified, LineState
from validation.certificate_words import line_title, line_words, why_words
from validation.plan_words import title_of


def certificate(found: Certificate) -> tuple[Block, ...]:
    said = Paragraph(
        _(
            "Every line cites a result of this run, or the dictionary, by its digest; nothing was measured again. It"
            " holds when no line fails that was not let stand by a signed deviation, and additivity, deletion fidelity"
            " and the dictionary are measured. SHA-256 of its canonical form:"
        )
    )
    columns = (
        Column(_("Line"), 0.3),
        Column(_("State"), 0.14),
        Column(_("Because"), 0.26),
        Column(_("Rests on"), 0.3),
    )
    title = _("Reason certificate")
    digest = Table((Column(title, 1.0),), ((Digest(found.digest),),))
    lines = Table(columns, tuple(_row(each) for each in found.lines))
    return (Heading(title, "reason-certificate", _word(found)), said, digest, lines)


def _word(found: Certificate) -> Word:
    if not found.holds:
        return Word(_("does not hold"), State.BAD)
    if found.open:
        told = _("holds, open: %(lines)s") % {
            "lines": ", ".join(line_title(each.line) for each in found.open)
        }
        return Word(told, State.WAITING)
    return Word(_("holds"), State.GOOD)


def _row(each: Certified) -> tuple[Noted, Word, str, Linked | Digest]:
    check = CHECK_OF.get(each.line, "")
    rests = Digest(each.rests_on, 16) if each.cited is None else _linked(check, each)
    return (
        Noted(line_title(each.line), line_words(each.line)),
        _state(each.state),
        why_words(each) or NONE,
        rests if each.rests_on else Linked(((NONE, ""),)),
    )


def _state(state: LineState) -> Word:
    return {
        LineState.HOLDS: Word(_("holds"), State.GOOD),
        LineState.FAILS: Word(_("fails"), State.BAD),
        LineState.LET_STAND: Word(_("fails, let stand"), State.WAITING),
        LineState.UNDECIDED: Word(_("undecided"), State.WAITING),
        LineState.NOT_MEASURED: Word(_("not measured"), State.QUIET),
    }[state]


def _linked(check: str, each: Certified) -> Linked:
    return Linked(((title_of(check), f"check-{check}"), (f"SHA-256 {each.rests_on[:16]}…", "")))
