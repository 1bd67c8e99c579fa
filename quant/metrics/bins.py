"""Bins frozen on a reference sample and applied unchanged to every later one."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from quant.arrays import Floats, Ints, Labels, finite, numbers
from quant.errors import BadInput, NotMeasurable
from quant.scalars import share

MISSING = "missing"
UNSEEN = "unseen"


class FrozenBins(Protocol):
    """What a stability measure needs: reference counts, names, and a way to count another sample alike."""

    @property
    def counts(self) -> tuple[int, ...]: ...
    @property
    def floor(self) -> float: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def count(self, values: npt.ArrayLike) -> Ints: ...


@dataclass(frozen=True, slots=True)
class Bins:
    """Numeric bins (−∞, e₁], (e₁, e₂], …, (e_k, ∞) and, last, one for missing values.

    `counts` are those of the reference. `floor` is the smallest share that a logarithm may see: a smaller
    share, an empty bin above all, is raised to it, and the shares are not rescaled afterwards.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    floor: float

    @property
    def names(self) -> tuple[str, ...]:
        ends = ["−∞", *(f"{edge:g}" for edge in self.edges), "∞"]
        ranges = [f"({low}, {high}]" for low, high in pairwise(ends)]
        return (*ranges[:-1], ranges[-1].replace("∞]", "∞)"), MISSING)

    def count(self, values: npt.ArrayLike) -> Ints:
        """Counts of (n,) values per bin, missing last: (bins,)."""
        return _count_numbers(numbers("values", values), np.asarray(self.edges, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Levels:
    """Categories of the reference, then a bin for levels it never held and, last, one for missing values."""

    levels: tuple[str, ...]
    counts: tuple[int, ...]
    floor: float

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.levels, UNSEEN, MISSING)

    def count(self, values: npt.ArrayLike) -> Ints:
        """Counts of (n,) values per level, unseen and missing last: (levels + 2,)."""
        return _count_levels(values, np.asarray(self.levels, dtype=np.str_))


def freeze_bins(reference: npt.ArrayLike, *, bins: int, floor: float) -> Bins:
    """At most `bins` quantile bins; ties make fewer. reference:
    (n,), NaN = missing. All missing is NotMeasurable.
    """
    values = numbers("reference", reference)
    present = values[~np.isnan(values)]
    if not present.size:
        raise NotMeasurable("Cannot form bins: every value of the reference is missing.")
    edges = quantile_edges(present, bins)
    return Bins(tuple(edges.tolist()), tuple(_count_numbers(values, edges).tolist()), share("floor", floor))


def freeze_levels(reference: npt.ArrayLike, *, floor: float) -> Levels:
    """One bin per category. reference: (n,) of text, numbers or None; 1 and 1.0 are the same category, 0 and −0 too."""
    found = _distinct(reference)
    return Levels(
        tuple(found.names.tolist()), (*found.sizes.tolist(), 0, found.missing), share("floor", floor)
    )


def quantile_edges(values: npt.ArrayLike, bins: int) -> Floats:
    """Inner edges of at most `bins` quantile bins, increasing,
    all below the maximum so that no bin starts out empty.
    """
    if bins < 2:
        raise BadInput(f"Cannot form {bins} bins: at least two are needed.")
    present = finite("values", values)
    inner = np.quantile(present, np.arange(1, bins) / bins, method="inverted_cdf")
    edges = np.unique(inner)
    return np.asarray(edges[edges < present.max()], dtype=np.float64)


def assign(values: Floats, edges: Floats) -> Ints:
    """Number of the bin of each value; bins are open on the left and closed on the right."""
    return np.searchsorted(edges, values, side="left").astype(np.int64)


def _count_numbers(values: Floats, edges: Floats) -> Ints:
    missing = np.isnan(values)
    inside = np.bincount(assign(values[~missing], edges), minlength=edges.size + 1)
    return np.append(inside, missing.sum()).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Distinct:
    """The categories that occur, sorted, and how often; how many values are missing."""

    names: Labels
    sizes: Ints
    missing: int


def _count_levels(values: npt.ArrayLike, levels: Labels) -> Ints:
    found = _distinct(values)
    known = np.isin(found.names, levels)
    inside = np.zeros(levels.size, dtype=np.int64)
    inside[np.searchsorted(levels, found.names[known])] = found.sizes[known]
    return np.append(inside, [found.sizes[~known].sum(), found.missing]).astype(np.int64)


def _distinct(values: npt.ArrayLike) -> _Distinct:
    """Numbers are counted before they are spelled: a million of them are a handful of categories."""
    import pandas as pd

    raw = np.asarray(values)
    if raw.ndim != 1 or not raw.size:
        raise BadInput("Cannot count categories: pass a non-empty array of one dimension.")
    missing = np.asarray(pd.isna(raw), dtype=np.bool_)
    if raw.dtype.kind not in "biuf":
        names, sizes = np.unique(raw.astype(np.str_)[~missing], return_counts=True)
        return _Distinct(names, sizes.astype(np.int64), int(missing.sum()))
    place, found = pd.factorize(raw.astype(np.float64))
    names = np.char.mod("%.17g", found + 0.0)
    sizes = np.bincount(place[place >= 0], minlength=names.size)
    order = np.argsort(names)
    return _Distinct(names[order], sizes[order].astype(np.int64), int(missing.sum()))
