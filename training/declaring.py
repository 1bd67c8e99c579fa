"""From declared fields to a schema: the same columns under any encoder, imputer and scaler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from quant.features.operations import Direction, Feature, Fit, Method, Operation
from quant.features.schema import FeatureSchema, Input
from quant.reasons import ReasonGroup

# How many other columns tell a gap by its neighbours: each costs time at every application that has one.
_TELLING = 5


class Encoder(StrEnum):
    """What becomes of a category."""

    ONE_HOT = "one_hot"
    WOE = "woe"
    TARGET_MEAN = "target_mean"


class Imputer(StrEnum):
    """What stands for a missing number."""

    NEIGHBOURS = "knn"
    MEDIAN = "median"


@dataclass(frozen=True)
class Dials:
    """What a sweep turns beside the family. The scaler is standard, robust or none."""

    encoder: Encoder
    imputer: Imputer
    scaler: Method = Method.STANDARD

    def plain(self) -> dict[str, str]:
        return {"encoder": str(self.encoder), "imputer": str(self.imputer), "scaler": str(self.scaler)}


@dataclass(frozen=True)
class Amount:
    """A column of numbers, from an input or a step, in a reason group."""

    name: str
    source: str
    group: str
    direction: Direction = Direction.FREE
    may_be_missing: bool = False


@dataclass(frozen=True)
class Category:
    """A column of codes or labels. `names` are what a one-hot column is made of: all its groups or codes."""

    name: str
    source: str
    group: str
    names: tuple[str, ...]
    may_be_missing: bool = False


@dataclass(frozen=True)
class Fields:
    """What is known of an application before any encoder: inputs, columns on the way, and what becomes a column."""

    inputs: tuple[Input, ...]
    amounts: tuple[Amount, ...]
    categories: tuple[Category, ...]
    steps: tuple[Feature, ...] = ()

    def schema(self, dials: Dials) -> FeatureSchema:
        """Not fitted yet: training finds the numbers on its own part."""
        steps = [*self.steps, *(self._filled(each, dials) for each in self.amounts if each.may_be_missing)]
        features = [made for made, _ in self._columns(dials)]
        return FeatureSchema(self.inputs, tuple(features), tuple(steps))

    def groups(self, dials: Dials) -> tuple[ReasonGroup, ...]:
        """Reason groups in the order of the fields; every column is in one."""
        members: dict[str, list[str]] = {}
        for made, group in self._columns(dials):
            members.setdefault(group, []).append(made.name)
        return tuple(ReasonGroup(key, tuple(names)) for key, names in members.items())

    def _columns(self, dials: Dials) -> Iterator[tuple[Feature, str]]:
        for amount in self.amounts:
            if amount.may_be_missing:
                yield Feature(f"{amount.name}_missing", Operation.IS_MISSING, (amount.source,)), amount.group
            yield _scaled(amount, dials.scaler), amount.group
        for category in self.categories:
            for made in _encoded(category, dials.encoder):
                yield made, category.group

    def _filled(self, amount: Amount, dials: Dials) -> Feature:
        """Neighbours are told by the other amounts; where there are none, the median stands."""
        others = tuple(each.source for each in self.amounts if each.source != amount.source)[:_TELLING]
        if dials.imputer is Imputer.MEDIAN or not others:
            fit = Fit(Method.MEDIAN)
            return Feature(_known(amount), Operation.FILL, (amount.source,), fit=fit)
        fit = Fit(Method.NEIGHBOURS)
        return Feature(_known(amount), Operation.NEAREST, (amount.source, *others), fit=fit)


def _known(amount: Amount) -> str:
    return f"{amount.name}_known" if amount.may_be_missing else amount.source


def _scaled(amount: Amount, scaler: Method) -> Feature:
    if scaler is Method.NONE:
        return Feature(amount.name, Operation.IDENTITY, (_known(amount),), amount.direction)
    return Feature(amount.name, Operation.SCALE, (_known(amount),), amount.direction, fit=Fit(scaler))


def _encoded(category: Category, encoder: Encoder) -> Iterator[Feature]:
    if encoder is not Encoder.ONE_HOT:
        method = Method.WOE if encoder is Encoder.WOE else Method.TARGET_MEAN
        yield Feature(category.name, Operation.LOOKUP, (category.source,), fit=Fit(method))
        return
    for place, name in enumerate(category.names):
        yield Feature(f"{category.name}_{place}", Operation.ONE_HOT, (category.source,), only=name)
    if category.may_be_missing:
        yield Feature(f"{category.name}_missing", Operation.IS_MISSING, (category.source,))
