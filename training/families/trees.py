"""Random forest and gradient boosting of scikit-learn, written down as XGBoost writes its trees, so that they are read,
scored and explained like all others and nothing of scikit-learn is loaded to serve them."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable
from quant.estimators.calibration import fit_logistic
from training.families.export import Tree, booster_bytes, split_points
from training.families.fitting import Learning
from training.families.settings import Boosting, Forest

# scikit-learn takes seeds of 32 bits.
_SEEDS = 2**32


def forest_bytes(settings: Forest, learning: Learning) -> bytes:
    """The mean vote of the trees is no log-odds: the line that makes it one is fitted on the votes for rows that a tree
    had not drawn, and stands in the leaves."""
    from sklearn.ensemble import RandomForestClassifier

    _refuse_gaps(learning.matrix)
    forest = RandomForestClassifier(
        n_estimators=settings.trees,
        max_depth=settings.max_depth,
        min_samples_leaf=settings.min_samples_leaf,
        max_features=float(settings.max_features),
        monotonic_cst=list(learning.signs),
        oob_score=True,
        random_state=learning.seed % _SEEDS,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        # Rows that every tree has drawn have no such vote; they are left out below.
        warnings.filterwarnings("ignore", "Some inputs do not have OOB scores")
        forest.fit(learning.matrix, learning.defaults)
    votes = forest.oob_decision_function_[:, 1]
    drawn = np.isfinite(votes)
    line = fit_logistic(votes[drawn], learning.defaults[drawn])
    count = len(forest.estimators_)
    trees = [
        _tree(each.tree_, (line.intercept + line.slope * each.tree_.value[:, 0, 1]) / count)
        for each in forest.estimators_
    ]
    return booster_bytes(trees, learning.schema.feature_names)


def boosting_bytes(settings: Boosting, learning: Learning) -> bytes:
    """Leaves are steps of log-odds already; the log-odds of the whole part stand in the leaves of the first tree. It
    knows no monotone constraint: whether the declared directions hold is for the validation to say."""
    from sklearn.ensemble import GradientBoostingClassifier

    _refuse_gaps(learning.matrix)
    boosting = GradientBoostingClassifier(
        n_estimators=settings.trees,
        max_depth=settings.max_depth,
        learning_rate=float(settings.learning_rate),
        min_samples_leaf=settings.min_samples_leaf,
        subsample=float(settings.subsample),
        max_features=float(settings.max_features),
        random_state=learning.seed % _SEEDS,
    ).fit(learning.matrix, learning.defaults)
    rate = float(learning.defaults.mean())
    start = math.log(rate / (1.0 - rate))
    trees = []
    for place, [each] in enumerate(boosting.estimators_):
        steps = float(settings.learning_rate) * each.tree_.value[:, 0, 0]
        trees.append(_tree(each.tree_, steps + (start if place == 0 else 0.0)))
    return booster_bytes(trees, learning.schema.feature_names)


# Any: scikit-learn's tree has no types.
def _tree(grown: Any, margins: NDArray[np.float64]) -> Tree:
    return Tree(
        left=grown.children_left.astype(np.int64),
        right=grown.children_right.astype(np.int64),
        feature=grown.feature.astype(np.int64),
        below=split_points(grown.threshold),
        margin=margins,
        cover=grown.weighted_n_node_samples,
    )


def _refuse_gaps(matrix: NDArray[np.float32]) -> None:
    if not np.isfinite(matrix).all():
        raise NotMeasurable("These trees have no place for missing values: declare how they are filled.")
