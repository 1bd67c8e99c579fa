"""The one rounding from float64 to the float32 the estimator sees."""

import numpy as np
from numpy.typing import NDArray

# A tiny denominator can push a ratio beyond float32. XGBoost refuses infinities, so values saturate.
LARGEST = 3e38
_LARGEST = np.float32(LARGEST)


def to_float32(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Any shape; NaN stays NaN, everything else ends within ±3e38."""
    # Rounding keeps the order, so what is beyond may be cut afterwards, in half the memory.
    with np.errstate(over="ignore"):
        made = values.astype(np.float32)
    return np.clip(made, -_LARGEST, _LARGEST, out=made)
