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


@dataclass(frozen=True)
class LossRules:
    """For the expected maximum profit: the chances that a defaulter loses nothing, and all, and what a good loan
    returns."""

    none: float
    all_of_it: float
    return_on_investment: float


@dataclass(frozen=True)
class RealisedRules:
    """`profit` names the column of what each loan has earned, in `unit`. Loans decided more than `maturity_days` before
    a period are known when it begins."""

    profit: str
    unit: str
    maturity_days: int
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


def read_losses(raw: Raw) -> LossRules:
    return LossRules(
        none=number(raw, "none"),
        all_of_it=number(raw, "all_of_it"),
        return_on_investment=number(raw, "return_on_investment"),
    )


def read_realised(raw: Raw) -> RealisedRules:
    return RealisedRules(
        profit=plain.text(raw.get("profit"), "realised.profit"),
        unit=plain.text(raw.get("unit"), "realised.unit"),
        maturity_days=count(raw, "maturity_days"),
        cut_offs=numbers(raw, "cut_offs"),
        resamples=count(raw, "resamples"),
    )
