"""What the reasons must show before they are believed."""

from __future__ import annotations

from dataclasses import dataclass

from validation.rules.reading import Raw, count, number


@dataclass(frozen=True)
class ExplainabilityRules:
    positions: int
    first_bar: float
    other_bar: float
    additivity_limit: float
    resamples: int


def read(raw: Raw) -> ExplainabilityRules:
    return ExplainabilityRules(
        positions=count(raw, "positions"),
        first_bar=number(raw, "first_bar"),
        other_bar=number(raw, "other_bar"),
        additivity_limit=number(raw, "additivity_limit"),
        resamples=count(raw, "resamples"),
    )
