"""How the order of the score is read."""

from __future__ import annotations

from dataclasses import dataclass

from validation.rules.reading import Raw, count, number, numbers, share


@dataclass(frozen=True)
class RankingRules:
    """`shares`: the riskiest parts of the book that lift and precision are told of. `bins`: of an input, for its
    information value. A decline of the AUC is judged at `decline_alpha` with the power to see `decline`."""

    shares: tuple[float, ...]
    bins: int
    decline_alpha: float
    decline: float
    required_power: float


def read(raw: Raw) -> RankingRules:
    return RankingRules(
        shares=numbers(raw, "shares"),
        bins=count(raw, "bins"),
        decline_alpha=share(raw, "decline_alpha"),
        decline=number(raw, "decline"),
        required_power=share(raw, "required_power"),
    )
