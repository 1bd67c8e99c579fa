"""What the economic checks share: the assumed matrix and the loans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.sample import Sample, required
from validation.standard import EconomicRules, Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.economics import Bootstrap, CostMatrix, Loans


def costs_of(rules: EconomicRules) -> CostMatrix:
    from quant.economics import CostMatrix

    return CostMatrix(margin=rules.margin, loss_given_default=rules.loss_given_default)


def bootstrap_of(standard: Standard) -> Bootstrap:
    from quant.economics import Bootstrap

    return Bootstrap(standard.economics.resamples, standard.seed, standard.confidence)


def exposure_of(sample: Sample) -> NDArray[np.float64]:
    """Raises NotMeasurable without an exposure: absolute amounts are refused where there is no money."""
    return required(sample.exposure, sample.absent.exposure)


def book_of(sample: Sample) -> Loans:
    from quant.economics import loans

    return loans(sample.defaulted, exposure_of(sample))
