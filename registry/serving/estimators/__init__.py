"""Native estimators behind two functions. Nothing else in the product touches their libraries to score.

The file's name in the artefact says the library. None of them runs code that the file brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from mrm.lib.errors import Unavailable
from registry.serving.manifest import LIGHTGBM, XGBOOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class Estimator(Protocol):
    """Log-odds of one outcome on one thread. Safe to share between threads."""

    @property
    def column_names(self) -> tuple[str, ...] | None:
        """The columns it was trained on, as its library writes them; None where it learned none."""
        ...

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-odds of default, (rows, features) to (rows,)."""
        ...

    def explain(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Margins (rows,) and contributions (rows, features + 1), the last column being the bias."""
        ...


@dataclass(frozen=True)
class Format:
    """A kind of file: its library, and how that library attributes a margin to features."""

    library: str
    method: str


FORMATS: Final[Mapping[str, Format]] = {
    LIGHTGBM: Format("lightgbm", "lightgbm-path-dependent-treeshap"),
    XGBOOST: Format("xgboost", "xgboost-path-dependent-treeshap"),
}


def open_estimator(name: str, buffer: bytes, features: int) -> Estimator:
    """The estimator in a verified buffer. ArtifactRefused when it is not one that can be served as its author meant
    it, Unavailable when its library does not work on this machine."""
    try:
        if name == LIGHTGBM:
            from registry.serving.estimators.lightgbm_trees import LightGBMTrees

            return LightGBMTrees(buffer, features)
        from registry.serving.estimators.xgboost_trees import XGBoostTrees

        return XGBoostTrees(buffer, features)
    except OSError:
        raise Unavailable(
            f"{FORMATS[name].library} cannot be loaded on this machine. It needs the OpenMP runtime (package libgomp1)."
        ) from None
