"""LightGBM's boosted trees in its own text."""

from __future__ import annotations

import re
from typing import Final

import lightgbm
import numpy as np
from numpy.typing import NDArray

from registry.serving.estimators import Learned, Size, lightgbm_text
from registry.serving.manifest import ArtifactRefused

# With another slope the raw prediction is not the log-odds.
_OBJECTIVE: Final = "binary sigmoid:1"
_UNNAMED: Final = re.compile(r"Column_[0-9]+")


class LightGBMTrees:
    """A booster loaded from a verified buffer whose trees were read before it was. Its float64 margins are rounded to
    float32 once, as every margin here."""

    def __init__(self, buffer: bytes, features: int) -> None:
        try:
            text = lightgbm_text.read(buffer)
        except lightgbm_text.TextFault as fault:
            raise ArtifactRefused(f"The artefact was refused: the estimator {fault}.") from None
        if len(text.columns) != features:
            raise ArtifactRefused(
                f"The artefact was refused: the estimator has {len(text.columns)} features, the tables make {features}."
            )
        if text.objective != _OBJECTIVE:
            raise ArtifactRefused(f"The artefact was refused: only {_OBJECTIVE} is served.")
        self._columns = text.columns
        try:
            self._booster = lightgbm.Booster(model_str=buffer.decode("utf-8"))
        except (lightgbm.basic.LightGBMError, ValueError) as error:
            raise ArtifactRefused(
                f"The artefact was refused: LightGBM cannot read it ({str(error)[:160]})."
            ) from None
        if self._booster.num_trees() != len(text.trees):
            raise ArtifactRefused("The artefact was refused: LightGBM reads other trees in it than it holds.")
        self.size = Size(Learned.TREES, len(text.trees))

    @property
    def column_names(self) -> tuple[str, ...] | None:
        if all(map(_UNNAMED.fullmatch, self._columns)):
            return None
        return self._columns

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(self._booster.predict(matrix, raw_score=True, num_threads=1), dtype=np.float32)

    def explain(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        contributions = self._booster.predict(matrix, pred_contrib=True, num_threads=1)
        return self.margins(matrix), np.asarray(contributions, dtype=np.float32)
