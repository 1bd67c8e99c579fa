"""Do the obligors gather in few grades, more than they did?"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from quant.arrays import Floats, Ints, counts, finite
from quant.errors import BadInput, NotMeasurable
from quant.scalars import share


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


@dataclass(frozen=True, slots=True)
class ConcentrationByChance:
    """The current CV against those that chance gives, were the obligors spread as they were; a small p says: more."""

    cv: float
    p_value: float
    draws: int
    n_initial: int
    n_current: int


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

    The test takes the shares of the K grades as K draws and knows nothing of the number of obligors: where the initial
    portfolio is spread evenly, z exceeds √(K−1)/√(½+CV_cur²) however small the growth. `concentration_by_chance` is
    its counterpart. Raises NotMeasurable where the current portfolio is spread evenly: its CV has no variance.
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


def concentration_change_power(cv: float, grades: int, *, alpha: float, factor: float) -> float:
    """Chance that `concentration_change` rejects at α when the CV has grown to factor·CV (normal theory).

    Raises BadInput for a factor of at most 1, NotMeasurable for a CV of 0, of which no multiple is a growth.
    """
    if factor <= 1:
        raise BadInput(f"Cannot take the power against {factor:g} times the CV: the factor must exceed 1.")
    if cv == 0:
        raise NotMeasurable("Cannot take a power: the initial portfolio is spread evenly over the grades.")
    grown = factor * cv
    drift = sqrt(grades - 1) * (grown - cv) / sqrt(grown**2 * (0.5 + grown**2))
    return float(special.ndtr(drift + special.ndtri(share("alpha", alpha))))


def concentration_by_chance(
    initial: npt.ArrayLike, current: npt.ArrayLike, *, seed: int, draws: int = 9_999
) -> ConcentrationByChance:
    """Monte Carlo test of unchanged shares: p = (1 + draws with a CV as high)/(1 + draws). Both are (K,) counts.

    Shares are drawn from Dirichlet(initial), obligors from these shares. That is how later obligors fall into grades
    that were cut at quantiles of the initial ones; for other grades it is the prediction from them, slow to reject
    where they are nearly even. Raises BadInput for counts that do not match, NotMeasurable as `concentration`.
    """
    before, after = counts("initial", initial), counts("current", current)
    found = concentration(after).cv
    if concentration(before).grades != after.size:
        raise BadInput(f"Cannot compare {before.size} grades with {after.size}. Use the same grades.")
    draw = np.random.default_rng(seed)
    weights = draw.standard_gamma(before.astype(np.float64), size=(draws, before.size))
    drawn = draw.multinomial(after.sum(), weights / weights.sum(axis=1, keepdims=True))
    # Equal up to rounding counts as high: the test must not reject by the last bit of a float.
    more = int((_cv(drawn) >= found - 1e-12).sum())
    return ConcentrationByChance(found, (1 + more) / (1 + draws), draws, int(before.sum()), int(after.sum()))


def _cv(drawn: Ints) -> Floats:
    k, shares = drawn.shape[1], drawn / drawn.sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt(k * np.sum((shares - 1 / k) ** 2, axis=1)), dtype=np.float64)
