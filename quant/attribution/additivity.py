"""Do the contributions of a row add up to its margin?"""

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput


def largest_gap(
    contributions: NDArray[np.float32], bias: NDArray[np.float32], margins: NDArray[np.float32]
) -> float:
    """Largest |Σφ + φ0 − margin| over rows, in log-odds, summed in float64.

    Shapes (rows, features), (rows,), (rows,). Raises BadInput for no rows.
    """
    if len(margins) == 0:
        raise BadInput("Additivity needs at least one row.")
    total = contributions.astype(np.float64).sum(axis=1) + bias.astype(np.float64)
    return float(np.abs(total - margins.astype(np.float64)).max())
