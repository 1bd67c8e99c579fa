"""What each family can be told, with its usual value and its limits. Fractions are texts, so a recipe has a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

from quant.features import plain


class Family(StrEnum):
    """The values stand in recipes under `estimator`."""

    XGBOOST = "xgboost"
    LIGHTGBM = "lightgbm"
    FOREST = "random-forest"
    BOOSTING = "gradient-boosting"
    LOGISTIC = "logistic"
    NETWORK = "neural-network"


# Any: `field` is typed by its default.
def within(usual: Any, low: float, high: float) -> Any:
    """A setting with its usual value, an integer or a decimal text, and its limits."""
    return field(default=usual, metadata={"within": (low, high)})


@dataclass(frozen=True)
class Settings:
    """A family's own settings. Raises SchemaFault for a value beyond its limits."""

    family: ClassVar[Family]
    # Settings that have one value only, which the recipe states all the same.
    fixed: ClassVar[Mapping[str, object]] = {}

    def __post_init__(self) -> None:
        for each in fields(self):
            low, high = each.metadata["within"]
            told = getattr(self, each.name)
            value = plain.decimal(told, each.name) if isinstance(told, str) else told
            if not low <= value <= high:
                raise plain.SchemaFault(f"{each.name} must be {low:g} to {high:g}.")

    def plain(self) -> dict[str, object]:
        return {each.name: getattr(self, each.name) for each in fields(self)} | dict(self.fixed)


@dataclass(frozen=True)
class XGBoost(Settings):
    family = Family.XGBOOST
    # One thread of hist repeats exactly.
    fixed: ClassVar[Mapping[str, object]] = {"tree_method": "hist", "nthread": 1}

    rounds: int = within(300, 1, 5000)
    max_depth: int = within(3, 1, 12)
    eta: str = within("0.05", 0.0, 1.0)
    subsample: str = within("1.0", 0.0, 1.0)
    colsample_bytree: str = within("1.0", 0.0, 1.0)
    min_child_weight: str = within("20", 0.0, 1e9)
    reg_lambda: str = within("1", 0.0, 1e9)
    max_bin: int = within(256, 2, 1024)


@dataclass(frozen=True)
class LightGBM(Settings):
    family = Family.LIGHTGBM

    rounds: int = within(200, 1, 5000)
    num_leaves: int = within(15, 2, 1024)
    learning_rate: str = within("0.05", 1e-4, 1.0)
    min_data_in_leaf: int = within(50, 1, 1_000_000)
    bagging_fraction: str = within("1.0", 0.01, 1.0)
    feature_fraction: str = within("1.0", 0.01, 1.0)
    lambda_l2: str = within("1", 0.0, 1e9)


@dataclass(frozen=True)
class Forest(Settings):
    family = Family.FOREST

    trees: int = within(200, 1, 2000)
    max_depth: int = within(8, 1, 16)
    min_samples_leaf: int = within(50, 1, 1_000_000)
    max_features: str = within("0.3", 0.01, 1.0)


@dataclass(frozen=True)
class Boosting(Settings):
    family = Family.BOOSTING

    trees: int = within(150, 1, 2000)
    max_depth: int = within(3, 1, 12)
    learning_rate: str = within("0.1", 1e-4, 1.0)
    min_samples_leaf: int = within(50, 1, 1_000_000)
    subsample: str = within("0.5", 0.01, 1.0)
    max_features: str = within("0.3", 0.01, 1.0)


@dataclass(frozen=True)
class Logistic(Settings):
    family = Family.LOGISTIC

    # The weight of the squared coefficients of standardised columns, as a share of the rows.
    ridge: str = within("0.001", 1e-9, 1e3)


@dataclass(frozen=True)
class Network(Settings):
    family = Family.NETWORK

    hidden: int = within(16, 1, 64)
    alpha: str = within("0.001", 0.0, 1e3)
    learning_rate: str = within("0.003", 1e-6, 1.0)
    epochs: int = within(30, 1, 1000)
    # Orders of the columns that one explanation is the mean of.
    permutations: int = within(32, 2, 512)


def load(kind: type[Settings], members: Mapping[str, object]) -> Settings:
    """Settings of a plain dict; absent members take the usual values. SchemaFault for a value of another type, or for
    another value of what is fixed."""
    for name, value in kind.fixed.items():
        if members.get(name, value) != value:
            raise plain.SchemaFault(f"{name} is {value}: one thread of it repeats exactly.")
    return kind(
        **{each.name: _told(each, members[each.name]) for each in fields(kind) if each.name in members}
    )


# Any: a dataclass field and a JSON value, checked here.
def _told(each: Any, value: object) -> Any:
    if isinstance(each.default, int):
        return plain.integer(value, each.name)
    return plain.text(value, each.name)
