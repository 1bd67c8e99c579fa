"""How obligors move between grades: the bandwidth of the matrix and its fall away from the diagonal."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from quant.arrays import Floats, counts
from quant.errors import BadInput, NotMeasurable


@dataclass(frozen=True, slots=True)
class MigrationCell:
    """Cell (row, column), counted from 1, against its neighbour towards the diagonal. A small p is bad.

    z and p are None where the two cells leave no variance.
    """

    row: int
    column: int
    z: float | None
    p_value: float | None


@dataclass(frozen=True, slots=True)
class Migration:
    """Bandwidths in [0, 1]; None where nobody moved in that direction."""

    upper: float | None
    lower: float | None
    cells: tuple[MigrationCell, ...]
    n: int


def migration(matrix: npt.ArrayLike) -> Migration:
    """Matrix-weighted bandwidth and z per off-diagonal cell.
    matrix: (K, K) counts from row to column. Source: ECB 2019.

    Raises BadInput for a matrix that is not square or not of
    counts, NotMeasurable where a starting grade is empty.
    """
    table = _square(matrix)
    sizes = table.sum(axis=1)
    if not sizes.all():
        raise NotMeasurable(
            "Cannot read the migration matrix: a starting grade is empty. Merge it with its neighbour."
        )
    shares = table / sizes[:, None]
    return Migration(
        upper=_bandwidth(np.triu(shares, 1), sizes),
        lower=_bandwidth(np.tril(shares, -1), sizes),
        cells=_cells(shares, sizes),
        n=int(sizes.sum()),
    )


def _square(matrix: npt.ArrayLike) -> Floats:
    raw = np.asarray(matrix)
    if raw.ndim != 2 or raw.shape[0] != raw.shape[1] or raw.shape[0] < 2:
        raise BadInput(
            f"Cannot read a migration matrix of shape {raw.shape}: it is square, with two grades or more."
        )
    return counts("matrix", raw.ravel()).reshape(raw.shape).astype(np.float64)


def _bandwidth(moved: Floats, sizes: Floats) -> float | None:
    grade = np.arange(sizes.size)
    steps = np.abs(grade[:, None] - grade[None, :])
    farthest = np.maximum(sizes.size - 1 - grade, grade)
    most = float(np.sum(farthest * sizes * moved.sum(axis=1)))
    return float(np.sum(steps * sizes[:, None] * moved)) / most if most else None


def _cells(shares: Floats, sizes: Floats) -> tuple[MigrationCell, ...]:
    k = sizes.size
    return tuple(
        _cell(row, column, shares, float(sizes[row]))
        for row in range(k)
        for column in range(k)
        if row != column
    )


def _cell(row: int, column: int, shares: Floats, size: float) -> MigrationCell:
    here = float(shares[row, column])
    inner = float(shares[row, column + 1 if column < row else column - 1])
    variance = (here * (1 - here) + inner * (1 - inner) + 2 * here * inner) / size
    if variance == 0:
        return MigrationCell(row + 1, column + 1, None, None)
    z = (inner - here) / sqrt(variance)
    return MigrationCell(row + 1, column + 1, z, float(special.ndtr(z)))
