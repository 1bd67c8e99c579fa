"""A small neural network as a table of its numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical
from quant.estimators.network import Network
from quant.features import plain
from quant.features.precision import to_float32
from registry.serving.estimators import Learned, Size
from registry.serving.estimators.tables import numbers, read, refuse_other_columns, texts
from registry.serving.manifest import NETWORK

_LISTS = ("centres", "spreads", "offsets", "outputs")
_SHAPE = frozenset({*_LISTS, "weights", "intercept", "permutations", "seed"})


class NetworkTable:
    """Read from a verified buffer. Float64 margins are rounded to float32 once, as every margin here."""

    column_names: tuple[str, ...] | None = None

    def __init__(self, buffer: bytes, features: int) -> None:
        self._network = read(NETWORK, buffer, _SHAPE, _made)
        refuse_other_columns(len(self._network.centres), features)
        hidden = len(self._network.offsets)
        # Of each unit its weights, an offset and an output; one intercept.
        self.size = Size(Learned.NUMBERS, hidden * (features + 2) + 1)

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        return to_float32(self._network.margins(matrix))

    def explain(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.margins(matrix), to_float32(self._network.explain(matrix))


def content(network: Network) -> bytes:
    """The bytes that `NetworkTable` reads back."""
    return canonical.dumps(
        {
            **{name: texts(getattr(network, name)) for name in _LISTS},
            "weights": [texts(row) for row in network.weights],
            "intercept": canonical.number(network.intercept),
            "permutations": network.permutations,
            "seed": network.seed,
        }
    )


def _made(told: Mapping[str, object]) -> Network:
    return Network(
        centres=numbers(told["centres"], "centres"),
        spreads=numbers(told["spreads"], "spreads"),
        weights=tuple(numbers(row, "weights") for row in plain.items(told["weights"], "weights")),
        offsets=numbers(told["offsets"], "offsets"),
        outputs=numbers(told["outputs"], "outputs"),
        intercept=plain.decimal(told["intercept"], "intercept"),
        permutations=plain.integer(told["permutations"], "permutations"),
        seed=plain.integer(told["seed"], "seed"),
    )
