"""Inputs made worse on purpose: noise as wide as a share of their own spread, and shifts by a factor."""

from dataclasses import dataclass

import numpy as np

from quant.arrays import Floats


@dataclass(frozen=True, slots=True)
class Domain:
    """What a value may be: an end of the range on either side, and whether it is a whole number."""

    minimum: float
    maximum: float
    is_whole: bool

    def nearest(self, values: Floats) -> Floats:
        """The nearest values that the field takes; missing ones stay missing."""
        inside = np.clip(values, self.minimum, self.maximum)
        return np.rint(inside) if self.is_whole else inside


def noisy(values: Floats, *, size: float, domain: Domain, rng: np.random.Generator) -> Floats:
    """Gaussian noise whose deviation is `size` times the interquartile range of the values, kept in the domain. values:
    (n,), NaN where missing. A column without spread between its quartiles is left as it is."""
    low, high = np.nanquantile(values, [0.25, 0.75]) if not np.isnan(values).all() else (0.0, 0.0)
    drawn = rng.standard_normal(values.size)
    return domain.nearest(values + size * (high - low) * drawn) if high > low else values


def shifted(values: Floats, *, factor: float, domain: Domain) -> Floats:
    """Every value times the factor, kept in the domain."""
    return domain.nearest(values * factor)
