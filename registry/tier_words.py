"""An assessment of a tier in words: what was answered, and each step from there to the tier."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registry import questionnaires
from registry.models import TierAssessment
from registry.tiering import TIERS, Band, Dimension


@dataclass(frozen=True)
class Answered:
    question: str
    answer: str
    band: str


def dimension_words(dimension: Dimension) -> str:
    return {
        Dimension.EXPOSURE: _("Exposure"),
        Dimension.PURPOSE: _("Purpose"),
        Dimension.COMPLEXITY: _("Complexity"),
        Dimension.UNCERTAINTY: _("Uncertainty"),
    }[dimension]


def band_words(band: int) -> str:
    return {Band.LOW: _("low"), Band.MEDIUM: _("medium"), Band.HIGH: _("high")}[Band(band)]


def answers_of(found: TierAssessment) -> list[Answered]:
    """Question by question, in its own order. Of a questionnaire that this installation does not have, the keys."""
    questionnaire = questionnaires.by_digest(found.questionnaire)
    if questionnaire is None:
        return [Answered(key, answer, "") for key, answer in sorted(found.answers.items())]
    language = get_language() or "en"
    told = []
    for question in questionnaire.questions:
        option = question.option(found.answers.get(question.key, ""))
        if option is not None:
            said = (question.text.said(language), option.text.said(language))
            told.append(Answered(*said, f"{dimension_words(question.dimension)}: {band_words(option.band)}"))
    return told


def steps_of(found: TierAssessment) -> list[tuple[str, str]]:
    """The bands, the materiality they make, what raises it, and the tier."""
    steps = found.steps
    bands = {name: band_words(steps["bands"][name]) for name in Dimension}
    by_materiality = max(TIERS) + 1 - int(steps["materiality"])
    raised = " / ".join(dimension_words(Dimension(name)).lower() for name in steps["raised_by"])
    product = _("exposure %(exposure)s × purpose %(purpose)s: %(materiality)s, which is tier %(tier)s") % {
        "exposure": bands[Dimension.EXPOSURE],
        "purpose": bands[Dimension.PURPOSE],
        "materiality": band_words(steps["materiality"]),
        "tier": by_materiality,
    }
    return [
        (_("Materiality"), product),
        (_("Complexity"), bands[Dimension.COMPLEXITY]),
        (_("Uncertainty"), bands[Dimension.UNCERTAINTY]),
        (_("Raised"), _raised(raised, by_materiality, found.computed_tier)),
        (_("Tier computed"), str(found.computed_tier)),
        (_("Tier proposed"), str(found.proposed_tier)),
        *([(_("Why another tier"), found.override_reason)] if found.override_reason else []),
    ]


def _raised(by: str, before: int, after: int) -> str:
    if not by:
        return _("no: neither complexity nor uncertainty is high")
    if before == after:
        return _("%(by)s is high, and no tier is above %(tier)s") % {"by": by, "tier": after}
    return _("by one tier, because %(by)s is high") % {"by": by}
