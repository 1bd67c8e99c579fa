"""What the economic checks share: the assumed matrix and the loans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.standard import EconomicRules, Standard

if TYPE_CHECKING:
    from quant.economics import Bootstrap, CostMatrix, Loans
    from validation.sample import Sample


def costs_of(rules: EconomicRules) -> CostMatrix:
    from quant.economics import CostMatrix

    return CostMatrix(margin=rules.margin, loss_given_default=rules.loss_given_default)


def bootstrap_of(standard: Standard) -> Bootstrap:
    from quant.economics import Bootstrap

    return Bootstrap(standard.economics.resamples, standard.seed, standard.confidence)


def book_of(sample: Sample) -> Loans:
    """Raises NotMeasurable without an exposure: absolute P&L is refused where there is no money."""
    from quant.economics import loans
    from quant.errors import NotMeasurable

    if sample.exposure is None:
        raise NotMeasurable("No exposure is declared, and P&L without money is refused.")
    return loans(sample.defaulted, sample.exposure)
