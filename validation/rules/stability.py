"""How far a population may move before somebody has to look."""

from __future__ import annotations

from dataclasses import dataclass

from validation.rules.reading import Raw, count, number, share


@dataclass(frozen=True)
class StabilityRules:
    amber: float
    red: float
    confidence: float
    bins: int
    floor: float


@dataclass(frozen=True)
class ShiftRules:
    """An input has moved when its adjusted p is at most `alpha` and its effect is beyond the limit of its kind: the
    largest gap of two distributions for numbers, Cramér's V for codes. `concentration_alpha`: of grades growing more
    alike than at development."""

    alpha: float
    ks_limit: float
    cramers_v_limit: float
    concentration_alpha: float


def read(raw: Raw) -> StabilityRules:
    return StabilityRules(
        amber=number(raw, "amber"),
        red=number(raw, "red"),
        confidence=number(raw, "confidence"),
        bins=count(raw, "bins"),
        floor=number(raw, "floor"),
    )


def read_shift(raw: Raw) -> ShiftRules:
    return ShiftRules(
        alpha=share(raw, "alpha"),
        ks_limit=share(raw, "ks_limit"),
        cramers_v_limit=share(raw, "cramers_v_limit"),
        concentration_alpha=share(raw, "concentration_alpha"),
    )
