"""How a model is strained, and how much it may give."""

from __future__ import annotations

from dataclasses import dataclass

from quant.features import plain
from validation.rules import attributes
from validation.rules.attributes import Attribute
from validation.rules.reading import Raw, count, numbers, share


@dataclass(frozen=True)
class RobustnessRules:
    minimum_n: int
    segments: tuple[Attribute, ...]


@dataclass(frozen=True)
class Shift:
    """One stressed world: each number of `inputs` times `factor`, none made finer than it was."""

    label: str
    inputs: tuple[str, ...]
    factor: float


@dataclass(frozen=True)
class StressRules:
    """`noise`: sizes, as shares of an input's interquartile range; each is drawn `draws` times. `auc_loss`: what the
    smallest noise may cost. `shifts`: worlds in which the PDs are computed anew."""

    noise: tuple[float, ...]
    draws: int
    auc_loss: float
    shifts: tuple[Shift, ...]


def read(raw: Raw) -> RobustnessRules:
    return RobustnessRules(
        count(raw, "minimum_n"), attributes.read(raw.get("segments"), "robustness.segments")
    )


def read_stress(raw: Raw) -> StressRules:
    shifts = plain.items(raw.get("shifts"), "shifts")
    if not numbers(raw, "noise") or count(raw, "draws") < 1:
        raise plain.SchemaFault("stress names at least one size of noise, and draws each at least once.")
    return StressRules(
        noise=numbers(raw, "noise"),
        draws=count(raw, "draws"),
        auc_loss=share(raw, "auc_loss"),
        shifts=tuple(_shift(each, f"shifts[{at}]") for at, each in enumerate(shifts)),
    )


def _shift(raw: object, where: str) -> Shift:
    members = plain.members(raw, where, frozenset({"label", "inputs", "factor"}))
    return Shift(
        label=plain.text(members.get("label"), f"{where}.label"),
        inputs=plain.texts(members.get("inputs"), f"{where}.inputs"),
        factor=plain.decimal(members.get("factor"), f"{where}.factor"),
    )
