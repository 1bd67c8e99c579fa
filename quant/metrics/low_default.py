"""Grades with few defaults or none: how high could their PD be all the same?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from quant.arrays import counts, require_same_length
from quant.errors import BadInput, NotMeasurable
from quant.scalars import share


@dataclass(frozen=True, slots=True)
class UpperPds:
    """The most prudent PD per grade, the best grade first, with the obligors and defaults that it rests on.

    None where neither the grade nor a worse one holds an obligor.
    """

    pds: tuple[float | None, ...]
    pooled_sizes: tuple[int, ...]
    pooled_defaults: tuple[int, ...]
    confidence: float


def upper_pds(sizes: npt.ArrayLike, defaults: npt.ArrayLike, *, confidence: float) -> UpperPds:
    """The PD p of each grade with P(X ≤ D) = 1 − `confidence`, X binomial(N, p); N, D of the grade and all worse.

    sizes, defaults: (K,), grade 1 the best. It rests on the order of the grades (a worse one has no smaller PD) and on
    independent defaults. Raises BadInput for malformed counts, NotMeasurable where nobody is in any grade.
    Source: Pluto and Tasche 2005, the most prudent estimation.
    """
    n, bads = counts("sizes", sizes), counts("defaults", defaults)
    require_same_length(sizes=n, defaults=bads)
    if (bads > n).any():
        raise BadInput("Cannot use the grades: one has more defaults than obligors.")
    if not n.any():
        raise NotMeasurable("Cannot bound any PD: all grades are empty.")
    pooled_n, pooled_bads = np.cumsum(n[::-1])[::-1], np.cumsum(bads[::-1])[::-1]
    level = share("confidence", confidence)
    pairs = zip(pooled_n.tolist(), pooled_bads.tolist(), strict=True)
    pds = tuple(_upper(size, bad, level) for size, bad in pairs)
    return UpperPds(pds, tuple(pooled_n.tolist()), tuple(pooled_bads.tolist()), level)


def _upper(n: int, defaults: int, confidence: float) -> float | None:
    if n == 0:
        return None
    if defaults == n:
        return 1.0
    return float(special.betaincinv(defaults + 1, n - defaults, confidence))
