"""Which grade each client has: by the frozen bounds of a version, or as whoever scored elsewhere gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from validation.sample import Sample


@dataclass(frozen=True)
class Graded:
    """Frozen PDs (K,), grade 1 first, the place of each client in them (rows,), and how many of development each grade
    held (K,): None where that is not known."""

    pds: tuple[float, ...]
    place: NDArray[np.int64]
    development: NDArray[np.int64] | None = None


def is_graded(sample: Sample) -> bool:
    return sample.grades is not None or sample.graded is not None


def graded_of(sample: Sample, why_not: str = "No frozen grades are given.") -> Graded:
    """Raises NotMeasurable without grades, BadInput for PDs that are missing: they belong to no grade."""
    from quant.arrays import probabilities
    from validation.sample import required

    if sample.graded is not None:
        return sample.graded
    grades = required(sample.grades, why_not)
    return Graded(grades.pds, grades.grades(probabilities("PDs", sample.probabilities)) - 1)
