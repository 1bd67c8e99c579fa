"""Sections 5 to 13: what was tested, by subject; where nothing was, that, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from reports.build.certificate import certificate
from reports.build.checks import result_blocks
from reports.build.content import Block, NotAssessed, Paragraph, Section
from reports.build.facts import DossierFacts
from validation.models import CheckResult
from validation.reperformed import Marks
from validation.sample import Section as Part
from validation.selectors import check_card

# Printed apart from the other checks of the implementation: the recipe run again is the re-performance.
RE_PERFORMED = "determinism"
_DATA_NUMBER = 3


def no_check() -> str:
    return _("No check of the standard that was frozen for this run belongs to this section.")


@dataclass(frozen=True)
class Subject:
    """One section: the checks it shows, a note printed before them, what of its subject was not looked at. Its
    texts are marked for the catalog, and translated where they are printed."""

    number: int
    title: str
    parts: tuple[Part, ...] = ()
    note: str = ""
    gap: str = ""


SUBJECTS = (
    Subject(6, gettext_noop("Discrimination"), (Part.DISCRIMINATION,)),
    Subject(7, gettext_noop("Calibration and backtest"), (Part.CALIBRATION,)),
    Subject(
        8,
        gettext_noop("Stability, concentration and migration"),
        (Part.STABILITY,),
        gap=gettext_noop("Migration: it needs grades of the same clients at two dates."),
    ),
    Subject(9, gettext_noop("Explainability and reason fidelity"), (Part.EXPLAINABILITY,)),
    Subject(
        10,
        gettext_noop("Fairness"),
        (Part.FAIRNESS,),
        note=gettext_noop(
            "A ratio is a measurement under the limits of the standard named on the cover; whether a practice is lawful"
            " is not decided by it. The policy packs that apply stand in section 19."
        ),
    ),
    Subject(
        11,
        gettext_noop("Economics: scenario and realised profit, swap set"),
        (Part.ECONOMICS,),
        note=gettext_noop(
            "ASSUMED COST MATRIX. Every amount of this section that is not called realised follows from the margin, the"
            " losses and the returns that the standard assumes. It is a scenario and no observed profit."
        ),
    ),
    Subject(12, gettext_noop("Robustness, stress and out of time"), (Part.ROBUSTNESS,)),
    Subject(
        13,
        gettext_noop("Implementation: sealed artefact, served artefact, parity"),
        (Part.IMPLEMENTATION,),
    ),
)


def section_number(check_id: str) -> int | None:
    """Where a check is printed; None for a check that no longer exists."""
    card = check_card(check_id)
    if card is None:
        return None
    if check_id == RE_PERFORMED:
        return 5
    numbers = {part: each.number for each in SUBJECTS for part in each.parts}
    return numbers.get(card.section, _DATA_NUMBER)


def subject(facts: DossierFacts, each: Subject) -> Section:
    results = [result for result in facts.results_in(*each.parts) if result.check_id != RE_PERFORMED]
    title = _(each.title)
    certified = certificate(facts.certificate) if Part.EXPLAINABILITY in each.parts else ()
    if not results:
        return Section(each.number, title, (*certified, NotAssessed(no_check())))
    note: tuple[Block, ...] = (Paragraph(_(each.note)),) if each.note else ()
    gap: tuple[Block, ...] = (NotAssessed(_(each.gap)),) if each.gap else ()
    return Section(each.number, title, (*certified, *note, *_blocks(results, facts.marks), *gap))


def _blocks(results: list[CheckResult], marks: Marks) -> list[Block]:
    return [block for result in results for block in result_blocks(result, marks)]
