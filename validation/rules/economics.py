"""What a loan earns and loses, where no account says it."""

from __future__ import annotations

from dataclasses import dataclass

from quant.features import plain
from validation.rules.reading import Raw, count, number, numbers


@dataclass(frozen=True)
class EconomicRules:
    """Shares of the exposure over the horizon of the default flag. An assumption, and printed as one."""

    basis: str
    margin: float
    loss_given_default: float
    unit: str
    why: str
    cut_offs: tuple[float, ...]
    resamples: int


def read(raw: Raw) -> EconomicRules:
    return EconomicRules(
        basis=plain.text(raw.get("basis"), "economics.basis"),
        margin=number(raw, "margin"),
        loss_given_default=number(raw, "loss_given_default"),
        unit=plain.text(raw.get("unit"), "economics.unit"),
        why=plain.text(raw.get("why"), "economics.why"),
        cut_offs=numbers(raw, "cut_offs"),
        resamples=count(raw, "resamples"),
    )
