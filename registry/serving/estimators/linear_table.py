"""A logistic regression as a table of its numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical
from quant.estimators.linear import Linear
from quant.features import plain
from quant.features.precision import to_float32
from registry.serving.estimators import Learned, Size
from registry.serving.estimators.tables import numbers, read, refuse_other_columns, texts
from registry.serving.manifest import LINEAR

_SHAPE = frozenset({"intercept", "weights", "centres"})


class LinearTable:
    """Read from a verified buffer. Float64 margins are rounded to float32 once, as every margin here."""

    column_names: tuple[str, ...] | None = None

    def __init__(self, buffer: bytes, features: int) -> None:
        self._linear = read(LINEAR, buffer, _SHAPE, _made)
        refuse_other_columns(len(self._linear.weights), features)
        self.size = Size(Learned.NUMBERS, len(self._linear.weights) + 1)

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        return to_float32(self._linear.margins(matrix))

    def explain(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.margins(matrix), to_float32(self._linear.explain(matrix))


def content(linear: Linear) -> bytes:
    """The bytes that `LinearTable` reads back."""
    return canonical.dumps(
        {
            "intercept": canonical.number(linear.intercept),
            "weights": texts(linear.weights),
            "centres": texts(linear.centres),
        }
    )


def _made(told: Mapping[str, object]) -> Linear:
    return Linear(
        intercept=plain.decimal(told["intercept"], "intercept"),
        weights=numbers(told["weights"], "weights"),
        centres=numbers(told["centres"], "centres"),
    )
