"""The validation plan of the tier: each component with what answers it, or why it is not tested."""

from __future__ import annotations

from reports.build import words
from reports.build.content import Block, Column, Heading, Linked, Noted, Paragraph, Table
from reports.build.facts import DossierFacts
from validation.models import CheckResult
from validation.plan_answers import Answer
from validation.plan_words import fact_words, gap_words, title_of

_COLUMNS = (
    Column("Component", 0.3),
    Column("Section", 0.08),
    Column("Answered by", 0.3),
    Column("Not tested, because", 0.32),
)


def plan(facts: DossierFacts) -> tuple[Block, ...]:
    found = facts.plan
    said = Paragraph(
        f"A model of tier {found.plan.tier} asks for {len(found.answers)} components; {found.answered} are answered. "
        "A component is answered when at least one of its checks has measured and every fact it names is kept: "
        "answered does not mean passed, so each verdict stands beside its check. SHA-256 "
        f"of the validation plan: {found.plan.digest}."
    )
    heading = Heading(f"Validation plan: {found.answered} of {len(found.answers)} answered", "plan")
    return (heading, said, Table(_COLUMNS, tuple(_row(answer) for answer in found.answers)))


def _result(each: CheckResult) -> tuple[str, str]:
    said = f"{title_of(each.check_id)}: {words.verdict(each.verdict).text}"
    return said, f"check-{each.check_id}"


def _row(answer: Answer) -> tuple[Noted, str, Linked, str]:
    asked = answer.component
    lines = [_result(each) for each in answer.results]
    lines += [(f"{fact_words(kept.fact)}, {words.day(kept.since)}", "") for kept in answer.facts]
    gaps = " ".join(gap_words(gap, asked) for gap in answer.gaps)
    told = f"Answered in part. {gaps}" if gaps and answer.is_answered else gaps
    return (
        Noted(asked.title.english, asked.question.english),
        str(asked.section),
        Linked(tuple(lines) or ((words.NONE, ""),)),
        told or words.NONE,
    )
