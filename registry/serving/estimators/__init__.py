"""Estimators behind two functions: trees in their libraries' own formats, others as plain tables. Nothing else in the
product touches those libraries to score.

The file's name in the artefact says the library. None of them runs code that the file brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from mrm.lib.errors import Unavailable
from registry.serving.manifest import LIGHTGBM, LINEAR, NETWORK, XGBOOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class Learned(StrEnum):
    """What an estimator is made of."""

    TREES = "trees"
    NUMBERS = "numbers"


@dataclass(frozen=True)
class Size:
    """How much was learned: boosted trees, or the fitted numbers of a table (coefficients, weights and intercepts)."""

    learned: Learned
    count: int


class Estimator(Protocol):
    """Log-odds of one outcome on one thread. Safe to share between threads."""

    @property
    def column_names(self) -> tuple[str, ...] | None:
        """The columns it was trained on, as its library writes them; None where it learned none."""
        ...

    @property
    def size(self) -> Size: ...

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-odds of default, (rows, features) to (rows,)."""
        ...

    def explain(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Margins (rows,) and contributions (rows, features + 1), the last column being the bias."""
        ...


@dataclass(frozen=True)
class Format:
    """A kind of file: the library whose arithmetic it is, how a margin is attributed to features and against which
    reference population. Attributions by sampling take too long for an answer in real time."""

    library: str
    method: str
    reference: str = "training-cover"
    is_sampled: bool = False

    @property
    def attribution(self) -> Mapping[str, str]:
        """The table attribution.json of an artefact."""
        return {"method": self.method, "reference": self.reference}


_MEANS: Final = "training-means"
FORMATS: Final[Mapping[str, Format]] = {
    LIGHTGBM: Format("lightgbm", "lightgbm-path-dependent-treeshap"),
    LINEAR: Format("numpy", "linear-shapley", _MEANS),
    NETWORK: Format("numpy", "permutation-sampling", _MEANS, is_sampled=True),
    XGBOOST: Format("xgboost", "xgboost-path-dependent-treeshap"),
}
# What has no place for a missing value.
COMPLETE_ONLY: Final = frozenset({LINEAR, NETWORK})


def open_estimator(name: str, buffer: bytes, features: int) -> Estimator:
    """The estimator in a verified buffer. ArtifactRefused when it is not one that can be served as its author meant
    it, Unavailable when its library does not work on this machine."""
    try:
        if name == LIGHTGBM:
            from registry.serving.estimators.lightgbm_trees import LightGBMTrees

            return LightGBMTrees(buffer, features)
        if name == LINEAR:
            from registry.serving.estimators.linear_table import LinearTable

            return LinearTable(buffer, features)
        if name == NETWORK:
            from registry.serving.estimators.network_table import NetworkTable

            return NetworkTable(buffer, features)
        from registry.serving.estimators.xgboost_trees import XGBoostTrees

        return XGBoostTrees(buffer, features)
    except OSError:
        raise Unavailable(
            f"{FORMATS[name].library} cannot be loaded on this machine. It needs the OpenMP runtime (package libgomp1)."
        ) from None
