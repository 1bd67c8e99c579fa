"""Section 5: the recipe run again, and every number of the run performed again, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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
from reports.build.testing import NO_CHECK, RE_PERFORMED
from validation.models import Reperformance
from validation.reperformance.rows import Outcome, Row, Way
from validation.reperformance_words import check_words
from validation.reperformed import in_order, rows_of

_COLUMNS = (
    Column("Measure", 0.25),
    Column("Developer", 0.1, Align.RIGHT),
    Column("Recorded", 0.13, Align.RIGHT),
    Column("Re-performed", 0.13, Align.RIGHT),
    Column("Tolerance", 0.1, Align.RIGHT),
    Column("Path", 0.17),
    Column("Verdict", 0.12),
)
_COUNTS = (
    Column("Check", 0.55),
    Column("Agree", 0.15, Align.RIGHT),
    Column("Differ", 0.15, Align.RIGHT),
    Column("Not re-performed", 0.15, Align.RIGHT),
)
_VERDICTS = {
    Outcome.AGREES: Word("agrees", State.GOOD),
    Outcome.DIFFERS: Word("differs", State.BAD),
    Outcome.NOT_REPERFORMED: Word("not re-performed", State.QUIET),
}
NOBODY = (
    "Nobody has performed the tests of this run again, so every number of this dossier is marked recorded. A validator "
    "who had no part in the version can ask for it at any time."
)


def re_performance(facts: DossierFacts) -> Section:
    title, made = "Independent re-performance", facts.performed
    recipe, again = _recipe(facts), (NotAssessed(NOBODY),) if made is None else _performed(made)
    return Section(5, title, (*recipe, Heading("Tests performed again", "performed-again"), *again))


def _recipe(facts: DossierFacts) -> tuple[Block, ...]:
    found = facts.result(RE_PERFORMED)
    if found is None:
        return (NotAssessed(NO_CHECK),)
    said = Paragraph(
        "The registered recipe was run again on the development part by the validation job, and the result compared "
        "byte for byte with the sealed artefact."
    )
    return (said, *result_blocks(found, facts.marks))


def _performed(made: Reperformance) -> tuple[Block, ...]:
    rows = rows_of(made)
    said = Paragraph(
        "Sealed data and sealed artefact were read again, each against its digest, and every frozen test was run again "
        "in another process. Measures called independent were computed from their definition by other code and another "
        "library, PDs and outcomes included; all others were repeated by the same check. A number agrees within its "
        "tolerance, which was frozen with its reason before; a missing number agrees with nothing."
    )
    head = Facts(
        (
            ("Performed by", made.performed_by.name),
            ("Performed", words.moment(made.at)),
            (
                "Numbers",
                f"{made.agreeing} agree, {made.differing} differ, {made.not_reperformed} not re-performed",
            ),
            ("Tolerances", Digest(made.tolerances_digest)),
            ("Comparison", Digest(made.rows_digest)),
        )
    )
    shown = [row for row in rows if row.way is not Way.REPEATED or row.outcome is Outcome.DIFFERS]
    repeated = [row for row in rows if row.way is Way.REPEATED]
    return (said, head, _table(shown), _repeated(repeated))


def _table(rows: Sequence[Row]) -> Table:
    caption = "Inputs, independent paths, and whatever differs"
    return Table(_COLUMNS, tuple(_row(row) for row in in_order(rows)), caption=caption)


def _repeated(rows: Sequence[Row]) -> Table:
    """By check: each row stands on the page of the re-performance."""
    counts = Counter((row.check, row.outcome) for row in rows)
    checks = dict.fromkeys(row.check for row in rows)
    listed = tuple(
        (check_words(check), *(words.count(counts[check, outcome]) for outcome in Outcome))
        for check in checks
    )
    return Table(_COUNTS, listed, caption="Repeated by the same checks: numbers by check")


def _row(row: Row) -> tuple[Cell, ...]:
    label = f"{row.label} (p)" if row.figure == "p" else row.label
    return (
        Noted(label, check_words(row.check)),
        words.NONE if row.developer is None else words.number(row.developer),
        _number(row.recorded),
        _number(row.again),
        row.tolerance,
        Noted(str(row.way), row.path),
        _VERDICTS[row.outcome],
    )


def _number(text: str | None) -> Cell:
    """A digest is shortened; words stay as they are."""
    if text is not None and len(text) == 64:
        return Digest(text, 12)
    try:
        return words.number(text)
    except ValueError:
        return str(text)
