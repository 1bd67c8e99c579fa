"""From a paired difference to a word: which of the two is better by it, or that they cannot be told apart."""

from __future__ import annotations

from enum import StrEnum

from quant.errors import BadInput


class Standing(StrEnum):
    CHALLENGER = "challenger_better"
    CHAMPION = "champion_better"
    NEITHER = "not_told_apart"


class Better(StrEnum):
    """Which way a measure is good."""

    HIGHER = "higher"
    LOWER = "lower"


def standing(difference: float, p_adjusted: float, *, better: Better, alpha: float) -> Standing:
    """Not told apart unless the test rejects (p ≤ α, after the family's correction); then by the sign alone."""
    if not 0 <= p_adjusted <= 1:
        raise BadInput(f"Cannot judge p = {p_adjusted}: it lies between 0 and 1.")
    if p_adjusted > alpha or difference == 0:
        return Standing.NEITHER
    return Standing.CHALLENGER if (difference > 0) == (better is Better.HIGHER) else Standing.CHAMPION
