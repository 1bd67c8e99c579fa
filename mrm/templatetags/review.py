"""Filters of the review pages: the title of a check, the measurement that decided it, the words of a plan."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext

from mrm.lib.charts import numerals
from mrm.templatetags.countersign import badge
from registry.bilingual import Words
from validation import pack_words
from validation.certificate import Certified, Line
from validation.certificate_words import line_title as title_of_line
from validation.certificate_words import line_words as words_of_line
from validation.certificate_words import why_words
from validation.models import Answered, SampleResult
from validation.packs.crossing import Crossed, Standing
from validation.packs.crossing import Gap as ClauseGap
from validation.packs.pack import Clause, Pack
from validation.plan import Component, Fact
from validation.plan_answers import Gap
from validation.plan_words import fact_words as words_of_fact
from validation.plan_words import gap_words as words_of_gap
from validation.result_page import plainly
from validation.selectors import check_card
from validation.words import section_words

register = template.Library()
_GRAVITY = ("failed", "amber", "inconclusive", "insufficient_data", "passed")


@register.filter
def check_title(check_id: str) -> str:
    card = check_card(check_id)
    return gettext(card.title) if card else check_id


@register.filter
def check_section(check_id: str) -> str:
    """The subject a check belongs to; where the check no longer exists, a word that says so."""
    card = check_card(check_id)
    return section_words(card.section) if card else gettext("Checks that no longer exist")


@register.filter
def said(words: Words) -> str:
    """A text that comes with data, in the reader's language."""
    return words.here


@register.filter
def fact_words(fact: Fact) -> str:
    return words_of_fact(fact)


@register.filter
def line_title(line: Line) -> str:
    return title_of_line(line)


@register.filter
def line_words(line: Line) -> str:
    return words_of_line(line)


@register.filter
def certificate_why(certified: Certified) -> str:
    """Why a line does not simply hold; empty where it does."""
    return why_words(certified)


@register.simple_tag
def gap_words(gap: Gap, component: Component) -> str:
    return words_of_gap(gap, component)


@register.filter
def decisive(result: Answered) -> dict[str, Any] | None:
    """The gravest judged measurement, of several the one with the least to spare; without a judgement the first."""
    made: list[dict[str, Any]] = result.measurements
    for verdict in _GRAVITY:
        judged = [each for each in made if each["verdict"] == verdict and each["value"] is not None]
        if judged:
            tightest = min if verdict == "passed" else max
            return tightest(judged, key=_distance)
    return made[0] if made else None


@register.filter
def result_page(result: Answered) -> str:
    """The address of a result, of a version or of a sample."""
    return reverse("sample-result" if isinstance(result, SampleResult) else "check-result", args=[result.pk])


@register.filter
def measured(value: object) -> str:
    """A measurement as it stands in a table."""
    return numerals.NOT_AVAILABLE if value is None else plainly(value)


def _distance(each: dict[str, Any]) -> float:
    return abs(float(each["value"]) - float(each["limit"])) if each["limit"] is not None else 0.0


@register.filter
def clause_nature(clause: Clause) -> str:
    return pack_words.nature_words(clause.nature)


@register.filter
def clause_known(clause: Clause) -> str:
    return pack_words.known_words(clause.known)


@register.filter
def pack_dates(dated: Pack | Clause) -> str:
    return pack_words.dates_words(dated)


@register.filter
def clause_answers(clause: Clause) -> list[str]:
    return pack_words.answers_words(clause)


@register.simple_tag
def clause_gap(gap: ClauseGap, clause: Clause) -> str:
    return pack_words.gap_words(gap, clause)


@register.simple_tag
def crossed_badge(crossed: Crossed) -> str:
    state = "passed" if crossed.standing is Standing.ANSWERED else "amber"
    return badge(state, pack_words.standing_words(crossed.standing))
