"""What answers each component of a validation plan, or why it is not tested. Nothing is stored: results and facts
speak."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from validation.models import CheckResult, ValidationRun
from validation.plan import Component, Fact, ValidationPlan
from validation.plan_facts import OF_A_RUN, Seen, since
from validation.plans import plan_of_tier


class Because(StrEnum):
    """Why something does not answer: without a run; of a check; of a fact; of the whole component."""

    NO_RUN = "no_run"
    NOT_PLANNED = "not_planned"
    INSUFFICIENT_DATA = "insufficient_data"
    ERROR = "error"
    NOT_KEPT = "not_kept"
    NO_PLACE = "no_place"


# The verdicts of a check that has measured nothing to judge by.
_UNMEASURED = {"insufficient_data": Because.INSUFFICIENT_DATA, "error": Because.ERROR}


@dataclass(frozen=True)
class Gap:
    """`of` is the id of a check or a fact, or empty; `result` is there where a check ran and could not say."""

    because: Because
    of: str = ""
    result: CheckResult | None = None


@dataclass(frozen=True)
class KeptFact:
    fact: Fact
    since: dt.datetime


@dataclass(frozen=True)
class Answer:
    """A component with the results and facts that answer it, and the gaps beside them."""

    component: Component
    results: tuple[CheckResult, ...]
    facts: tuple[KeptFact, ...]
    gaps: tuple[Gap, ...]

    @property
    def is_answered(self) -> bool:
        """At least one of its checks has measured, and every fact is kept: neither stands in for the other."""
        asked = self.component
        if asked.why_not is not None or (asked.checks and not self.results):
            return False
        return len(self.facts) == len(asked.facts)


@dataclass(frozen=True)
class AnsweredPlan:
    """The plan of a version's tier with the answers, in its order."""

    plan: ValidationPlan
    run: ValidationRun | None
    answers: tuple[Answer, ...]

    @property
    def untested(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if not answer.is_answered)

    @property
    def answered(self) -> int:
        return len(self.answers) - len(self.untested)

    def plain(self) -> dict[str, Any]:
        """As it is shown to a signer: the plan by its digest, and what is not tested."""
        return {
            "slug": self.plan.slug,
            "digest": self.plan.digest,
            "components": len(self.answers),
            "untested": [_plain(answer) for answer in self.untested],
        }


def plan_answers(seen: Seen) -> AnsweredPlan:
    """The plan follows from the accepted tier of the model."""
    plan = plan_of_tier(seen.version.risk_model.tier)
    found = {result.check_id: result for result in seen.results}
    return AnsweredPlan(plan, seen.run, tuple(_answer(each, found, seen) for each in plan.components))


def _answer(component: Component, found: dict[str, CheckResult], seen: Seen) -> Answer:
    if component.why_not is not None:
        return Answer(component, (), (), (Gap(Because.NO_PLACE),))
    asked = [found[check] for check in component.checks if check in found]
    kept = {fact: since(fact, seen) for fact in component.facts}
    return Answer(
        component=component,
        results=tuple(result for result in asked if result.verdict not in _UNMEASURED),
        facts=tuple(KeptFact(fact, at) for fact, at in kept.items() if at is not None),
        gaps=tuple(
            dict.fromkeys(
                (
                    *_gaps(component, found, seen),
                    *(_absent(fact, seen) for fact, at in kept.items() if at is None),
                )
            )
        ),
    )


def _absent(fact: Fact, seen: Seen) -> Gap:
    if seen.run is None and fact in OF_A_RUN:
        return Gap(Because.NO_RUN)
    return Gap(Because.NOT_KEPT, fact)


def _gaps(component: Component, found: dict[str, CheckResult], seen: Seen) -> list[Gap]:
    if seen.run is None:
        return [Gap(Because.NO_RUN)] if component.checks else []
    gaps = []
    for check in component.checks:
        result = found.get(check)
        if result is None:
            gaps.append(Gap(Because.NOT_PLANNED, check))
        elif result.verdict in _UNMEASURED:
            gaps.append(Gap(_UNMEASURED[result.verdict], check, result))
    return gaps


def _plain(answer: Answer) -> dict[str, Any]:
    """The words of a check that could not say are a part of what is shown; all others follow from plan and code."""
    because = [
        {
            "because": str(gap.because),
            "of": str(gap.of),
            "said": "" if gap.result is None else gap.result.headline,
        }
        for gap in answer.gaps
    ]
    return {"component": answer.component.key, "because": because}
