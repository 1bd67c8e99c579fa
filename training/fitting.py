"""The fit itself: cross-fitted margins for calibration and grades, then the estimator on all rows."""

from dataclasses import dataclass

import numpy as np
import xgboost
from numpy.typing import NDArray

from quant.banding import Grades, freeze_grades
from quant.errors import NotMeasurable
from quant.estimators.calibration import IDENTITY, Calibration, fit_logistic
from quant.features.schema import FeatureSchema
from registry.serving.estimators import Estimator, open_estimator
from registry.serving.manifest import XGBOOST
from training.recipes import CalibrationMethod, Recipe


@dataclass(frozen=True)
class Fitted:
    """`content` is the estimator as it is sealed under `name`. `crossed_*` (rows,) are predictions for rows
    the estimator of the fold had not seen. Of an estimator that was given there are no folds: the margins are None, and
    the PDs are its own."""

    name: str
    content: bytes
    estimator: Estimator
    margins: NDArray[np.float32]
    crossed_margins: NDArray[np.float32] | None
    crossed_pds: NDArray[np.float64]
    calibration: Calibration
    grades: Grades


def fit(
    recipe: Recipe, schema: FeatureSchema, matrix: NDArray[np.float32], defaults: NDArray[np.float64]
) -> Fitted:
    """Deterministic: equal inputs on one platform give equal bytes.

    Calibration and grade PDs come from cross-fitted margins, because margins of rows the estimator has
    learned
    are too sure of themselves.
    """
    crossed = cross_fitted(recipe, schema, matrix, defaults)
    calibration = (
        fit_logistic(crossed, defaults) if recipe.calibration is CalibrationMethod.LOGISTIC else IDENTITY
    )
    pds = calibration.probabilities(crossed)
    content = boost(recipe, schema, matrix, defaults)
    estimator = open_estimator(XGBOOST, content, len(schema.features))
    return Fitted(
        name=XGBOOST,
        content=content,
        estimator=estimator,
        margins=estimator.margins(matrix),
        crossed_margins=crossed,
        crossed_pds=pds,
        calibration=calibration,
        grades=freeze_grades(pds, recipe.grades),
    )


def cross_fitted(
    recipe: Recipe, schema: FeatureSchema, matrix: NDArray[np.float32], defaults: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Margins (rows,) by folds drawn from the recipe's seed."""
    fold = np.random.default_rng(recipe.seed).permutation(len(defaults)) % recipe.folds
    crossed = np.empty(len(defaults), dtype=np.float32)
    for number in range(recipe.folds):
        learn = fold != number
        if len(np.unique(defaults[learn])) < 2:
            raise NotMeasurable(f"Fold {number} has one outcome only: the development part is too small.")
        content = boost(recipe, schema, matrix[learn], defaults[learn])
        crossed[~learn] = open_estimator(XGBOOST, content, len(schema.features)).margins(matrix[~learn])
    return crossed


def boost(
    recipe: Recipe, schema: FeatureSchema, matrix: NDArray[np.float32], defaults: NDArray[np.float64]
) -> bytes:
    """The bytes of a booster, which is read back as every process that scores reads it."""
    monotone = tuple(int(feature.monotone) for feature in schema.features)
    data = xgboost.DMatrix(matrix, label=defaults, feature_names=list(schema.feature_names), nthread=1)
    booster = xgboost.train(recipe.parameters(monotone), data, num_boost_round=recipe.rounds)
    return bytes(booster.save_raw(raw_format="ubj"))
