"""Policy packs in the reader's language: how a clause stands, how it is known, and why something does not answer it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from validation.catalog import BY_ID
from validation.packs.crossing import Because, Gap, Standing
from validation.packs.pack import Clause, Kept, Known, Nature, Pack
from validation.plan import Fact
from validation.plan_words import absent_words, fact_words, title_of


def nature_words(nature: Nature) -> str:
    words = {
        Nature.BINDING: _("binding rule"),
        Nature.GUIDANCE: _("guidance, binds nobody"),
        Nature.STANDARD: _("standard, binds through what others adopt"),
    }
    return words[nature]


def known_words(known: Known) -> str:
    words = {
        Known.PRIMARY_TEXT: _("known from the text itself"),
        Known.SECONDARY: _("known from an account of the text"),
        Known.UNCONFIRMED: _("not confirmed against the text"),
    }
    return words[known]


def standing_words(standing: Standing) -> str:
    words = {
        Standing.ANSWERED: _("answered"),
        Standing.OPEN: _("not answered"),
        Standing.NOT_APPLICABLE: _("does not apply"),
    }
    return words[standing]


def dates_words(clause: Clause | Pack) -> str:
    """From when, and until what took its place."""
    since = _("first day not stated")
    if clause.effective_from is not None:
        since = _("from %(day)s") % {"day": clause.effective_from.isoformat()}
    if clause.superseded is None:
        return since
    ended = {"day": clause.superseded.on.isoformat(), "by": clause.superseded.by}
    return f"{since}, {_('superseded on %(day)s by %(by)s') % ended}"


def answer_words(of: str) -> str:
    """A check, a fact or a record by its name."""
    if of in BY_ID:
        return title_of(of)
    if of in set(Kept):
        return _kept_words(Kept(of))
    return fact_words(Fact(of))


def answers_words(clause: Clause) -> list[str]:
    """What would answer it, whatever the version."""
    return [answer_words(of) for of in (*clause.checks, *clause.facts, *clause.records)]


def gap_words(gap: Gap, clause: Clause) -> str:
    """Why this does not answer, or why the clause does not apply."""
    if gap.because is Because.NO_PLACE:
        return "" if clause.why_not is None else clause.why_not.here
    if gap.because is Because.NOT_KEPT:
        return _absent_words(gap.of)
    words = {
        Because.NO_RUN: _("No validation run has been completed."),
        Because.NOT_PLANNED: _("%(check)s is not planned by the standard of this run."),
        Because.NOT_PASSED: _("%(check)s has not passed."),
        Because.NOT_YET: _("It has not taken effect."),
        Because.SUPERSEDED: _("Something else has taken its place."),
        Because.OTHER_USE: _("It is about other uses."),
    }
    return words[gap.because] % {"check": title_of(gap.of)}


def _kept_words(kept: Kept) -> str:
    words = {
        Kept.FROZEN_USE: _("Use it was submitted for, frozen"),
        Kept.REASON_CERTIFICATE: _("Reason certificate that holds"),
        Kept.COMPETENCE_RECORD: _("Competence on record of whoever concluded"),
    }
    return words[kept]


def _absent_words(of: str) -> str:
    if of not in set(Kept):
        return absent_words(Fact(of))
    words = {
        Kept.FROZEN_USE: _("No use is frozen into this version."),
        Kept.REASON_CERTIFICATE: _("The reason certificate does not hold."),
        Kept.COMPETENCE_RECORD: _("Nobody with competence on record has concluded."),
    }
    return words[Kept(of)]
