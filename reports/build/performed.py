"""Section 5: the recipe run again, and every number of the run performed again, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.build import words
from reports.build.checks import result_blocks
from reports.build.content import (
    Align,
    Block,
    Cell,
    Column,
    Digest,
    Facts,
    Heading,
    NotAssessed,
    Noted,
    Paragraph,
    Section,
    State,
    Table,
    Word,
)
from reports.build.facts import DossierFacts
from reports.build.testing import RE_PERFORMED, no_check
from validation.models import Reperformance
from validation.reperformance.rows import INPUTS, Outcome, Row, Way
from validation.reperformance_words import check_words, way_words
from validation.reperformed import in_order, rows_of


def re_performance(facts: DossierFacts) -> Section:
    title, made = _("Independent re-performance"), facts.performed
    recipe, again = _recipe(facts), (_nobody(),) if made is None else _performed(made)
    return Section(5, title, (*recipe, Heading(_("Tests performed again"), "performed-again"), *again))


def _nobody() -> NotAssessed:
    return NotAssessed(
        _(
            "Nobody has performed the tests of this run again, so every number of this dossier is marked recorded. A"
            " validator who had no part in the version can ask for it at any time."
        )
    )


def _recipe(facts: DossierFacts) -> tuple[Block, ...]:
    found = facts.result(RE_PERFORMED)
    if found is None:
        return (NotAssessed(no_check()),)
    said = Paragraph(
        _(
            "The registered recipe was run again on the development part by the validation job, and the result compared"
            " byte for byte with the sealed artefact."
        )
    )
    return (said, *result_blocks(found, facts.marks))


def _performed(made: Reperformance) -> tuple[Block, ...]:
    rows = rows_of(made)
    said = Paragraph(
        _(
            "Sealed data and sealed artefact were read again, each against its digest, and every frozen test was run"
            " again in another process. Measures called independent were computed from their definition by other code"
            " and another library, PDs and outcomes included; all others were repeated by the same check. A number"
            " agrees within its tolerance, which was frozen with its reason before; a missing number agrees with"
            " nothing."
        )
    )
    head = Facts(
        (
            (_("Performed by"), made.performed_by.name),
            (_("Performed"), words.moment(made.at)),
            (_("Numbers"), _counts(made)),
            (_("Tolerances"), Digest(made.tolerances_digest)),
            (_("Comparison"), Digest(made.rows_digest)),
        )
    )
    shown = [row for row in rows if row.way is not Way.REPEATED or row.outcome is Outcome.DIFFERS]
    repeated = [row for row in rows if row.way is Way.REPEATED]
    return (said, head, _table(shown), _repeated(repeated))


def _counts(made: Reperformance) -> str:
    told = {"agree": made.agreeing, "differ": made.differing, "not_again": made.not_reperformed}
    return _("%(agree)s agree, %(differ)s differ, %(not_again)s not re-performed") % told


def _table(rows: Sequence[Row]) -> Table:
    columns = (
        Column(_("Measure"), 0.25),
        Column(pgettext("narrow column", "Developer"), 0.1, Align.RIGHT),
        Column(_("Recorded"), 0.13, Align.RIGHT),
        Column(_("Re-performed"), 0.13, Align.RIGHT),
        Column(_("Tolerance"), 0.1, Align.RIGHT),
        Column(_("Path"), 0.17),
        Column(_("Verdict"), 0.12),
    )
    caption = _("Inputs, independent paths, and whatever differs")
    return Table(columns, tuple(_row(row) for row in in_order(rows)), caption=caption)


def _repeated(rows: Sequence[Row]) -> Table:
    """By check: each row stands on the page of the re-performance."""
    counts = Counter((row.check, row.outcome) for row in rows)
    checks = dict.fromkeys(row.check for row in rows)
    listed = tuple(
        (check_words(check), *(words.count(counts[check, outcome]) for outcome in Outcome))
        for check in checks
    )
    columns = (
        Column(_("Check"), 0.55),
        Column(_("Agree"), 0.15, Align.RIGHT),
        Column(_("Differ"), 0.15, Align.RIGHT),
        Column(_("Not re-performed"), 0.15, Align.RIGHT),
    )
    return Table(columns, listed, caption=_("Repeated by the same checks: numbers by check"))


def _row(row: Row) -> tuple[Cell, ...]:
    # Labels of what went in are in the catalog; those of the checks are data, in one language.
    said = _(row.label) if row.check == INPUTS else row.label
    label = f"{said} (p)" if row.figure == "p" else said
    return (
        Noted(label, check_words(row.check)),
        words.NONE if row.developer is None else words.number(row.developer),
        _number(row.recorded),
        _number(row.again),
        words.as_written(row.tolerance),
        Noted(way_words(row.way), row.path),
        _verdict(row.outcome),
    )


def _verdict(outcome: Outcome) -> Word:
    return {
        Outcome.AGREES: Word(_("agrees"), State.GOOD),
        Outcome.DIFFERS: Word(_("differs"), State.BAD),
        Outcome.NOT_REPERFORMED: Word(_("not re-performed"), State.QUIET),
    }[outcome]


def _number(text: str | None) -> Cell:
    """A digest is shortened; words stay as they are."""
    if text is not None and len(text) == 64:
        return Digest(text, 12)
    try:
        return words.number(text)
    except ValueError:
        return str(text)
