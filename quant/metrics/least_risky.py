"""Approving so many of the least risky: two versions at the same approval rate, whatever their cut-offs are."""

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, probabilities
from quant.errors import BadInput


def least_risky(assigned_pd: npt.ArrayLike, at_most: int) -> Bools:
    """Whom to approve (n,) so that nobody approved has a higher PD than somebody declined, and at most `at_most` are.

    Obligors of one PD are approved together or not at all, so fewer may be approved; how many is for the caller to
    tell. Raises BadInput for malformed PDs, or a number that is negative or beyond n.
    """
    pds = probabilities("assigned_pd", assigned_pd)
    if not 0 <= at_most <= pds.size:
        raise BadInput(f"Cannot approve {at_most} of {pds.size}.")
    if at_most == pds.size:
        return np.ones(pds.size, dtype=np.bool_)
    # The first who does not fit any more: everybody below that PD is approved, nobody at it.
    return np.asarray(pds < np.partition(pds, at_most)[at_most], dtype=np.bool_)
