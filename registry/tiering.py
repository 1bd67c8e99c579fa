"""From answers to a tier: bands, the matrix of materiality, and what raises it. Pure; the numbers are data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from registry.bilingual import Words

TIERS = (1, 2, 3)


class Dimension(StrEnum):
    EXPOSURE = "exposure"
    PURPOSE = "purpose"
    COMPLEXITY = "complexity"
    UNCERTAINTY = "uncertainty"


class Band(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


# What asks for more than materiality does, where it is high.
RAISING = (Dimension.COMPLEXITY, Dimension.UNCERTAINTY)


@dataclass(frozen=True)
class Option:
    key: str
    band: Band
    text: Words


@dataclass(frozen=True)
class Question:
    """`why` is the source or the reason of its bands."""

    key: str
    dimension: Dimension
    text: Words
    why: Words
    options: tuple[Option, ...]

    def option(self, key: str) -> Option | None:
        return next((each for each in self.options if each.key == key), None)


@dataclass(frozen=True)
class Questionnaire:
    slug: str
    name: Words
    source: Words
    digest: str
    questions: tuple[Question, ...]
    # By band of exposure, then by band of purpose.
    materiality: tuple[tuple[Band, ...], ...]
    materiality_why: Words


@dataclass(frozen=True)
class Computed:
    """The tier and each step that led to it. `raised_by` is empty where materiality alone decides."""

    bands: Mapping[Dimension, Band]
    materiality: Band
    raised_by: tuple[Dimension, ...]
    tier: int

    def plain(self) -> dict[str, Any]:
        return {
            "bands": {str(name): int(band) for name, band in self.bands.items()},
            "materiality": int(self.materiality),
            "raised_by": [str(name) for name in self.raised_by],
            "tier": self.tier,
        }


@dataclass(frozen=True)
class Fault:
    """What is wrong with one answer; `question` is empty where it is about the answers as a whole."""

    question: str
    code: str
    detail: str


def faults(questionnaire: Questionnaire, answers: Mapping[str, str]) -> tuple[Fault, ...]:
    """Every question that has no answer, and every answer that nobody asked for or offered."""
    known = {each.key for each in questionnaire.questions}
    strangers = sorted(key for key in answers if key not in known)
    told = tuple(Fault("", "unknown", f"There is no question {key[:40]}.") for key in strangers[:5])
    return told + tuple(_faults_of_each(questionnaire, answers))


def _faults_of_each(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Iterator[Fault]:
    for question in questionnaire.questions:
        if question.key not in answers:
            yield Fault(question.key, "required", f"Not answered: {question.text.english}")
        elif question.option(answers[question.key]) is None:
            offered = ", ".join(each.key for each in question.options)
            yield Fault(question.key, "unknown", f"One of {offered}.")


def computed(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Computed:
    """The tier of complete answers. Of several questions the highest band counts; materiality is read off the matrix;
    high complexity or uncertainty raises the tier by one, once, and nothing lowers it. ValueError where `faults` has
    something to say."""
    if faults(questionnaire, answers):
        raise ValueError("The answers are not complete.")
    bands = {name: _band_of(name, questionnaire, answers) for name in Dimension}
    materiality = questionnaire.materiality[bands[Dimension.EXPOSURE] - 1][bands[Dimension.PURPOSE] - 1]
    raised_by = tuple(name for name in RAISING if bands[name] is Band.HIGH)
    held = max(TIERS) + 1 - materiality
    return Computed(bands, materiality, raised_by, max(min(TIERS), held - bool(raised_by)))


def _band_of(dimension: Dimension, questionnaire: Questionnaire, answers: Mapping[str, str]) -> Band:
    asked = (each for each in questionnaire.questions if each.dimension is dimension)
    return max(
        option.band
        for question in asked
        for option in question.options
        if option.key == answers[question.key]
    )
