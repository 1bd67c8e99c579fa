"""The fit itself: an estimator, and from margins of rows it has not seen its calibration and grades."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.banding import Grades, freeze_grades
from quant.errors import NotMeasurable
from quant.estimators.calibration import IDENTITY, Calibration, fit_logistic
from quant.estimators.isotonic import fit_isotonic
from registry.serving.estimators import Estimator, open_estimator
from training.families import FILES, learn
from training.families.fitting import Learning
from training.recipes import CalibrationMethod, Recipe

Matrix = NDArray[np.float32]
Outcomes = NDArray[np.float64]
_CALIBRATE: Mapping[CalibrationMethod, Callable[[Matrix, Outcomes], Calibration]] = {
    CalibrationMethod.LOGISTIC: fit_logistic,
    CalibrationMethod.ISOTONIC: fit_isotonic,
    CalibrationMethod.IDENTITY: lambda _margins, _defaults: IDENTITY,
}


@dataclass(frozen=True)
class Fitted:
    """`content` is the estimator as it is sealed under `name`. `unseen_*` (rows,) are predictions for rows that the
    estimator which made them had not seen: those of the other folds, or of a part kept apart. Of an estimator that was
    given nothing is known about that: the margins are None, and the PDs are its own."""

    name: str
    content: bytes
    estimator: Estimator
    margins: Matrix
    unseen_margins: Matrix | None
    unseen_pds: Outcomes
    calibration: Calibration
    grades: Grades


@dataclass(frozen=True)
class Apart:
    """Rows kept apart from learning: `matrix` (rows, features), `defaults` (rows,)."""

    matrix: Matrix
    defaults: Outcomes


def fit(recipe: Recipe, learning: Learning) -> Fitted:
    """Calibrated on cross-fitted margins, because margins of rows the estimator has learned are too sure of themselves.
    Deterministic: equal inputs on one platform give equal bytes."""
    learned = _learned(recipe, learning)
    return _settled(recipe, learned, cross_fitted(recipe, learning), learning.defaults)


def fit_apart(recipe: Recipe, learning: Learning, apart: Apart) -> Fitted:
    """Calibrated on a part that the estimator does not learn."""
    learned = _learned(recipe, learning)
    return _settled(recipe, learned, learned.estimator.margins(apart.matrix), apart.defaults)


def cross_fitted(recipe: Recipe, learning: Learning) -> Matrix:
    """Margins (rows,) by folds drawn from the recipe's seed."""
    fold = np.random.default_rng(recipe.seed).permutation(len(learning.defaults)) % recipe.folds
    crossed = np.empty(len(learning.defaults), dtype=np.float32)
    for number in range(recipe.folds):
        part = fold != number
        if len(np.unique(learning.defaults[part])) < 2:
            raise NotMeasurable(f"Fold {number} has one outcome only: the development part is too small.")
        crossed[~part] = _learned(recipe, learning.rows(part)).estimator.margins(learning.matrix[~part])
    return crossed


@dataclass(frozen=True)
class _Learned:
    content: bytes
    estimator: Estimator
    margins: Matrix


def _learned(recipe: Recipe, learning: Learning) -> _Learned:
    """The bytes, what every process that scores reads from them, and its margins of the rows it has learned."""
    content = learn(recipe.settings, learning)
    estimator = open_estimator(FILES[recipe.settings.family], content, learning.matrix.shape[1])
    return _Learned(content, estimator, estimator.margins(learning.matrix))


def _settled(recipe: Recipe, learned: _Learned, unseen: Matrix, defaults: Outcomes) -> Fitted:
    calibration = _CALIBRATE[recipe.calibration](unseen, defaults)
    pds = calibration.probabilities(unseen)
    return Fitted(
        name=FILES[recipe.settings.family],
        content=learned.content,
        estimator=learned.estimator,
        margins=learned.margins,
        unseen_margins=unseen,
        unseen_pds=pds,
        calibration=calibration,
        grades=freeze_grades(pds, recipe.grades),
    )
