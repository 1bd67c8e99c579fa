"""What every learner is given."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quant.features.schema import FeatureSchema


@dataclass(frozen=True)
class Learning:
    """`matrix` (rows, features) float32 as the estimator will be given it, `defaults` (rows,) 0 and 1."""

    schema: FeatureSchema
    matrix: NDArray[np.float32]
    defaults: NDArray[np.float64]
    seed: int

    def rows(self, part: NDArray[np.bool_]) -> Learning:
        return replace(self, matrix=self.matrix[part], defaults=self.defaults[part])

    @property
    def signs(self) -> tuple[int, ...]:
        """The declared direction of each feature: −1, 0 or 1."""
        return tuple(int(feature.monotone) for feature in self.schema.features)
