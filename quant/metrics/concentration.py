"""Do the obligors gather in few grades, more than they did?"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from quant.arrays import finite
from quant.errors import BadInput, NotMeasurable


@dataclass(frozen=True, slots=True)
class Concentration:
    """Coefficient of variation of the grade shares, and the Herfindahl index scaled to [0, 1]."""

    cv: float
    herfindahl: float
    grades: int
    total: float


@dataclass(frozen=True, slots=True)
class ConcentrationChange:
    """One-sided: a small p says that concentration has grown."""

    initial: Concentration
    current: Concentration
    z: float
    p_value: float


def concentration(weights: npt.ArrayLike) -> Concentration:
    """CV = √(K·Σ(R−1/K)²), HI = 1 + ln((CV²+1)/K)/ln K. weights:
    (K,) obligors or exposure per grade. Source: ECB 2019.

    Raises BadInput for negative weights, NotMeasurable for a single grade or an empty portfolio.
    """
    held = finite("weights", weights)
    if held.min() < 0:
        raise BadInput("Cannot measure concentration: a grade has a negative weight.")
    if held.size < 2 or not held.any():
        raise NotMeasurable("Cannot measure concentration: it needs two grades or more and an obligor.")
    k, shares = held.size, held / held.sum()
    cv = sqrt(k * float(np.sum((shares - 1 / k) ** 2)))
    return Concentration(cv, 1 + log((cv**2 + 1) / k) / log(k), k, float(held.sum()))


def concentration_change(initial: npt.ArrayLike, current: npt.ArrayLike) -> ConcentrationChange:
    """z = √(K−1)·(CV_cur−CV_init)/√(CV_cur²(½+CV_cur²)), p = 1 − Φ(z). Both are (K,) over the same grades.

    Raises NotMeasurable where the current portfolio is spread evenly: its CV has no variance.
    """
    before, after = concentration(initial), concentration(current)
    if before.grades != after.grades:
        raise BadInput(f"Cannot compare {before.grades} grades with {after.grades}. Use the same grades.")
    if after.cv == 0:
        raise NotMeasurable(
            "Cannot test concentration: the current portfolio is spread evenly over the grades."
        )
    z = sqrt(after.grades - 1) * (after.cv - before.cv) / sqrt(after.cv**2 * (0.5 + after.cv**2))
    return ConcentrationChange(before, after, z, float(special.ndtr(-z)))
