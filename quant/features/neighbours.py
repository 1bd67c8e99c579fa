"""A missing value from the nearest centres."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quant.features.fitted import Neighbours

_ROWS_AT_ONCE = 2000


class Nearest:
    """Centres as arrays. Nothing changes after it was made.

    The distance of a row to a centre is the sum over the present columns of ((value − centre) / spread)², added in
    the order of the columns; the nearest k (the earlier centre first where they tie) are added in that order and
    divided by k. Everything is element by element, so rows do not depend on their neighbours in a table.
    """

    def __init__(self, table: Neighbours) -> None:
        centres = np.array(table.centres, dtype=np.float64)
        self._filled = np.ascontiguousarray(centres[:, 0])
        self._others = [np.ascontiguousarray(column) for column in centres[:, 1:].T]
        self._spreads = table.spreads
        self._k = table.k
        self._otherwise = table.otherwise

    def value(self, told_by: Sequence[float]) -> float:
        """The value of one row, by the same sums in the same order as `values`, and several times quicker."""
        distance = np.zeros(len(self._filled))
        is_told = False
        with np.errstate(over="ignore", invalid="ignore"):
            for value, centres, spread in zip(told_by, self._others, self._spreads, strict=True):
                if math.isnan(value):
                    continue
                is_told = True
                step = (value - centres) / spread
                step *= step
                distance += step
        if not is_told:
            return self._otherwise
        total = 0.0
        for centre in distance.argsort(kind="stable")[: self._k].tolist():
            total += float(self._filled[centre])
        return total / self._k

    def values(self, told_by: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Values (rows,) for rows whose own is missing; `told_by` are the other columns (rows,), NaN for missing."""
        rows = len(told_by[0])
        made = np.empty(rows)
        for start in range(0, rows, _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            made[part] = self._some([column[part] for column in told_by])
        return made

    def _some(self, told_by: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        distance = np.zeros((len(told_by[0]), len(self._filled)))
        present = np.zeros(len(told_by[0]), dtype=np.bool_)
        for column, centres, spread in zip(told_by, self._others, self._spreads, strict=True):
            known = ~np.isnan(column)
            if not known.any():
                continue
            present |= known
            step = (column[:, None] - centres) / spread
            step *= step
            if not known.all():
                step[~known] = 0.0
            distance += step
        nearest = np.argsort(distance, axis=1, kind="stable")[:, : self._k]
        total = np.zeros(len(distance))
        for rank in range(self._k):
            total += self._filled[nearest[:, rank]]
        return np.where(present, total / self._k, self._otherwise)
