"""What one comparison asks: the same checks of each version alone, then the questions to the pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from validation import catalog
from validation.compared import approvals, complexity, fairness, paired_tests, swaps
from validation.compared.pair import Pair, Question
from validation.runner import Outcome, Progress, answered
from validation.sample import Sample
from validation.standard import Force, Planned, Standard

# Of each version by itself, in the order of the page.
ALONE: Final = (
    "discrimination",
    "brier",
    "cox_calibration",
    "jeffreys_grades",
    "scenario_profit",
    "realised_profit",
)
QUESTIONS: Final[tuple[Question, ...]] = (
    paired_tests.QUESTION,
    approvals.QUESTION,
    swaps.QUESTION,
    fairness.QUESTION,
    complexity.QUESTION,
)
QUESTION_OF: Final = {question.id: question for question in QUESTIONS}


def compare(pair: Pair, standard: Standard, *, progress: Progress) -> dict[str, list[Outcome]]:
    """Results by whom they are about: champion, challenger, both. `progress` is told before each and may stop."""
    asked: list[tuple[str, str, Callable[[], Outcome]]] = [
        *((str(side), catalog.BY_ID[check].title, _of_one(check, sample, standard))
          for side, sample in pair.sides() for check in ALONE),
        *(("both", question.title, _of_both(question, pair, standard)) for question in QUESTIONS),
    ]  # fmt: skip
    made: dict[str, list[Outcome]] = {}
    for at, (whom, title, ask) in enumerate(asked):
        progress(title, 30 + round(65 * at / len(asked)))
        made.setdefault(whom, []).append(ask())
    return made


def _of_one(check_id: str, sample: Sample, standard: Standard) -> Callable[[], Outcome]:
    return lambda: answered(
        _planned(check_id, standard), lambda: catalog.BY_ID[check_id].run(sample, standard)
    )


def _of_both(question: Question, pair: Pair, standard: Standard) -> Callable[[], Outcome]:
    # No standard plans these, so what they find stands as they judge it. A comparison stops nothing by itself.
    return lambda: answered(Planned(question.id, Force.BLOCKING), lambda: question.run(pair, standard))


def _planned(check_id: str, standard: Standard) -> Planned:
    """As grave as a run under this standard takes it; without verdict where it does not plan the check."""
    found = next((each for each in standard.plan if each.check == check_id), None)
    return found or Planned(check_id, Force.REPORTED)
