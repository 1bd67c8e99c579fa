"""The validation plan of the tier: each component with what answers it, or why it is not tested."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.content import Block, Column, Heading, Linked, Noted, Paragraph, Table
from reports.build.facts import DossierFacts
from validation.models import CheckResult
from validation.plan_answers import Answer
from validation.plan_words import fact_words, gap_words, title_of


def plan(facts: DossierFacts) -> tuple[Block, ...]:
    found = facts.plan
    counts = {
        "tier": found.plan.tier,
        "asked": len(found.answers),
        "answered": found.answered,
        "digest": found.plan.digest,
    }
    said = _(
        "A model of tier %(tier)s asks for %(asked)s components; %(answered)s are answered. A component is answered"
        " when at least one of its checks has measured and every fact it names is kept: answered does not mean passed,"
        " so each verdict stands beside its check. SHA-256 of the validation plan: %(digest)s."
    )
    heading = Heading(_("Validation plan: %(answered)s of %(asked)s answered") % counts, "plan")
    columns = (
        Column(_("Component"), 0.3),
        Column(_("Section"), 0.08),
        Column(_("Answered by"), 0.3),
        Column(_("Not tested, because"), 0.32),
    )
    return (
        heading,
        Paragraph(said % counts),
        Table(columns, tuple(_row(answer) for answer in found.answers)),
    )


def _result(each: CheckResult) -> tuple[str, str]:
    said = f"{title_of(each.check_id)}: {words.verdict(each.verdict).text}"
    return said, f"check-{each.check_id}"


def _row(answer: Answer) -> tuple[Noted, str, Linked, str]:
    asked = answer.component
    lines = [_result(each) for each in answer.results]
    lines += [(f"{fact_words(kept.fact)}, {words.day(kept.since)}", "") for kept in answer.facts]
    gaps = " ".join(gap_words(gap, asked) for gap in answer.gaps)
    told = _("Answered in part. %(gaps)s") % {"gaps": gaps} if gaps and answer.is_answered else gaps
    return (
        Noted(asked.title.here, asked.question.here),
        str(asked.section),
        Linked(tuple(lines) or ((words.NONE, ""),)),
        told or words.NONE,
    )
