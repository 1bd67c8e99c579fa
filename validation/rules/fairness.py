"""Who is compared with whom, and which differences are asked about."""

from __future__ import annotations

from dataclasses import dataclass

from validation.rules import attributes
from validation.rules.attributes import Attribute
from validation.rules.reading import Raw, count, number, numbers, share


@dataclass(frozen=True)
class FairnessRules:
    air_limit: float
    alpha: float
    minimum_n: int
    parity_target: float
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True)
class ErrorRules:
    """Beyond approval rates. `odds_target`: the gap of true and false positive rates. `mean_difference`: of the score,
    in pooled standard deviations. `proxy_auc`: how well the inputs may tell an attribute. `cut_offs`: the thresholds
    searched for a less discriminatory one, `profit_cost` the share of profit that it may cost."""

    odds_target: float
    mean_difference: float
    proxy_auc: float
    cut_offs: tuple[float, ...]
    profit_cost: float


def read(raw: Raw) -> FairnessRules:
    return FairnessRules(
        air_limit=number(raw, "air_limit"),
        alpha=number(raw, "alpha"),
        minimum_n=count(raw, "minimum_n"),
        parity_target=number(raw, "parity_target"),
        attributes=attributes.read(raw.get("attributes"), "fairness.attributes"),
    )


def read_errors(raw: Raw) -> ErrorRules:
    return ErrorRules(
        odds_target=share(raw, "odds_target"),
        mean_difference=number(raw, "mean_difference"),
        proxy_auc=share(raw, "proxy_auc"),
        cut_offs=numbers(raw, "cut_offs"),
        profit_cost=share(raw, "profit_cost"),
    )
