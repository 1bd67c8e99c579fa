"""XGBoost's boosted trees in UBJSON."""

import json
import re

import numpy as np
import xgboost
from numpy.typing import NDArray

from registry.serving.estimators import Learned, Size
from registry.serving.manifest import ArtifactRefused

_OBJECTIVE = "binary:logistic"
# What XGBoost calls a booster that holds one weight for each column and no tree.
_LINEAR = "gblinear"
# XGBoost's messages begin with the time and the place in its source; neither helps who reads the refusal.
_PREFIX = re.compile(r"^\[[0-9:]+\] \S+:[0-9]+: ")


class XGBoostTrees:
    """A booster loaded from a verified buffer."""

    def __init__(self, buffer: bytes, features: int) -> None:
        xgboost.set_config(verbosity=0)
        booster = xgboost.Booster({"nthread": 1})
        try:
            booster.load_model(bytearray(buffer))
            booster.set_param({"nthread": 1})
            found = booster.num_features()
            objective = str(json.loads(booster.save_config())["learner"]["objective"]["name"])
        except (xgboost.core.XGBoostError, ValueError, UnicodeDecodeError, KeyError) as error:
            raise ArtifactRefused(
                f"The artefact was refused: XGBoost cannot read it ({_words(error)})."
            ) from None
        if found != features:
            raise ArtifactRefused(
                f"The artefact was refused: the estimator has {found} features, the tables make {features}."
            )
        if objective != _OBJECTIVE:
            raise ArtifactRefused(f"The artefact was refused: only {_OBJECTIVE} is served.")
        _refuse_ambiguous(booster)
        self._booster = booster

    @property
    def column_names(self) -> tuple[str, ...] | None:
        names = self._booster.feature_names
        return None if names is None else tuple(names)

    @property
    def size(self) -> Size:
        if json.loads(self._booster.save_config())["learner"]["gradient_booster"]["name"] == _LINEAR:
            return Size(Learned.NUMBERS, self._booster.num_features() + 1)
        return Size(Learned.TREES, len(self._booster.get_dump()))

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        made = self._booster.predict(self._data(matrix), output_margin=True, validate_features=False)
        return np.asarray(made, dtype=np.float32)

    def explain(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        prepared = self._data(matrix)
        margins = self._booster.predict(prepared, output_margin=True, validate_features=False)
        contributions = self._booster.predict(prepared, pred_contribs=True, validate_features=False)
        return np.asarray(margins, dtype=np.float32), np.asarray(contributions, dtype=np.float32)

    def _data(self, matrix: NDArray[np.float32]) -> xgboost.DMatrix:
        return xgboost.DMatrix(matrix, nthread=1)


def _refuse_ambiguous(booster: xgboost.Booster) -> None:
    """What would be read in two ways: by its author's `predict` in one, here in another."""
    if "c" in (booster.feature_types or ()):
        raise ArtifactRefused(
            "The estimator has columns of pandas categories, whose codes depend on the table at hand. Encode them as"
            " numbers, and declare the codes in countersign/tables.json."
        )
    best = booster.attr("best_iteration")
    if best is None:
        return
    if not best.isdecimal() or int(best) + 1 < booster.num_boosted_rounds():
        raise ArtifactRefused(
            "The estimator was stopped early and holds more rounds than its best. Which of them count differs between"
            " tools: log booster[: booster.best_iteration + 1]."
        )


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return _PREFIX.sub("", lines[0])[:160] if lines else "no reason given"
