"""A small neural network of one hidden layer, and its attributions by sampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput

Matrix = NDArray[np.float32] | NDArray[np.float64]
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Network:
    """margin = intercept + Σ output · max(0, offset + Σ weight · (value − centre) / spread).

    `weights` has a row for each column and an entry for each hidden unit. `centres` is also the reference population of
    the attributions; `seed` draws the `permutations` orders, half of them, whose reverses are the other half.
    """

    centres: Numbers
    spreads: Numbers
    weights: tuple[Numbers, ...]
    offsets: Numbers
    outputs: Numbers
    intercept: float
    permutations: int
    seed: int

    def __post_init__(self) -> None:
        columns, hidden = len(self.centres), len(self.offsets)
        if not columns or not hidden or len(self.outputs) != hidden or len(self.spreads) != columns:
            raise BadInput(
                "A network has a centre and a spread for each column, an offset and an output for each unit."
            )
        if len(self.weights) != columns or any(len(row) != hidden for row in self.weights):
            raise BadInput("A network has a weight for each column and each hidden unit.")
        told = [
            *self.centres,
            *self.spreads,
            *self.offsets,
            *self.outputs,
            self.intercept,
            *sum(self.weights, ()),
        ]
        if not np.isfinite(told).all() or min(self.spreads) <= 0.0:
            raise BadInput("The numbers of a network are finite, and its spreads positive.")
        if not 2 <= self.permutations <= 512 or self.permutations % 2:
            raise BadInput("A network is explained by an even number of orders, 2 to 512.")

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Log-odds (rows,) of rows (rows, columns). Summed column by column and unit by unit, so a row has the same
        bits alone and in a table."""
        inner = np.tile(np.array(self.offsets), (len(matrix), 1))
        for place, term in enumerate(self._scaled(matrix).T):
            inner += term[:, None] * np.array(self.weights[place])
        return self._out(inner)

    def explain(self, matrix: Matrix) -> NDArray[np.float64]:
        """Attributions (rows, columns + 1), the bias last. What the margin moves when one column after the other goes
        from its centre to its value, the mean over the orders: they add up exactly but for rounding, and estimate the
        Shapley values (Castro, Gómez and Tejada 2009)."""
        terms = [
            term[:, None] * np.array(self.weights[place]) for place, term in enumerate(self._scaled(matrix).T)
        ]
        start = np.tile(np.array(self.offsets), (len(matrix), 1))
        bias = self._out(start)
        made = np.zeros((len(matrix), len(terms) + 1))
        for order in self._orders():
            inner, before = start.copy(), bias
            for place in order:
                inner += terms[place]
                after = self._out(inner)
                made[:, place] += after - before
                before = after
        made /= self.permutations
        made[:, -1] = bias
        return made

    def _scaled(self, matrix: Matrix) -> NDArray[np.float64]:
        wide = np.asarray(matrix, dtype=np.float64)
        return np.asarray((wide - np.array(self.centres)) / np.array(self.spreads))

    def _out(self, inner: NDArray[np.float64]) -> NDArray[np.float64]:
        products = np.maximum(inner, 0.0) * np.array(self.outputs)
        return np.asarray(self.intercept + np.add.accumulate(products, axis=1)[:, -1])

    def _orders(self) -> list[list[int]]:
        draw = np.random.default_rng(self.seed)
        forward = [draw.permutation(len(self.centres)).tolist() for _ in range(self.permutations // 2)]
        return forward + [order[::-1] for order in forward]
