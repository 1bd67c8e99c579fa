"""The native XGBoost booster behind two functions. Nothing else in the product touches it to score."""

import json
import re

import numpy as np
import xgboost
from numpy.typing import NDArray

from registry.serving.manifest import ArtifactRefused

_OBJECTIVE = "binary:logistic"
# XGBoost's messages begin with the time and the place in its source; neither helps who reads the refusal.
_PREFIX = re.compile(r"^\[[0-9:]+\] \S+:[0-9]+: ")


class Estimator:
    """A booster loaded from a verified buffer, one thread, margins and contributions in float32."""

    def __init__(self, buffer: bytes, features: int) -> None:
        xgboost.set_config(verbosity=0)
        booster = xgboost.Booster({"nthread": 1})
        try:
            booster.load_model(bytearray(buffer))
            booster.set_param({"nthread": 1})
            found = booster.num_features()
        except (xgboost.core.XGBoostError, ValueError, UnicodeDecodeError, KeyError) as error:
            raise ArtifactRefused(
                f"The artefact was refused: XGBoost cannot read it ({_words(error)})."
            ) from None
        if found != features:
            raise ArtifactRefused(
                f"The artefact was refused: the estimator has {found} features, the tables make {features}."
            )
        self._booster = booster
        self._features = features

    def objective(self) -> str:
        """The objective the booster was trained for; only log-odds of one outcome are served."""
        return str(json.loads(self._booster.save_config())["learner"]["objective"]["name"])

    def check(self) -> None:
        if self.objective() != _OBJECTIVE:
            raise ArtifactRefused(f"The artefact was refused: only {_OBJECTIVE} is served.")

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-odds of default, (rows, features) to (rows,)."""
        made = self._booster.predict(self._data(matrix), output_margin=True, validate_features=False)
        return np.asarray(made, dtype=np.float32)

    def explain(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Margins (rows,) and contributions (rows, features + 1), the last column being the bias."""
        prepared = self._data(matrix)
        margins = self._booster.predict(prepared, output_margin=True, validate_features=False)
        contributions = self._booster.predict(prepared, pred_contribs=True, validate_features=False)
        return np.asarray(margins, dtype=np.float32), np.asarray(contributions, dtype=np.float32)

    def _data(self, matrix: NDArray[np.float32]) -> xgboost.DMatrix:
        return xgboost.DMatrix(matrix, nthread=1)


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return _PREFIX.sub("", lines[0])[:160] if lines else "no reason given"
