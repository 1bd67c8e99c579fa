"""Plain numbers that a fit has left: what a step needs to be applied to one row or to a table."""

import math
from dataclasses import dataclass
from itertools import pairwise

from quant.features.plain import SchemaFault

MOST_CENTRES = 500


@dataclass(frozen=True)
class Lookup:
    """A value for each category (codes, or places of groups) and for every other one. `missing` None: a missing
    category stays missing."""

    values: tuple[tuple[int, float], ...]
    otherwise: float
    missing: float | None

    def __post_init__(self) -> None:
        if not self.values or len(dict(self.values)) != len(self.values):
            raise SchemaFault("A lookup needs its categories, each once.")


@dataclass(frozen=True)
class Bins:
    """K−1 rising inner edges, K values and one for missing (None: stays so). A value at an edge belongs to the bin
    above it."""

    edges: tuple[float, ...]
    values: tuple[float, ...]
    missing: float | None

    def __post_init__(self) -> None:
        if len(self.values) != len(self.edges) + 1 or any(low >= high for low, high in pairwise(self.edges)):
            raise SchemaFault("K bins need K−1 rising edges and K values.")


@dataclass(frozen=True)
class Fill:
    """What stands for a missing value."""

    value: float


@dataclass(frozen=True)
class Scale:
    """(value − centre) / spread."""

    centre: float
    spread: float

    def __post_init__(self) -> None:
        if self.spread <= 0.0:
            raise SchemaFault("A spread must be positive.")


@dataclass(frozen=True)
class Neighbours:
    """Cluster centres of complete rows, the filled column first; `spreads` of the other columns, by which their
    differences are divided. `otherwise` stands where every other column is missing too."""

    k: int
    spreads: tuple[float, ...]
    centres: tuple[tuple[float, ...], ...]
    otherwise: float

    def __post_init__(self) -> None:
        width = len(self.spreads) + 1
        if not self.spreads or min(self.spreads) <= 0.0 or any(len(row) != width for row in self.centres):
            raise SchemaFault("Centres need a value for each column, and each distance a positive spread.")
        if not 1 <= self.k <= len(self.centres) <= MOST_CENTRES:
            raise SchemaFault(f"Neighbours need 1 to {MOST_CENTRES} centres and k among them.")


Fitted = Lookup | Bins | Fill | Scale | Neighbours


def refuse_strange(fitted: Fitted) -> None:
    """SchemaFault for infinities and for numbers that are none."""
    if not all(math.isfinite(value) for value in _numbers(fitted)):
        raise SchemaFault("A fitted table holds finite numbers only.")


def _numbers(fitted: Fitted) -> tuple[float, ...]:
    if isinstance(fitted, Lookup):
        return (*(value for _, value in fitted.values), fitted.otherwise, fitted.missing or 0.0)
    if isinstance(fitted, Bins):
        return (*fitted.edges, *fitted.values, fitted.missing or 0.0)
    if isinstance(fitted, Fill):
        return (fitted.value,)
    if isinstance(fitted, Scale):
        return (fitted.centre, fitted.spread)
    return (*fitted.spreads, *(value for row in fitted.centres for value in row), fitted.otherwise)
