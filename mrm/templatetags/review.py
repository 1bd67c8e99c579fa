"""Filters of the review pages: the title of a check and the measurement that decided it."""

from __future__ import annotations

from typing import Any

from django import template

from validation.models import CheckResult
from validation.selectors import check_card

register = template.Library()
_GRAVITY = ("failed", "amber", "inconclusive", "insufficient_data", "passed")


@register.filter
def check_title(check_id: str) -> str:
    card = check_card(check_id)
    return card.title if card else check_id


@register.filter
def decisive(result: CheckResult) -> dict[str, Any] | None:
    """The gravest judged measurement, the one farthest from its limit first; without a judgement the first."""
    made = result.measurements
    for verdict in _GRAVITY:
        judged = [each for each in made if each["verdict"] == verdict and each["value"] is not None]
        if judged:
            return max(judged, key=_distance)
    return made[0] if made else None


def _distance(each: dict[str, Any]) -> float:
    return abs(float(each["value"]) - float(each["limit"])) if each["limit"] is not None else 0.0
