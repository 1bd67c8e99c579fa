"""Rating grades and score points: frozen bounds, a linear scale, and rounding that adds up."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput, NotMeasurable
from quant.estimators.calibration import Calibration


@dataclass(frozen=True)
class Grades:
    """Grade 1 is the best. Grade g holds bounds[g−2] ≤ PD < bounds[g−1]; `pds` are frozen at development."""

    bounds: tuple[float, ...]
    pds: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.pds) != len(self.bounds) + 1 or not self.bounds:
            raise BadInput("K grades need K−1 bounds and K PDs, K at least 2.")
        if any(low >= high for low, high in pairwise(self.bounds)):
            raise BadInput("The bounds of grades must rise.")
        if any(not 0.0 < pd < 1.0 for pd in self.pds):
            raise BadInput("The PD of a grade lies between 0 and 1.")

    def grade(self, pd: float) -> int:
        return bisect_right(self.bounds, pd) + 1

    def grades(self, pds: NDArray[np.float64]) -> NDArray[np.int64]:
        """Shape (rows,) to (rows,), the same as `grade` row by row."""
        return np.searchsorted(np.array(self.bounds), pds, side="right").astype(np.int64) + 1


def freeze_grades(pds: NDArray[np.float64], count: int) -> Grades:
    """Grades with bounds at the quantiles of development PDs (shape (rows,)) and the mean PD within each.

    Raises NotMeasurable when there are too few distinct PDs to fill every grade.
    """
    bounds = quantile_bounds(pds, count)
    places = np.searchsorted(np.array(bounds), pds, side="right")
    members = [pds[places == place] for place in range(count)]
    if any(len(group) == 0 for group in members):
        raise NotMeasurable(f"Too few distinct PDs for {count} grades.")
    return Grades(bounds=bounds, pds=tuple(math.fsum(group) / len(group) for group in members))


def quantile_bounds(values: NDArray[np.float64], count: int) -> tuple[float, ...]:
    """The count−1 inner quantile bounds of values (rows,); NotMeasurable when two of them are equal."""
    quantiles = np.quantile(values, np.arange(1, count) / count)
    bounds = tuple(float(bound) for bound in quantiles)
    if any(low >= high for low, high in pairwise(bounds)):
        raise NotMeasurable(f"Too few distinct values for {count} bands.")
    return bounds


@dataclass(frozen=True)
class PointsScale:
    """points = offset + slope · margin, exactly linear in the raw margin; slope is negative."""

    offset: float
    slope: float

    def points(self, margin: float) -> float:
        return self.offset + self.slope * margin


def points_scale(calibration: Calibration, *, points: float, odds: float, double: float) -> PointsScale:
    """The scale with `points` at good:bad `odds` of the calibrated PD and `double` points per doubling."""
    factor = double / math.log(2.0)
    return PointsScale(
        offset=points - factor * (math.log(odds) + calibration.intercept),
        slope=-factor * calibration.slope,
    )


def round_to_total(parts: Sequence[float], total: int) -> tuple[int, ...]:
    """Integers near `parts` that add up to `total` (largest remainder; ties go to the earlier part).

    Raises BadInput when `total` is not a rounding of the sum, as no fair rounding then exists.
    """
    floors = [math.floor(part) for part in parts]
    missing = total - sum(floors)
    if not 0 <= missing <= len(parts):
        raise BadInput(f"{total} is not a rounding of the sum of {len(parts)} parts.")
    order = sorted(range(len(parts)), key=lambda place: (floors[place] - parts[place], place))
    raised = set(order[:missing])
    return tuple(floor + (place in raised) for place, floor in enumerate(floors))
