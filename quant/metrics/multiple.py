"""Several tests read together. The family is named, raw and adjusted p-values stand side by side."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from quant.arrays import Floats, probabilities


class Correction(StrEnum):
    """Holm bounds the chance of any false alarm; Benjamini-Hochberg the share of false alarms."""

    HOLM = "holm"
    BENJAMINI_HOCHBERG = "benjamini_hochberg"


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Adjusted p-values in the order of the raw ones; compare them with α directly."""

    family: str
    correction: Correction
    raw: tuple[float, ...]
    adjusted: tuple[float, ...]

    @property
    def n(self) -> int:
        return len(self.raw)


def holm(p_values: npt.ArrayLike, *, family: str) -> Adjusted:
    """Step-down (Holm 1979): the i-th smallest times (m−i+1), made monotone, at most 1. p_values: (m,)."""
    raw = probabilities("p_values", p_values)
    order = np.argsort(raw, kind="stable")
    scaled = raw[order] * np.arange(raw.size, 0, -1)
    return _adjusted(family, Correction.HOLM, raw, _restore(order, np.maximum.accumulate(scaled)))


def benjamini_hochberg(p_values: npt.ArrayLike, *, family: str) -> Adjusted:
    """Step-up (Benjamini and Hochberg 1995): the i-th smallest
    times m/i, made monotone from above. p_values: (m,).
    """
    raw = probabilities("p_values", p_values)
    order = np.argsort(raw, kind="stable")
    scaled = raw[order] * raw.size / np.arange(1, raw.size + 1)
    monotone = np.minimum.accumulate(scaled[::-1])[::-1]
    return _adjusted(family, Correction.BENJAMINI_HOCHBERG, raw, _restore(order, monotone))


def _restore(order: npt.NDArray[np.intp], ranked: Floats) -> Floats:
    restored = np.empty_like(ranked)
    restored[order] = np.minimum(ranked, 1.0)
    return restored


def _adjusted(family: str, correction: Correction, raw: Floats, adjusted: Floats) -> Adjusted:
    return Adjusted(family, correction, tuple(raw.tolist()), tuple(adjusted.tolist()))
