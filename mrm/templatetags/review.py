"""Filters of the review pages: the title of a check, the measurement that decided it, the words of a plan."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext

from mrm.lib.charts import numerals
from registry.said import Words
from validation.models import CheckResult
from validation.plan import Component, Fact
from validation.plan_answers import Gap
from validation.plan_words import fact_words as words_of_fact
from validation.plan_words import gap_words as words_of_gap
from validation.plan_words import said as said_in_language
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
    """A text of a validation plan."""
    return said_in_language(words)


@register.filter
def fact_words(fact: Fact) -> str:
    return words_of_fact(fact)


@register.simple_tag
def gap_words(gap: Gap, component: Component) -> str:
    return words_of_gap(gap, component)


@register.filter
def decisive(result: CheckResult) -> dict[str, Any] | None:
    """The gravest judged measurement, of several the one with the least to spare; without a judgement the first."""
    made: list[dict[str, Any]] = result.measurements
    for verdict in _GRAVITY:
        judged = [each for each in made if each["verdict"] == verdict and each["value"] is not None]
        if judged:
            tightest = min if verdict == "passed" else max
            return tightest(judged, key=_distance)
    return made[0] if made else None


@register.filter
def measured(value: object) -> str:
    """A measurement as it stands in a table."""
    return numerals.NOT_AVAILABLE if value is None else plainly(value)


def _distance(each: dict[str, Any]) -> float:
    return abs(float(each["value"]) - float(each["limit"])) if each["limit"] is not None else 0.0
