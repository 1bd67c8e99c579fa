"""Centre and spread of a column, over its present values."""

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable
from quant.features.fitted import Scale
from quant.features.operations import Method


def fit_scale(column: NDArray[np.float64], method: Method) -> Scale:
    """Standard: mean and standard deviation (ddof 0). Robust: median and interquartile range. A constant column keeps
    a spread of 1. NotMeasurable without a value."""
    if method is Method.NONE:
        return Scale(0.0, 1.0)
    present = present_of(column)
    if method is Method.STANDARD:
        return Scale(float(present.mean()), _positive(float(present.std())))
    low, middle, high = np.quantile(present, (0.25, 0.5, 0.75))
    return Scale(float(middle), _positive(float(high - low)))


def present_of(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values that are there and finite. NotMeasurable where there is none."""
    present = column[np.isfinite(column)]
    if not len(present):
        raise NotMeasurable("A column has no value in the training part: there is nothing to fit.")
    return present


def _positive(spread: float) -> float:
    return spread if spread > 0.0 else 1.0
