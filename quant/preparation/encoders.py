"""Numbers for categories and for quantile bins. Positive is riskier, as everywhere here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable
from quant.features.fitted import Bins, Lookup
from quant.features.operations import Fit, Method

Column = NDArray[np.float64]
_EDGE_DIGITS = 3


@dataclass(frozen=True)
class _Cells:
    """Rows and defaults of K categories or bins, then of every other value, then of missing ones: (K + 2,)."""

    rows: NDArray[np.float64]
    bads: NDArray[np.float64]


def fit_ordinal(categories: Sequence[int]) -> Lookup:
    """The place of a category in the declared order; −1 for another one, and a missing one stays missing. Looks at no
    row."""
    return Lookup(tuple((code, float(place)) for place, code in enumerate(categories)), -1.0, None)


def fit_lookup(column: Column, defaults: Column, categories: Sequence[int], fit: Fit) -> Lookup:
    """Weight of evidence or target mean per category: `column` (rows,) holds codes or places, NaN for missing,
    `defaults` (rows,) 0 and 1. NotMeasurable with one outcome only."""
    keys = np.array(sorted(categories), dtype=np.float64)
    places = np.minimum(np.searchsorted(keys, column), len(keys) - 1)
    places = np.where(keys[places] == column, places, len(keys))
    values = _values(_count(places, column, defaults, len(keys)), fit)
    listed = tuple((int(key), value) for key, value in zip(keys, values[:-2], strict=True))
    return Lookup(listed, otherwise=values[-2], missing=values[-1])


def fit_bins(column: Column, defaults: Column, fit: Fit) -> Bins:
    """The same per quantile bin. Edges are rounded to three significant digits, so none is an applicant's amount, and
    those that coincide are one."""
    present = column[~np.isnan(column)]
    if not len(present):
        raise NotMeasurable("A column has no value in the training part: it cannot be cut into bins.")
    levels = np.quantile(present, np.arange(1, fit.bins) / fit.bins)
    rounded = sorted({float(f"{level:.{_EDGE_DIGITS - 1}e}") + 0.0 for level in levels})
    # An edge with nothing below it makes an empty bin.
    edges = tuple(edge for edge in rounded if present.min() < edge <= present.max())
    places = np.searchsorted(np.array(edges), column, side="right")
    values = _values(_count(places, column, defaults, len(edges) + 1), fit)
    return Bins(edges, tuple(values[:-2]), missing=values[-1])


def _count(places: NDArray[np.int64], column: Column, defaults: Column, kinds: int) -> _Cells:
    placed = np.where(np.isnan(column), kinds + 1, places)
    rows = np.bincount(placed, minlength=kinds + 2).astype(np.float64)
    bads = np.bincount(placed, weights=defaults, minlength=kinds + 2).astype(np.float64)
    if not 0.0 < bads.sum() < rows.sum():
        raise NotMeasurable("The training part has one outcome only: no encoder can learn from it.")
    return _Cells(rows, bads)


def _values(cells: _Cells, fit: Fit) -> list[float]:
    """A cell without rows stands where the whole population stands."""
    made = _woe(cells, fit.prior) if fit.method is Method.WOE else _means(cells, fit.prior)
    return [float(value) for value in made]


def _woe(cells: _Cells, added: float) -> NDArray[np.float64]:
    """ln of (share of the defaults in the cell / share of the others), `added` to each count of a cell with rows."""
    seen = cells.rows > 0
    kinds = seen.sum()
    bads, goods = cells.bads + added, cells.rows - cells.bads + added
    total_bads = cells.bads.sum() + added * kinds
    total_goods = (cells.rows - cells.bads).sum() + added * kinds
    return np.where(seen, np.log(bads / total_bads) - np.log(goods / total_goods), 0.0)


def _means(cells: _Cells, weight: float) -> NDArray[np.float64]:
    """The default rate of the cell, with `weight` rows of the population's rate added."""
    rate = cells.bads.sum() / cells.rows.sum()
    made: NDArray[np.float64] = (cells.bads + weight * rate) / (cells.rows + weight)
    return made
