"""The reason certificate in words: what a line asks, why it does not hold, and what to do."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from validation.certificate import Because, Certified, Line, LineState


def line_words(line: Line) -> str:
    """What the line says when it holds."""
    words = {
        Line.ADDITIVITY: _("The contributions of a row add up to what the estimator said."),
        Line.DELETION_FIDELITY: _("Without its stated reason a score improves."),
        Line.STABILITY: _("Another background sample would state the same reasons."),
        Line.SIGN: _("Risk moves with each feature as it was declared to."),
        Line.DICTIONARY: _("Every reason that can be given has words in every language."),
        Line.COUNTERFACTUALS: _("Every change that is proposed really turns the answer."),
    }
    return words[line]


def line_title(line: Line) -> str:
    words = {
        Line.ADDITIVITY: _("Additivity"),
        Line.DELETION_FIDELITY: _("Deletion fidelity"),
        Line.STABILITY: _("Stability of reasons"),
        Line.SIGN: _("Sign"),
        Line.DICTIONARY: _("Dictionary"),
        Line.COUNTERFACTUALS: _("Counterfactuals"),
    }
    return words[line]


def why_words(certified: Certified) -> str:
    """Why a line does not simply hold, and what to do; empty where it holds."""
    if certified.state is LineState.HOLDS:
        return ""
    if certified.lacking:
        return _lacking_words(certified)
    if certified.because is not None:
        return _because_words(certified.because)
    if certified.state is LineState.LET_STAND:
        return _("The check failed; a validator let it stand by a signed deviation.")
    if certified.state is LineState.FAILS:
        return _("The check failed. Conclude not fit, return the version, or sign a deviation on this check.")
    return _("It was measured without a clear answer. Read the result before you sign.")


def plain_words(certified: Certified) -> str:
    """One line in the message of a refusal, in English like every other gate's."""
    with translation.override("en"):
        return f"{line_title(certified.line)}: {why_words(certified)}"


def _because_words(because: Because) -> str:
    words = {
        Because.NO_RUN: _("No validation run has been completed. Start one."),
        Because.NOT_PLANNED: _(
            "The standard of the run does not plan this check. Validate under a standard that does."
        ),
        Because.INSUFFICIENT_DATA: _("The check could not measure; its result says what it lacked."),
        Because.ERROR: _("The check ended in an error. Have its cause removed and run the validation again."),
        Because.UNPROVEN: _(
            "The reason groups of the recipe are not those of the sealed artefact. Tell the operator and the auditor."
        ),
        Because.ONLY_WARNS: _(
            "The check failed where its standard only lets it warn, so no deviation can be signed on it. Return the"
            " version, or validate under a standard where this check is blocking."
        ),
    }
    return words[because]


def _lacking_words(certified: Certified) -> str:
    named = ", ".join(f"{reason} ({language})" for reason, language in certified.lacking)
    said = _("No words for: %(named)s. Propose a complete dictionary and register a version with it.")
    return said % {"named": named}
