"""Does risk move with each feature as it was declared to, wherever a real applicant stands?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable

Score = Callable[[NDArray[np.float32]], NDArray[np.float32]]
_STEPS = 9


@dataclass(frozen=True)
class Movement:
    """One feature raised step by step while the others stay: `against` of `moves` steps went the wrong way by more than
    the tolerance, the worst by `furthest` log-odds. A constant feature has no steps."""

    name: str
    declared: int
    rows: int
    moves: int
    against: int
    furthest: float


@dataclass(frozen=True)
class Declared:
    """A column of the matrix and how the margin may move when it rises: 1 or −1."""

    name: str
    column: int
    direction: int


def movements(
    matrix: NDArray[np.float32], declared: Sequence[Declared], score: Score, *, tolerance: float
) -> tuple[Movement, ...]:
    """Individual conditional expectations over the quantiles of each column. matrix: (rows, features); `score` maps
    such a matrix to margins (rows,). NotMeasurable where no direction is declared."""
    if not declared:
        raise NotMeasurable("No feature declares a direction: there is nothing to hold the version to.")
    return tuple(_movement(matrix, each, score, tolerance) for each in declared)


def _movement(matrix: NDArray[np.float32], each: Declared, score: Score, tolerance: float) -> Movement:
    grid = _grid(matrix[:, each.column])
    if grid.size < 2:
        return Movement(each.name, each.direction, len(matrix), 0, 0, 0.0)
    margins = np.column_stack([score(_at(matrix, each.column, value)).astype(np.float64) for value in grid])
    # Positive is against the declaration.
    wrong = -each.direction * np.diff(margins, axis=1)
    return Movement(
        name=each.name,
        declared=each.direction,
        rows=len(matrix),
        moves=wrong.size,
        against=int((wrong > tolerance).sum()),
        furthest=float(wrong.max(initial=0.0)),
    )


def _grid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Up to nine distinct values, rising; missing ones are no place to start from."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        return known
    return np.unique(np.quantile(known, np.linspace(0, 1, _STEPS), method="nearest"))


def _at(matrix: NDArray[np.float32], column: int, value: np.float32) -> NDArray[np.float32]:
    changed = matrix.copy()
    changed[:, column] = value
    return changed
